#pragma once

#include <string>

#include "redfield/redfield_export.h"

namespace redfield {

/// How this library was built and what it may use here.
struct BuildInfo {
    std::string version, eigen, simd, compiler;
    bool openmp;
    int max_threads;
};

REDFIELD_EXPORT BuildInfo build_info();

}  // namespace redfield
