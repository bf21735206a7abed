#include "redfield/equation/one_sided.hpp"

#include <cmath>

#include "redfield/linalg/monitor.hpp"

namespace redfield::equation {

ComplexMatrix one_sided_table(const BathTable& bath, bool lamb_shift) {
    ComplexMatrix gamma = bath.half_rate.cast<Complex>();
    if (lamb_shift && bath.lamb_shift.size() != 0) gamma.imag() = bath.lamb_shift;
    return gamma;
}

ProjectorColumns projector_columns(const System& system) {
    const auto& projectors = std::get<SiteProjectors>(system.couplings());
    const std::size_t m = projectors.sites.size();
    const Baths::Sorted sorted = system.baths().by_bath();

    ProjectorColumns out;
    const ComplexMatrix u = system.eigensystem().eigenvectors();
    out.v.resize(system.dimension(), static_cast<Index>(m));
    out.weights.resize(static_cast<Index>(m));
    out.first = sorted.first;
    for (std::size_t i = 0; i < m; ++i) {
        const Index site = projectors.sites[sorted.order[i]], column = static_cast<Index>(i);
        const double weight = std::abs(projectors.weights[static_cast<Index>(sorted.order[i])]);
        out.sites.push_back(site);
        out.weights[column] = weight;
        out.v.col(column) = std::sqrt(weight) * u.row(site).adjoint();
    }
    return out;
}

ComplexMatrix operator_in_eigenbasis(const System& system, const Operator& a) {
    return std::visit(
        [&](const auto& op) { return system.eigensystem().to_eigenbasis(ComplexMatrix(op)); }, a);
}

namespace {

/// S = V [ (PᵀΓ) ∘ V† ] with P = |V|², summed over the baths.
ComplexMatrix projector_decay(const System& system, bool lamb_shift) {
    const ProjectorColumns columns = projector_columns(system);
    const RealMatrix p = columns.v.cwiseAbs2();
    ComplexMatrix inner(columns.v.cols(), system.dimension());
    for (std::size_t b = 0; b + 1 < columns.first.size(); ++b) {
        const Index first = columns.first[b], size = columns.first[b + 1] - first;
        const BathTable& bath = system.baths().tables[b];
        auto rows = inner.middleRows(first, size);
        rows.real() = p.middleCols(first, size).transpose() * bath.half_rate;
        if (lamb_shift && bath.lamb_shift.size() != 0)
            rows.imag() = p.middleCols(first, size).transpose() * bath.lamb_shift;
        else
            rows.imag().setZero();
    }
    inner.array() *= columns.v.adjoint().array();
    if (columns.v.imag().cwiseAbs().maxCoeff() > 0.0) return columns.v * inner;
    const RealMatrix v = columns.v.real(), re = inner.real(), im = inner.imag();
    ComplexMatrix s(system.dimension(), system.dimension());
    s.real() = v * re;
    s.imag() = v * im;
    return s;
}

}  // namespace

ComplexMatrix effective_decay(const System& system, bool lamb_shift) {
    if (std::holds_alternative<SiteProjectors>(system.couplings()))
        return projector_decay(system, lamb_shift);
    const auto& operators = std::get<Operators>(system.couplings());
    ComplexMatrix s = ComplexMatrix::Zero(system.dimension(), system.dimension());
    for (std::size_t j = 0; j < operators.size(); ++j) {
        linalg::poll();
        const ComplexMatrix a = operator_in_eigenbasis(system, operators[j]);
        const ComplexMatrix lambda = one_sided_table(system.baths().of(j), lamb_shift).cwiseProduct(a);
        s.noalias() += a.adjoint() * lambda;
    }
    return s;
}

}  // namespace redfield::equation
