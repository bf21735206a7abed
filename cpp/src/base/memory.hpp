#pragma once

#include <sstream>
#include <stdexcept>

namespace redfield::base {

/// std::length_error with the bytes where `what`, said in parts, needs more than max_bytes.
template <class... What>
void require_bytes(double bytes, double max_bytes, const char* advice, const What&... what) {
    if (bytes <= max_bytes) return;
    std::ostringstream text;
    (text << ... << what);
    text << " needs " << bytes << " bytes, more than the " << max_bytes << " allowed; " << advice;
    throw std::length_error(text.str());
}

}  // namespace redfield::base
