#include "redfield/generator/quasilocal_redfield.hpp"

#include <string>

#include "redfield/generator/kernel.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield {

QuasilocalRedfield::QuasilocalRedfield(System given_system, const std::vector<SparseMatrix>& lambdas)
    : MatrixFree(std::move(given_system)) {
    require(std::holds_alternative<Operators>(system().couplings()),
            "QuasilocalRedfield: the couplings must be operators");
    const auto& operators = std::get<Operators>(system().couplings());
    const Index n = system().dimension();
    require(operators.size() == lambdas.size(), "QuasilocalRedfield: " + std::to_string(lambdas.size()) +
                                                    " lambdas for " + std::to_string(operators.size()) +
                                                    " couplings");
    ComplexMatrix given = ComplexMatrix::Zero(n, n);
    for (std::size_t j = 0; j < operators.size(); ++j) {
        require(lambdas[j].rows() == n && lambdas[j].cols() == n,
                "QuasilocalRedfield: lambdas[" + std::to_string(j) + "] has another dimension");
        std::visit([&](const auto& a) { given += ComplexMatrix(a.adjoint() * lambdas[j]); },
                   operators[j]);
    }
    const ComplexMatrix u = system().eigensystem().eigenvectors();
    decay_ = u.adjoint() * given * u;
    set_kernel(generator::quasilocal_kernel(system(), given, lambdas), decay_);
}

}  // namespace redfield
