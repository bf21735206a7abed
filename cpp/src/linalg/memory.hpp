#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace redfield::linalg {

/// std::length_error with the bytes where `what` needs more than max_bytes.
inline void require_bytes(double bytes, double max_bytes, const std::string& what,
                          const std::string& advice) {
    if (bytes <= max_bytes) return;
    std::ostringstream text;
    text << what << " needs " << bytes << " bytes, more than the " << max_bytes << " allowed; " << advice;
    throw std::length_error(text.str());
}

}  // namespace redfield::linalg
