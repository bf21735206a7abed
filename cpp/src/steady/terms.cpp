#include "steady/terms.hpp"

#include <limits>

#include "equation/eigen_couplings.hpp"
#include "generator/kernel.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/equation/pair_kernel.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::steady {

namespace {

const Complex turning(0.0, 1.0);

/// The entries above `zero`.
SparseMatrix above(const ComplexMatrix& dense, double zero) { return dense.sparseView(1.0, zero); }

/// The entries that are not rounding of the largest.
SparseMatrix without_rounding(const ComplexMatrix& dense) {
    const double largest = dense.size() == 0 ? 0.0 : dense.cwiseAbs().maxCoeff();
    return above(dense, 8.0 * std::numeric_limits<double>::epsilon() * largest);
}

double count(const SparseMatrix& m) { return static_cast<double>(m.nonZeros()); }

double entries_of(const SparseTerm& term) {
    return term.lambda.size() == 0 ? count(term.b) * count(term.b)
                                   : 2.0 * count(term.lambda) * count(term.b);
}

/// Appends a term where that keeps the entries within `most`.
bool append(Terms& out, SparseTerm term, double& entries, double most) {
    entries += entries_of(term);
    if (entries > most) return false;
    out.terms.push_back(std::move(term));
    return true;
}

/// Coupling j of a system in the basis H was given in.
SparseMatrix given_coupling(const System& system, std::size_t j) {
    const Index n = system.dimension();
    if (const auto* projectors = std::get_if<SiteProjectors>(&system.couplings())) {
        SparseMatrix a(n, n);
        a.insert(projectors->sites[j], projectors->sites[j]) = projectors->weights[static_cast<Index>(j)];
        return a;
    }
    const Operator& a = std::get<Operators>(system.couplings())[j];
    if (const auto* sparse = std::get_if<SparseMatrix>(&a)) return SparseMatrix(sparse->pruned(0.0));
    return above(std::get<ComplexMatrix>(a), 0.0);
}

/// The one value of all entries of f, and of g, of a bath whose spectrum is flat.
struct Flat {
    Complex f;
    double g;
};
std::optional<std::vector<Flat>> flat_baths(const System& system,
                                            const equation::SeparableKernel& kernel) {
    std::vector<Flat> out;
    for (std::size_t b = 0; b < system.baths().tables.size(); ++b) {
        const ComplexMatrix left = kernel.left(b);
        const RealMatrix right = kernel.right(b);
        if ((left.array() != left(0, 0)).any()) return std::nullopt;
        if (right.size() != 0 && (right.array() != right(0, 0)).any()) return std::nullopt;
        out.push_back({left(0, 0), right.size() == 0 ? 1.0 : right(0, 0)});
    }
    return out;
}

/// H + H_LS in the basis H was given in, as far as its rounding tells.
SparseMatrix given_hamiltonian(const equation::PairEquation& equation) {
    const Eigensystem& eigensystem = equation.system.eigensystem();
    ComplexMatrix h = eigensystem.energies().cast<Complex>().asDiagonal();
    if (equation.lamb_shift.size() != 0) h += equation.lamb_shift;
    return above(eigensystem.from_eigenbasis(h), energy_rounding(eigensystem.energies()));
}

std::optional<Terms> in_given_basis(const equation::PairEquation& equation,
                                    const equation::SeparableKernel& kernel, double most) {
    const System& system = equation.system;
    const auto flat = flat_baths(system, kernel);
    if (!flat) return std::nullopt;
    const Index n = system.dimension();
    Terms out{Frame::given, SparseMatrix(n, n), {}};
    double entries = 0.0;
    for (std::size_t j = 0; j < static_cast<std::size_t>(count(system.couplings())); ++j) {
        base::poll();
        const auto [f, g] = (*flat)[static_cast<std::size_t>(system.baths().of_coupling[j])];
        const SparseMatrix a = given_coupling(system, j);
        if (f == 0.0 || g == 0.0 || a.nonZeros() == 0) continue;
        // f A ρ g A† and its adjoint are 2fg AρA†, for real f.
        SparseTerm term =
            f.imag() == 0.0 && f.real() * g > 0.0
                ? SparseTerm{SparseMatrix(), SparseMatrix(std::sqrt(2.0 * f.real() * g) * a)}
                : SparseTerm{SparseMatrix(f * a), SparseMatrix(Complex(g) * a)};
        if (!append(out, std::move(term), entries, most)) return std::nullopt;
        out.drift -= SparseMatrix((f * g) * (SparseMatrix(a.adjoint()) * a));
    }
    out.drift -= SparseMatrix(turning * given_hamiltonian(equation));
    return out;
}

std::optional<Terms> in_eigenbasis(const equation::PairEquation& equation,
                                   const equation::SeparableKernel& kernel, double most) {
    const System& system = equation.system;
    const Index n = system.dimension();
    Terms out{Frame::eigenbasis, SparseMatrix(n, n), {}};
    double entries = 0.0;
    for (std::size_t j = 0; j < static_cast<std::size_t>(count(system.couplings())); ++j) {
        base::poll();
        const equation::Term term = equation::term(system, kernel, j);
        if (!append(out, {without_rounding(term.lambda), without_rounding(term.b)}, entries, most))
            return std::nullopt;
    }
    out.drift = without_rounding(-equation.decay());
    for (Index k = 0; k < n; ++k)
        out.drift.coeffRef(k, k) -= turning * system.eigensystem().energies()[k];
    return out;
}

/// A form that is not diagonalised.
Terms sparse_terms(const LambdaForm& form) {
    Terms out{Frame::given, generator::sparse_drift(form, generator::Part::whole), {}};
    const auto sparse = [](const Operator& a) {
        const auto* m = std::get_if<SparseMatrix>(&a);
        return m == nullptr ? SparseMatrix() : *m;  // a jump operator's Λ
    };
    for (const LambdaTerm& term : form.terms) out.terms.push_back({sparse(term.lambda), sparse(term.b)});
    return out;
}

void keep_fewer(std::optional<Terms>& best, std::optional<Terms> other, double most) {
    if (!other || other->entries() > most) return;
    if (!best || other->entries() < best->entries()) best = std::move(other);
}

}  // namespace

double Terms::entries() const {
    double out = 2.0 * static_cast<double>(drift.rows()) * count(drift);
    for (const SparseTerm& term : terms) out += entries_of(term);
    return out;
}

std::optional<Terms> fewest_terms(const Generator& generator, double most) {
    std::optional<Terms> best;
    if (generator.frame() == Frame::given) {
        const auto form = generator.form();
        if (form != nullptr && form->factors.empty()) keep_fewer(best, sparse_terms(*form), most);
        return best;
    }
    const equation::PairEquation* equation = generator.pair_equation();
    const equation::SeparableKernel* kernel = equation == nullptr ? nullptr : equation->separable();
    if (kernel == nullptr) return best;
    keep_fewer(best, in_given_basis(*equation, *kernel, most), most);
    keep_fewer(best, in_eigenbasis(*equation, *kernel, best ? best->entries() : most), most);
    return best;
}

ComplexMatrix drift(const Generator& generator) {
    if (generator.frame() == Frame::given) {
        const auto form = generator.form();
        if (form == nullptr) return {};
        return ComplexMatrix(generator::sparse_drift(*form, generator::Part::whole));
    }
    ComplexMatrix out = -generator.decay();
    if (out.size() == 0) return {};
    out.diagonal() -= turning * generator.eigensystem().energies();
    return out;
}

}  // namespace redfield::steady
