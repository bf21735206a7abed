#include "redfield/generator/quasilocal_redfield.hpp"

#include <string>

#include "equation/eigen_couplings.hpp"
#include "generator/by_products.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/monitor.hpp"
#include "system/require_operator.hpp"

namespace redfield {

namespace {

/// K = Σ_j A_j†Λ_j in the eigenbasis.
ComplexMatrix decay_of(const System& system, const std::vector<SparseMatrix>& lambdas) {
    require(std::holds_alternative<Operators>(system.couplings()),
            "QuasilocalRedfield: the couplings must be operators");
    const auto& operators = std::get<Operators>(system.couplings());
    const Index n = system.dimension();
    require(operators.size() == lambdas.size(), "QuasilocalRedfield: ", lambdas.size(), " lambdas for ",
            operators.size(), " couplings");
    ComplexMatrix given = ComplexMatrix::Zero(n, n);
    for (std::size_t j = 0; j < operators.size(); ++j) {
        require_operator(lambdas[j], n, "QuasilocalRedfield: lambdas[", j, "]");
        std::visit([&](const auto& a) { given += ComplexMatrix(a.adjoint() * lambdas[j]); },
                   operators[j]);
    }
    return system.eigensystem().to_eigenbasis(given);
}

}  // namespace

QuasilocalRedfield::QuasilocalRedfield(const System& system, const std::vector<SparseMatrix>& lambdas)
    : QuasilocalRedfield(system, lambdas, decay_of(system, lambdas)) {}

QuasilocalRedfield::QuasilocalRedfield(const System& system, const std::vector<SparseMatrix>& lambdas,
                                       ComplexMatrix decay)
    : MatrixFree(system, generator::quasilocal_pump(system, lambdas), decay),
      lambdas_(lambdas),
      decay_(std::move(decay)) {}

std::shared_ptr<const Generator> QuasilocalRedfield::transposed() const {
    std::vector<equation::Term> terms;
    for (std::size_t j = 0; j < lambdas_.size(); ++j) {
        linalg::poll();
        terms.push_back({eigensystem().to_eigenbasis(ComplexMatrix(lambdas_[j])),
                         system()->operator_in_eigenbasis(j)});
    }
    return generator::adjoint_by_products(eigensystem(), terms, decay_);
}

}  // namespace redfield
