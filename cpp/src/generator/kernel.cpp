#include "redfield/generator/kernel.hpp"

#include "redfield/linalg/parallel.hpp"
#include "redfield/linalg/tiles.hpp"

namespace redfield::generator {

void add_adjoint(const linalg::Planes& f, MutableRef out, int threads) {
    const Index n = out.rows();
    linalg::parallel_ranges(threads, n, [&](Index first, Index count) {
        linalg::for_tiles(n, first, count, [&](Index r, Index rows, Index c, Index columns) {
            out.block(r, c, rows, columns) =
                f.plus.block(r, c, rows, columns) + f.minus.block(c, r, columns, rows).transpose();
        });
    });
}

}  // namespace redfield::generator
