#include "redfield/generator/quasilocal_redfield.hpp"

#include <string>

#include "generator/pump.hpp"
#include "redfield/linalg/errors.hpp"

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
        require(lambdas[j].rows() == n && lambdas[j].cols() == n, "QuasilocalRedfield: lambdas[", j,
                "] has another dimension");
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
    : MatrixFree(system, generator::quasilocal_pump(system, lambdas), decay), decay_(std::move(decay)) {}

}  // namespace redfield
