#include "redfield/generator/given_lambdas.hpp"

#include "equation/eigen_couplings.hpp"
#include "generator/by_products.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/monitor.hpp"
#include "system/require_operator.hpp"

namespace redfield {

struct GivenLambdas::Made {
    Made(const System& system, const std::vector<ComplexMatrix>& lambdas) {
        const Index n = system.dimension();
        const auto* operators = std::get_if<Operators>(&system.couplings());
        require(operators != nullptr && operators->size() == lambdas.size(),
                "GivenLambdas: ", lambdas.size(), " lambdas, one for each operator are needed");
        decay = ComplexMatrix::Zero(n, n);
        for (std::size_t j = 0; j < lambdas.size(); ++j) {
            require_operator(lambdas[j], n, "GivenLambdas: lambdas[", j, "]");
            terms.push_back({lambdas[j], system.operator_in_eigenbasis(j)});
            decay.noalias() += terms.back().b.adjoint() * terms.back().lambda;
        }
    }
    std::vector<equation::Term> terms;
    ComplexMatrix decay;
};

GivenLambdas::GivenLambdas(const System& system, const std::vector<ComplexMatrix>& lambdas)
    : GivenLambdas(system, Made(system, lambdas)) {}

GivenLambdas::GivenLambdas(const System& system, const Made& made)
    : MatrixFree(system, generator::dense_pump(made.terms), made.decay), decay_(made.decay) {
    for (const equation::Term& term : made.terms) lambdas_.push_back(term.lambda);
}

std::shared_ptr<const Generator> GivenLambdas::transposed() const {
    std::vector<equation::Term> terms;
    for (std::size_t j = 0; j < lambdas_.size(); ++j) {
        linalg::poll();
        terms.push_back({lambdas_[j], system()->operator_in_eigenbasis(j)});
    }
    return generator::adjoint_by_products(eigensystem(), terms, decay_);
}

}  // namespace redfield
