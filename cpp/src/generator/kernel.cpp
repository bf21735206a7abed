#include "redfield/generator/kernel.hpp"

#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

void add_adjoint(const linalg::Planes& f, MutableRef out, int threads) {
    constexpr Index tile = 16;
    const Index n = out.rows();
    linalg::parallel_ranges(threads, n, [&](Index first, Index count) {
        for (Index c = first; c < first + count; c += tile) {
            const Index nc = std::min(tile, first + count - c);
            for (Index r = 0; r < n; r += tile) {
                const Index nr = std::min(tile, n - r);
                out.block(r, c, nr, nc) =
                    f.plus.block(r, c, nr, nc) + f.minus.block(c, r, nc, nr).transpose();
            }
        }
    });
}

}  // namespace redfield::generator
