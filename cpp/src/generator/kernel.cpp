#include "redfield/generator/kernel.hpp"

#include "redfield/linalg/parallel.hpp"
#include "redfield/linalg/tiles.hpp"

namespace redfield::generator {

void begin_with_decay(const linalg::Factor& minus_decay, const ConstRef& rho, RealMatrix& minus,
                      linalg::Planes& f, linalg::Planes& scratch, RealMatrix& sum_scratch, int threads) {
    linalg::parallel_ranges(threads, rho.cols(), [&](Index first, Index count) {
        linalg::transpose_columns(rho, first, count, minus);
        linalg::left_multiply(minus_decay, rho, minus, first, count, linalg::Store::assign, f, scratch,
                              sum_scratch);
    });
}

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
