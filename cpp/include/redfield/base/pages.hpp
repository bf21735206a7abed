#pragma once

#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield::base {

/// Asks the system for large pages under a matrix that needs many: columns far apart would miss the
/// address cache at every step. Where it does not know them nothing happens.
REDFIELD_EXPORT void prefer_large_pages(RealMatrix& m);
REDFIELD_EXPORT void prefer_large_pages(MatrixOf<float>& m);

}  // namespace redfield::base
