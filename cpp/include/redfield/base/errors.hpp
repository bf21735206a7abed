#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

#include "redfield/redfield_export.h"

namespace redfield {

/// A numerical method could not reach its tolerance; the message says what to change.
class REDFIELD_EXPORT ConvergenceError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The caller's monitor asked a long computation to stop.
class REDFIELD_EXPORT Interrupted : public std::runtime_error {
  public:
    Interrupted() : std::runtime_error("the computation was interrupted by its caller") {}
};

/// Throws std::invalid_argument unless `condition` holds; the parts of its message are put together only
/// then, since small systems are built in less time than a string.
template <class... Parts>
void require(bool condition, const Parts&... message) {
    if (condition) return;
    std::ostringstream text;
    (text << ... << message);
    throw std::invalid_argument(text.str());
}

}  // namespace redfield
