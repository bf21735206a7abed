#include "generator/packed_csr.hpp"

#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

void apply_upper_rows(const CsrMatrix& matrix, const ConstRef& rho, MutableRef out,
                      linalg::Workspace& ws) {
    const Index n = rho.rows();
    // The state as complex numbers, real and imaginary parts in planes of their own.
    linalg::Planes& x = ws.planes(0, n, n);
    linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
        linalg::transpose_columns(rho, first, count, x.minus);
        auto minus = x.minus.middleCols(first, count), plus = x.plus.middleCols(first, count);
        const auto r = rho.middleCols(first, count);
        plus = 0.5 * (r + minus);
        minus = 0.5 * (r - minus);
    });
    const double *re = x.plus.data(), *im = x.minus.data();
    const auto row = [&](Index a, Index b) {
        const auto r = static_cast<std::size_t>(a + n * b);
        double sum_re = 0.0, sum_im = 0.0;
        for (std::int32_t i = matrix.row_start[r]; i < matrix.row_start[r + 1]; ++i) {
            const Complex value = matrix.value[static_cast<std::size_t>(i)];
            const std::int32_t c = matrix.column[static_cast<std::size_t>(i)];
            sum_re += value.real() * re[c] - value.imag() * im[c];
            sum_im += value.real() * im[c] + value.imag() * re[c];
        }
        out(a, b) = sum_re + sum_im;
        out(b, a) = sum_re - sum_im;
    };
    // Column b has b + 1 rows: pairing b with n − 1 − b gives every thread the same work.
    linalg::parallel_ranges(ws.threads(), (n + 1) / 2, [&](Index first, Index count) {
        for (Index i = first; i < first + count; ++i)
            for (const Index b : {i, n - 1 - i}) {
                for (Index a = 0; a <= b; ++a) row(a, b);
                if (2 * i == n - 1) break;
            }
    });
}

}  // namespace redfield::generator
