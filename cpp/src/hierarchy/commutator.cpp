#include "hierarchy/commutator.hpp"

#include <algorithm>

#include "redfield/base/parallel.hpp"

namespace redfield::hierarchy {

namespace {

/// Numbers of the planes that a product takes at a time.
constexpr Index numbers_at_once = 2048;

}  // namespace

void add_commutator(const Action<double>& v, Index levels, Index planes, const double* y, double* out,
                    int threads) {
    const Index size = levels * levels, block = std::max<Index>(1, numbers_at_once / size);
    const Index rows = levels * static_cast<Index>(v.columns().size());
    base::parallel_ranges(threads, planes, [&](Index first, Index count) {
        RealMatrix scratch, products;
        RealVector plus, minus;
        for (Index i = first; i < first + count; i += block) {
            const Index here = std::min(block, first + count - i);
            if (v.dense()) {
                v.products(y + i * size, nullptr, here, out + i * size, scratch, products);
                continue;
            }
            with_size(levels, [&](auto n) {
                for (Index at = i * size; at < (i + here) * size; at += size) {
                    plus.setZero(rows);
                    minus.setZero(rows);
                    v.gather(n, y + at, 1.0, 0.0, plus.data(), minus.data());
                    v.scatter_columns(n, plus.data(), minus.data(), out + at);
                    v.scatter_rows(n, plus.data(), minus.data(), out + at);
                }
            });
        }
    });
}

}  // namespace redfield::hierarchy
