#include "redfield/equation/pair_kernel.hpp"

#include <cmath>

#include "equation/coupling_table.hpp"
#include "equation/eigen_couplings.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::equation {

namespace {

/// Σ_j B_j†Λ_j, of real couplings by real products.
ComplexMatrix of_operators(const System& system, const SeparableKernel& kernel) {
    const Index n = system.dimension();
    ComplexMatrix k = ComplexMatrix::Zero(n, n);
    RealMatrix re = RealMatrix::Zero(n, n), im = RealMatrix::Zero(n, n), b;
    for (std::size_t j = 0; j < std::get<Operators>(system.couplings()).size(); ++j) {
        base::poll();
        const Term t = term(system, kernel, j);
        if (t.b.imag().cwiseAbs().maxCoeff() > 0.0) {
            k.noalias() += t.b.adjoint() * t.lambda;
            continue;
        }
        b = t.b.real().transpose();
        re.noalias() += b * t.lambda.real();
        if (t.lambda.imag().cwiseAbs().maxCoeff() > 0.0) im.noalias() += b * t.lambda.imag();
    }
    k.real() += re;
    k.imag() += im;
    return k;
}

/// V [ (PᵀF) ∘ V† ], P = |V|², F = f of each bath, for projectors and g = 1: two products in all.
ComplexMatrix of_projectors(const System& system, const SeparableKernel& kernel) {
    const ProjectorColumns columns = projector_columns(system);
    const RealMatrix p = columns.v.cwiseAbs2();
    ComplexMatrix inner(columns.v.cols(), system.dimension());
    for (std::size_t b = 0; b + 1 < columns.first.size(); ++b) {
        const Index first = columns.first[b], size = columns.first[b + 1] - first;
        const ComplexMatrix left = kernel.left(b);
        auto rows = inner.middleRows(first, size);
        rows.real() = p.middleCols(first, size).transpose() * left.real();
        if (left.imag().cwiseAbs().maxCoeff() > 0.0)
            rows.imag() = p.middleCols(first, size).transpose() * left.imag();
        else
            rows.imag().setZero();
    }
    inner.array() *= columns.v.adjoint().array();
    if (columns.v.imag().cwiseAbs().sum() > 0.0) return columns.v * inner;
    const RealMatrix v = columns.v.real(), re = inner.real(), im = inner.imag();
    ComplexMatrix k(system.dimension(), system.dimension());
    k.real() = v * re;
    k.imag() = v * im;
    return k;
}

/// K_ac = Σ_b Σ_e P_b(ω_ec, ω_ea) Σ_j (A_j)_ec (A_j)*_ea, of any kernel.
ComplexMatrix sum_over_levels(const System& system, const PairKernel& kernel) {
    const CouplingTable table(system);
    const Index n = system.dimension();
    ComplexMatrix k = ComplexMatrix::Zero(n, n), gram;
    for (std::size_t b = 0; b < table.baths(); ++b)
        for (Index e = 0; e < n; ++e) {
            base::poll();
            table.gram_block(b, e, e, gram);  // (c, a)
            for (Index c = 0; c < n; ++c)
                for (Index a = 0; a < n; ++a) k(a, c) += kernel.p(b, e, c, e, a) * gram(c, a);
        }
    return k;
}

ComplexMatrix of_kernel(const System& system, const PairKernel& kernel) {
    const auto* products = dynamic_cast<const SeparableKernel*>(&kernel);
    if (products != nullptr && std::holds_alternative<Operators>(system.couplings()))
        return of_operators(system, *products);
    if (products != nullptr && couples_with_itself(system, *products))
        return of_projectors(system, *products);
    return sum_over_levels(system, kernel);
}

}  // namespace

ComplexMatrix PairEquation::decay() const {
    const Index n = system.dimension();
    require(kernel != nullptr, "PairEquation: it has no kernel");
    require(lamb_shift.size() == 0 || (lamb_shift.rows() == n && lamb_shift.cols() == n),
            "PairEquation: the Lamb shift does not have the system's dimension");
    ComplexMatrix k = of_kernel(system, *kernel);
    if (lamb_shift.size() != 0) k += Complex(0.0, 1.0) * lamb_shift;
    if (std::isinf(cutoff)) return k;
    const RealVector& e = system.eigensystem().energies();
    for (Index c = 0; c < k.cols(); ++c)
        for (Index a = 0; a < k.rows(); ++a)
            if (std::abs(e[a] - e[c]) > cutoff) k(a, c) = 0.0;
    return k;
}

const SeparableKernel* PairEquation::separable() const {
    return std::isinf(cutoff) ? dynamic_cast<const SeparableKernel*>(kernel.get()) : nullptr;
}

}  // namespace redfield::equation
