#include "generator/packed_sum.hpp"

#include "equation/eigen_couplings.hpp"

// A packed state is x = Re ρ + Im ρ, so that ρ = ½[(1 + i)x + (1 − i)xᵀ], and a map
// ρ_ab → Σ L_ab,cd ρ_cd has the packed matrix  M_ab,cd = Re L_ab,cd + Im L_ab,dc.

namespace redfield::generator {

namespace {

/// The planes of a complex matrix.
struct Split {
    explicit Split(const ComplexMatrix& z) : re(z.real()), im(z.imag()) {}
    RealMatrix re, im;
};

/// Adds ρ ↦ XρY† + YρX†, L_ab,cd = X_ac Y*_bd + Y_ac X*_bd.
void add_gain(const Split& x, const Split& y, RealMatrix& matrix) {
    const Index n = x.re.rows();
    for (Index d = 0; d < n; ++d)
        for (Index c = 0; c < n; ++c) {
            double* column = matrix.col(c + n * d).data();
            const double *xc = x.re.col(c).data(), *xci = x.im.col(c).data();
            const double *yc = y.re.col(c).data(), *yci = y.im.col(c).data();
            const double *xd = x.re.col(d).data(), *xdi = x.im.col(d).data();
            const double *yd = y.re.col(d).data(), *ydi = y.im.col(d).data();
            for (Index b = 0; b < n; ++b) {
                const double ybd = yd[b], ybdi = ydi[b], xbd = xd[b], xbdi = xdi[b];
                const double ybc = yc[b], ybci = yci[b], xbc = xc[b], xbci = xci[b];
                double* out = column + n * b;
#pragma omp simd
                for (Index a = 0; a < n; ++a)
                    out[a] += xc[a] * ybd + xci[a] * ybdi + yc[a] * xbd + yci[a] * xbdi + xdi[a] * ybc -
                              xd[a] * ybci + ydi[a] * xbc - yd[a] * xbci;
            }
        }
}

/// Adds ρ ↦ −Kρ − ρK†, L_ab,cd = −K_ac δ_bd − δ_ac K*_bd.
void add_decay(const ComplexMatrix& k, RealMatrix& matrix) {
    const Index n = k.rows();
    for (Index d = 0; d < n; ++d)
        for (Index c = 0; c < n; ++c) {
            auto column = matrix.col(c + n * d);
            for (Index a = 0; a < n; ++a) {
                column[a + n * d] -= k(a, c).real();
                column[c + n * a] -= k(a, d).real();
                if (a == c && c == d) continue;  // −Im K_aa + Im K_aa
                column[a + n * c] -= k(a, d).imag();
                column[d + n * a] += k(a, c).imag();
            }
        }
}

}  // namespace

RealMatrix packed_sum(const equation::PairEquation& equation) {
    const equation::SeparableKernel& kernel = *equation.separable();
    const System& system = equation.system;
    const Index n = system.dimension();
    RealMatrix matrix = RealMatrix::Zero(n * n, n * n);
    ComplexMatrix k = ComplexMatrix::Zero(n, n);
    for (Index j = 0; j < count(system.couplings()); ++j) {
        const equation::Term t = equation::term(system, kernel, static_cast<std::size_t>(j));
        k.noalias() += t.b.adjoint() * t.lambda;
        add_gain(Split(t.lambda), Split(t.b), matrix);
    }
    if (equation.lamb_shift.size() != 0) k += Complex(0.0, 1.0) * equation.lamb_shift;
    add_decay(k, matrix);
    // The rotation by E_k − E_l on its own: with the energies in K what cancels of them on the
    // populations would leave its rounding, which may be more than a weak bath does.
    const RealVector& energies = system.eigensystem().energies();
    for (Index l = 0; l < n; ++l)
        for (Index m = 0; m < n; ++m)
            if (m != l) matrix(m + n * l, l + n * m) -= energies[m] - energies[l];
    return matrix;
}

bool packed_sum_pays_off(const equation::PairEquation& equation) {
    const Index n = equation.system.dimension();
    return n <= 16 && count(equation.system.couplings()) <= 4 * n;
}

}  // namespace redfield::generator
