#include "redfield/generator/pairwise.hpp"

#include <string>

#include "generator/bounds.hpp"
#include "generator/sparse_liouvillian.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield {

Pairwise::Pairwise(equation::PairEquation equation, double threshold, double max_bytes)
    : Generator(equation.system.eigensystem()), equation_(std::move(equation)) {
    require(equation_.kernel != nullptr, "Pairwise: the equation has no kernel");
    AssemblyOptions options;
    options.threshold = threshold;
    options.max_bytes = max_bytes;
    options.free_rotation = false;
    options.upper_rows_only = true;
    dissipator_ = generator::assemble(equation_, options);
    bounds_ = generator::spectral_bounds(equation_.system, equation_.decay());
}

void Pairwise::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    const Index n = dimension();
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
        for (std::int32_t i = dissipator_.row_start[r]; i < dissipator_.row_start[r + 1]; ++i) {
            const Complex value = dissipator_.value[static_cast<std::size_t>(i)];
            const std::int32_t c = dissipator_.column[static_cast<std::size_t>(i)];
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

namespace {

equation::PairEquation within(const System& system, double cutoff, bool lamb_shift, double tolerance) {
    require(cutoff >= 0.0, "PartialSecular: the cutoff must not be negative, got ", cutoff);
    // Equal frequencies differ by rounding.
    if (tolerance < 0.0) tolerance = degeneracy_tol(system.eigensystem().energies());
    return equation::one_sided(system, lamb_shift, cutoff + tolerance);
}

}  // namespace

PartialSecular::PartialSecular(const System& system, double cutoff, bool lamb_shift,
                               double degeneracy_tol, double max_bytes)
    : Pairwise(within(system, cutoff, lamb_shift, degeneracy_tol), 0.0, max_bytes) {}

}  // namespace redfield
