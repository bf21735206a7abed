#pragma once

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

/// Throws std::invalid_argument with `message` unless `condition` holds.
inline void require(bool condition, const std::string& message) {
    if (!condition) throw std::invalid_argument(message);
}

}  // namespace redfield
