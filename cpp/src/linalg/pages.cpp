#include "redfield/linalg/pages.hpp"

#include <cstdint>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace redfield::linalg {

void prefer_large_pages([[maybe_unused]] RealMatrix& m) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    constexpr std::uintptr_t page = std::uintptr_t{1} << 21;
    const auto begin = reinterpret_cast<std::uintptr_t>(m.data());
    const std::uintptr_t end = begin + sizeof(double) * static_cast<std::uintptr_t>(m.size());
    const std::uintptr_t first = (begin + page - 1) / page * page, last = end / page * page;
    if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace redfield::linalg
