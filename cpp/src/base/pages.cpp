#include "redfield/base/pages.hpp"

#include <cstddef>
#include <cstdint>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace redfield::base {

namespace {

void prefer_large_pages_at([[maybe_unused]] const void* data, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    constexpr std::uintptr_t page = std::uintptr_t{1} << 21;
    const auto begin = reinterpret_cast<std::uintptr_t>(data);
    const std::uintptr_t end = begin + bytes;
    const std::uintptr_t first = (begin + page - 1) / page * page, last = end / page * page;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): addresses of pages are computed
    if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace

void prefer_large_pages(RealMatrix& m) {
    prefer_large_pages_at(m.data(), sizeof(double) * static_cast<std::size_t>(m.size()));
}

void prefer_large_pages(MatrixOf<float>& m) {
    prefer_large_pages_at(m.data(), sizeof(float) * static_cast<std::size_t>(m.size()));
}

}  // namespace redfield::base
