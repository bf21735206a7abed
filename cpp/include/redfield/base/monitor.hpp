#pragma once

#include <functional>

#include "redfield/redfield_export.h"

/// How a long computation is stopped from outside.
namespace redfield {

/// Called with the fraction done (negative: unknown); false asks to stop.
using Monitor = std::function<bool(double)>;

namespace base {

/// While it lives, `poll()` on this thread asks `monitor`, which must outlive it; an empty one leaves the
/// outer watch in force.
class REDFIELD_EXPORT Watch {
  public:
    explicit Watch(const Monitor& monitor);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

  private:
    const Monitor* outer_;
};

/// Ends a part of a team another part of which has failed; only run_team may catch it.
struct REDFIELD_EXPORT Abandoned {};

/// Every loop that may last longer than a tenth of a second calls this. Throws Interrupted where the
/// watch asks to stop; in a team it also ends a part whose team has failed elsewhere.
REDFIELD_EXPORT void poll(double fraction = -1.0);

}  // namespace base
}  // namespace redfield
