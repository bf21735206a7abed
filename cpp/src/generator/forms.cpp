#include "redfield/generator/forms.hpp"

#include "equation/eigen_couplings.hpp"
#include "generator/kernel.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "system/require_operator.hpp"

namespace redfield {

namespace {

using equation::SeparableKernel;

const SeparableKernel& separable(const equation::PairEquation& equation) {
    require(equation.kernel != nullptr, "lambda_form: the equation has no kernel");
    const SeparableKernel* kernel = equation.separable();
    require(kernel != nullptr,
            "lambda_form: only a separable kernel without a cutoff is applied by products; use Pairwise");
    return *kernel;
}

std::vector<ProjectorTerms> projector_terms(const System& system, const SeparableKernel& kernel) {
    const auto& projectors = std::get<SiteProjectors>(system.couplings());
    const Baths::Sorted sorted = system.baths().by_bath();
    std::vector<ProjectorTerms> out;
    for (std::size_t b = 0; b + 1 < sorted.first.size(); ++b) {
        ProjectorTerms terms;
        const Index first = sorted.first[b], count = sorted.first[b + 1] - first;
        terms.weights.resize(count);
        for (Index i = 0; i < count; ++i) {
            const std::size_t j = sorted.order[static_cast<std::size_t>(first + i)];
            terms.sites.push_back(projectors.sites[j]);
            terms.weights[i] = projectors.weights[static_cast<Index>(j)];
        }
        terms.f = kernel.left(b);
        terms.g = kernel.right(b);
        out.push_back(std::move(terms));
    }
    return out;
}

Index occupied_rows(const SparseMatrix& a) {
    Eigen::Matrix<bool, Eigen::Dynamic, 1> occupied =
        Eigen::Matrix<bool, Eigen::Dynamic, 1>::Constant(a.rows(), false);
    for (Index c = 0; c < a.outerSize(); ++c)
        for (SparseMatrix::InnerIterator it(a, c); it; ++it) occupied[it.row()] = true;
    return occupied.count();
}

/// Whether terms ΛρA† in the given basis take fewer products than in the eigenbasis.
bool sparse_pays_off(const System& system, const SeparableKernel& kernel) {
    if (!equation::couples_with_itself(system, kernel)) return false;
    const auto& operators = std::get<Operators>(system.couplings());
    const auto n = static_cast<double>(system.dimension());
    double rows = 0.0;
    for (const Operator& op : operators) {
        const auto* a = std::get_if<SparseMatrix>(&op);
        if (a == nullptr) return false;
        rows += static_cast<double>(occupied_rows(*a));
    }
    // Products of n² columns: one a non-empty row, and four for the two changes of basis.
    return rows + 4.0 * n < 2.0 * n * static_cast<double>(operators.size());
}

/// Λ_j = UΛU† and A_j in the given basis; Λ_j is f A_j, as sparse, where f is one number.
LambdaTerm sparse_term(const System& system, const SeparableKernel& kernel, std::size_t j) {
    const auto& a = std::get<SparseMatrix>(std::get<Operators>(system.couplings())[j]);
    const ComplexMatrix f = kernel.left(static_cast<std::size_t>(system.baths().of_coupling[j]));
    if ((f.array() == f(0, 0)).all()) return {SparseMatrix(a * f(0, 0)), a};
    return {system.eigensystem().from_eigenbasis(equation::term(system, kernel, j).lambda), a};
}

}  // namespace

std::vector<LambdaTerm> generator::terms_of(const equation::PairEquation& equation, Frame frame) {
    const SeparableKernel& kernel = separable(equation);
    std::vector<LambdaTerm> out;
    const auto count = std::get<Operators>(equation.system.couplings()).size();
    out.reserve(count);
    for (std::size_t j = 0; j < count; ++j) {
        base::poll();
        if (frame == Frame::given) {
            out.push_back(sparse_term(equation.system, kernel, j));
        } else {
            equation::Term term = equation::term(equation.system, kernel, j);
            out.push_back({std::move(term.lambda), std::move(term.b)});
        }
    }
    return out;
}

LambdaForm lambda_form(equation::PairEquation equation) {
    const SeparableKernel& kernel = separable(equation);
    const System& system = equation.system;
    LambdaForm out{system.eigensystem(), {}, Frame::eigenbasis, equation.decay()};
    if (std::holds_alternative<SiteProjectors>(system.couplings())) {
        out.projectors = projector_terms(system, kernel);
    } else {
        if (sparse_pays_off(system, kernel)) {
            out.frame = Frame::given;
            out.decay = system.eigensystem().from_eigenbasis(std::get<ComplexMatrix>(out.decay));
        }
        out.terms = generator::terms_of(equation, out.frame);
    }
    out.equation = std::make_shared<const equation::PairEquation>(std::move(equation));
    return out;
}

namespace {

template <class Matrix>
const Operators& operators_of(const System& system, const std::vector<Matrix>& lambdas) {
    const auto* operators = std::get_if<Operators>(&system.couplings());
    require(operators != nullptr, "given_lambdas: the couplings must be operators");
    require(operators->size() == lambdas.size(), "given_lambdas: ", lambdas.size(), " lambdas for ",
            operators->size(), " couplings");
    for (std::size_t j = 0; j < lambdas.size(); ++j)
        system::require_operator(lambdas[j], system.dimension(), "given_lambdas: lambdas[", j, "]");
    return *operators;
}

LambdaForm of_system(const System& system, Frame frame) {
    const Index n = system.dimension();
    LambdaForm out{system.eigensystem(), {}, frame, ComplexMatrix(ComplexMatrix::Zero(n, n))};
    out.system = std::make_shared<const System>(system);
    return out;
}

}  // namespace

LambdaForm given_lambdas(const System& system, const std::vector<ComplexMatrix>& lambdas) {
    operators_of(system, lambdas);
    LambdaForm out = of_system(system, Frame::eigenbasis);
    auto& k = std::get<ComplexMatrix>(out.decay);
    for (std::size_t j = 0; j < lambdas.size(); ++j) {
        base::poll();
        ComplexMatrix a = system.operator_in_eigenbasis(j);
        k.noalias() += a.adjoint() * lambdas[j];
        out.terms.push_back({lambdas[j], std::move(a)});
    }
    return out;
}

LambdaForm given_lambdas(const System& system, const std::vector<SparseMatrix>& lambdas) {
    const Operators& operators = operators_of(system, lambdas);
    LambdaForm out = of_system(system, Frame::given);
    auto& k = std::get<ComplexMatrix>(out.decay);
    for (std::size_t j = 0; j < lambdas.size(); ++j) {
        base::poll();
        std::visit([&](const auto& a) { k += ComplexMatrix(a.adjoint() * lambdas[j]); }, operators[j]);
        const auto* sparse = std::get_if<SparseMatrix>(&operators[j]);
        out.terms.push_back(
            {lambdas[j], sparse != nullptr
                             ? *sparse
                             : SparseMatrix(std::get<ComplexMatrix>(operators[j]).sparseView())});
    }
    return out;
}

namespace {

SparseMatrix compressed(SparseMatrix m) {
    m.makeCompressed();
    return m;
}

}  // namespace

LambdaForm sparse_form(const SparseMatrix& hamiltonian, const SparseMatrix& decay,
                       std::vector<LambdaTerm> terms, std::vector<SiteFactor> factors) {
    LambdaForm out{Eigensystem::given_basis(hamiltonian.rows()),
                   compressed(hamiltonian),
                   Frame::given,
                   compressed(decay),
                   std::move(terms),
                   std::move(factors)};
    for (LambdaTerm& term : out.terms)
        for (Operator* part : {&term.lambda, &term.b})
            if (auto* sparse = std::get_if<SparseMatrix>(part)) sparse->makeCompressed();
    return out;
}

LambdaForm lindblad(const SparseMatrix& hamiltonian, const std::vector<SparseMatrix>& jumps) {
    const Index n = hamiltonian.rows();
    SparseMatrix k(n, n);
    std::vector<LambdaTerm> terms;
    for (const SparseMatrix& l : jumps) {
        system::require_operator(l, n, "lindblad: a jump operator");
        k += SparseMatrix(0.5 * (SparseMatrix(l.adjoint()) * l));
        terms.push_back({SparseMatrix(), l});
    }
    return sparse_form(hamiltonian, k, std::move(terms));
}

}  // namespace redfield
