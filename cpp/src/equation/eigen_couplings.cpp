#include "equation/eigen_couplings.hpp"

#include <cmath>

namespace redfield::equation {

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

bool couples_with_itself(const System& system, const SeparableKernel& kernel) {
    for (std::size_t b = 0; b < system.baths().tables.size(); ++b)
        if (kernel.right(b).size() != 0) return false;
    return true;
}

ComplexMatrix coupling_in_eigenbasis(const System& system, std::size_t j) {
    const auto* projectors = std::get_if<SiteProjectors>(&system.couplings());
    if (projectors == nullptr) return system.operator_in_eigenbasis(j);
    const ComplexMatrix u = system.eigensystem().eigenvectors();
    const auto row = u.row(projectors->sites[j]);
    return projectors->weights[static_cast<Index>(j)] * (row.adjoint() * row);
}

Term term(const System& system, const SeparableKernel& kernel, std::size_t j) {
    const auto bath = static_cast<std::size_t>(system.baths().of_coupling[j]);
    ComplexMatrix a = coupling_in_eigenbasis(system, j);
    ComplexMatrix lambda = kernel.left(bath).cwiseProduct(a);
    const RealMatrix right = kernel.right(bath);
    if (right.size() != 0) a.array() *= right.array().cast<Complex>();
    return {std::move(lambda), std::move(a)};
}

}  // namespace redfield::equation
