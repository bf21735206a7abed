#pragma once

#include "redfield/floquet/davies.hpp"

namespace redfield::floquet {

/// std::invalid_argument where couplings are not those of n levels and |harmonics| ≤ most, or one does
/// not name a bath that there is; `who` begins the message.
void check(const Contacts& contacts, Index n, const char* who);

}  // namespace redfield::floquet
