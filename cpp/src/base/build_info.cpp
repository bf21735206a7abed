#include "redfield/base/build_info.hpp"

#include <Eigen/Core>

#include "redfield/base/parallel.hpp"
#include "redfield/version.hpp"

namespace redfield {

BuildInfo build_info() {
    BuildInfo info;
    info.version = REDFIELD_VERSION;
    info.eigen = std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
                 std::to_string(EIGEN_MINOR_VERSION);
    info.simd = Eigen::SimdInstructionSetsInUse();
#if defined(__AVX2__) && defined(__FMA__) && !defined(__AVX512F__)
    info.simd = "FMA, AVX2, " + info.simd;  // Eigen names AVX alone
#endif
#if defined(__clang__)
    info.compiler = "Clang " __clang_version__;
#elif defined(__GNUC__)
    info.compiler = "GCC " __VERSION__;
#else
    info.compiler = "unknown";
#endif
#ifdef _OPENMP
    info.openmp = true;
#else
    info.openmp = false;
#endif
    info.max_threads = base::cores();
    return info;
}

}  // namespace redfield
