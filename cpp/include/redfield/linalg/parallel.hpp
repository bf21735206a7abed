#pragma once

#include <algorithm>

#include "redfield/linalg/types.hpp"
#ifdef _OPENMP
#include <omp.h>
#endif

/// The one place that opens parallel regions inside a matrix operation.
namespace redfield::linalg {

/// Calls body(first, count) on a partition of [0, size) into one contiguous range a thread.
template <class Body>
void parallel_ranges(int threads, Index size, Body&& body) {
#ifdef _OPENMP
    if (threads > 1 && size > 1) {
#pragma omp parallel num_threads(threads)
        {
            const Index parts = omp_get_num_threads(), part = omp_get_thread_num();
            const Index first = size * part / parts, last = size * (part + 1) / parts;
            if (last > first) body(first, last - first);
        }
        return;
    }
#endif
    (void)threads;
    body(Index{0}, size);
}

/// Threads for one system of dimension n: `requested` if positive, else all where they pay off.
/// One level of parallelism at a time: inside a parallel region the answer is 1.
inline int resolve_threads(int requested, Index n) {
#ifdef _OPENMP
    if (omp_in_parallel()) return 1;
    if (requested > 0) return requested;
    constexpr Index pays_off = 96;  // below this a region's fork and join cost as much as it saves
    return n >= pays_off ? std::max(1, omp_get_max_threads()) : 1;
#else
    (void)requested;
    (void)n;
    return 1;
#endif
}

/// Threads for a loop over `jobs` systems.
inline int resolve_ensemble_threads(int requested, std::size_t jobs) {
#ifdef _OPENMP
    if (omp_in_parallel()) return 1;
    const int wanted = requested > 0 ? requested : std::max(1, omp_get_max_threads());
    return std::max(1, std::min<int>(wanted, static_cast<int>(jobs)));
#else
    (void)requested;
    (void)jobs;
    return 1;
#endif
}

}  // namespace redfield::linalg
