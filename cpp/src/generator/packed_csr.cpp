#include "generator/packed_csr.hpp"

#include "redfield/base/parallel.hpp"

namespace redfield::generator {

template <class Scalar>
void apply_upper_rows(const CsrMatrix& pattern, const std::vector<std::complex<Scalar>>& values,
                      const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
                      linalg::BasicWorkspace<Scalar>& ws) {
    constexpr Scalar half = 0.5;
    const Index n = rho.rows();
    // The state as complex numbers, real and imaginary parts in planes of their own.
    linalg::BasicPlanes<Scalar>& x = ws.planes(linalg::Buffer::x, n, n);
    base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
        linalg::transpose_columns(rho, first, count, x.minus);
        auto minus = x.minus.middleCols(first, count), plus = x.plus.middleCols(first, count);
        const auto r = rho.middleCols(first, count);
        plus = half * (r + minus);
        minus = half * (r - minus);
    });
    const Scalar *re = x.plus.data(), *im = x.minus.data();
    const auto row = [&](Index a, Index b) {
        const auto r = static_cast<std::size_t>(a + n * b);
        Scalar sum_re = 0, sum_im = 0;
        for (std::int32_t i = pattern.row_start[r]; i < pattern.row_start[r + 1]; ++i) {
            const std::complex<Scalar> value = values[static_cast<std::size_t>(i)];
            const std::int32_t c = pattern.column[static_cast<std::size_t>(i)];
            sum_re += value.real() * re[c] - value.imag() * im[c];
            sum_im += value.real() * im[c] + value.imag() * re[c];
        }
        out(a, b) = sum_re + sum_im;
        out(b, a) = sum_re - sum_im;
    };
    // Column b has b + 1 rows: pairing b with n − 1 − b gives every thread the same work.
    base::parallel_ranges(ws.threads(), (n + 1) / 2, [&](Index first, Index count) {
        for (Index i = first; i < first + count; ++i)
            for (const Index b : {i, n - 1 - i}) {
                for (Index a = 0; a <= b; ++a) row(a, b);
                if (2 * i == n - 1) break;
            }
    });
}

template void apply_upper_rows<double>(const CsrMatrix&, const std::vector<Complex>&, const ConstRef&,
                                       MutableRef, linalg::Workspace&);
template void apply_upper_rows<float>(const CsrMatrix&, const std::vector<std::complex<float>>&,
                                      const ConstRefOf<float>&, MutableRefOf<float>,
                                      linalg::BasicWorkspace<float>&);

}  // namespace redfield::generator
