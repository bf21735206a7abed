#include "redfield/hierarchy/hierarchy.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "hierarchy/flow.hpp"
#include "hierarchy/index_set.hpp"
#include "linalg/decompositions.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "system/site_operator.hpp"

namespace redfield {

namespace {

using hierarchy::Flow;
using hierarchy::IndexSet;

/// The couplings in the given basis, equal ones once unless they are kept apart, and which of them each
/// coupling is.
struct Distinct {
    std::vector<ComplexMatrix> operators;
    std::vector<Index> of_coupling;
};

Distinct distinct_couplings(const System& system, bool apart) {
    const Index n = system.dimension();
    Distinct out;
    const auto add = [&](ComplexMatrix a) {
        const double size = a.cwiseAbs().maxCoeff();
        require((a - a.adjoint()).cwiseAbs().maxCoeff() <= 1e-12 * size, "hierarchy: couplings[",
                out.of_coupling.size(), "] is not Hermitian");
        const auto same =
            apart ? out.operators.end() : std::find(out.operators.begin(), out.operators.end(), a);
        out.of_coupling.push_back(static_cast<Index>(same - out.operators.begin()));
        if (same == out.operators.end()) out.operators.push_back(std::move(a));
    };
    if (const auto* sites = std::get_if<SiteProjectors>(&system.couplings())) {
        for (std::size_t j = 0; j < sites->sites.size(); ++j)
            add(ComplexMatrix(system::site_operator(*sites, j, n)));
    } else {
        for (const Operator& a : std::get<Operators>(system.couplings()))
            add(std::visit([](const auto& x) { return ComplexMatrix(x); }, a));
    }
    return out;
}

/// The terms of all baths with the amplitudes of their auxiliary operators.
std::vector<hierarchy::Term> terms_of(const Distinct& distinct,
                                      const std::vector<Exponentials>& exponentials) {
    require(exponentials.size() == distinct.of_coupling.size(), "hierarchy: exponentials of ",
            exponentials.size(), " baths for ", distinct.of_coupling.size(), " couplings");
    std::vector<hierarchy::Term> terms = hierarchy::closed_terms(exponentials, distinct.of_coupling);
    std::vector<double> spread;
    for (const ComplexMatrix& a : distinct.operators) {
        const RealVector levels = linalg::hermitian_values(a, "the eigenvalues of a coupling");
        spread.push_back(levels[levels.size() - 1] - levels[0]);
    }
    for (hierarchy::Term& term : terms)
        term.amplitude =
            term.scale * spread[static_cast<std::size_t>(term.operator_index)] / std::abs(term.rate);
    return terms;
}

/// `negligible` where baths are weak: what moves the state of a long time is then to be compared with
/// their own second order, max_k x_k² of the weakest.
double relative_to_baths(const std::vector<hierarchy::Term>& terms, double negligible) {
    std::map<Index, double> strongest;
    for (const hierarchy::Term& term : terms) {
        double& x = strongest[term.operator_index];
        x = std::max(x, term.amplitude * term.amplitude);
    }
    double weakest = 1.0;
    for (const auto& [j, strength] : strongest)
        if (strength > 0.0) weakest = std::min(weakest, strength);
    return negligible * weakest;
}

/// A vector, the copies of few levels, and of each index its numbers, neighbours, decay and place.
double bytes_of_set(Index dimension, const std::vector<hierarchy::Term>& terms, int depth,
                    double negligible, std::size_t couplings) {
    const auto n = static_cast<double>(dimension), k = static_cast<double>(terms.size());
    const double numbers = n * n + hierarchy::FewLevels<double>::copied(dimension);
    return IndexSet::size(terms, depth, relative_to_baths(terms, negligible)) *
           (8.0 * numbers + hierarchy::Neighbours<double>::bytes(couplings, depth) + k + 80.0);
}

/// H and the couplings in the basis where their products cost less.
hierarchy::Operators cheapest(const System& system, std::vector<ComplexMatrix> couplings,
                              const Eigen::VectorXcd& remainders) {
    const Eigensystem& eigen = system.eigensystem();
    ComplexMatrix h = eigen.from_eigenbasis(ComplexMatrix(eigen.energies().cast<Complex>().asDiagonal()));
    const double noise = hierarchy::entry_noise * h.cwiseAbs().maxCoeff();
    h = h.unaryExpr([noise](Complex x) { return std::abs(x) <= noise ? Complex(0.0) : x; });
    return hierarchy::in_cheaper_basis<hierarchy::Action<double>>(eigen, h, std::move(couplings),
                                                                  remainders);
}

}  // namespace

struct Hierarchy::Parts {
    System system;
    std::vector<Exponentials> baths;
    std::shared_ptr<const IndexSet> indices;
    std::vector<ComplexMatrix> given;  ///< the distinct couplings in the given basis
    hierarchy::Operators operators;
    std::vector<Index> of_coupling;
    Flow<double> flow;
    double bytes;
};

Index Hierarchy::count_exponentials(const std::vector<Exponentials>& baths) {
    const std::vector<Index> any(baths.size(), 0);
    return static_cast<Index>(hierarchy::closed_terms(baths, any).size());
}

double Hierarchy::bytes_of(const System& system, const std::vector<Exponentials>& exponentials, int depth,
                           double negligible, bool apart) {
    const Distinct distinct = distinct_couplings(system, apart);
    return bytes_of_set(system.dimension(), terms_of(distinct, exponentials), depth, negligible,
                        distinct.operators.size());
}

double Hierarchy::planes_of(const System& system, const std::vector<Exponentials>& exponentials,
                            int depth, double negligible, bool apart) {
    const std::vector<hierarchy::Term> terms = terms_of(distinct_couplings(system, apart), exponentials);
    return IndexSet::size(terms, depth, relative_to_baths(terms, negligible));
}

Hierarchy::Hierarchy(const System& system, const std::vector<Exponentials>& exponentials, int depth,
                     double max_bytes, double negligible, bool apart) {
    require(depth >= 0, "hierarchy: depth must not be negative, got ", depth);
    Distinct distinct = distinct_couplings(system, apart);
    std::vector<hierarchy::Term> terms = terms_of(distinct, exponentials);
    const double bytes =
        bytes_of_set(system.dimension(), terms, depth, negligible, distinct.operators.size());
    if (bytes > max_bytes)
        throw std::length_error("hierarchy: " + std::to_string(terms.size()) + " exponentials at depth " +
                                std::to_string(depth) + " need " + std::to_string(bytes / 1e9) + " GB");
    const double left_out = relative_to_baths(terms, negligible);
    auto indices = std::make_shared<const IndexSet>(std::move(terms), depth, left_out);
    Eigen::VectorXcd remainders = Eigen::VectorXcd::Zero(static_cast<Index>(distinct.operators.size()));
    for (std::size_t j = 0; j < exponentials.size(); ++j)
        remainders[distinct.of_coupling[j]] += exponentials[j].remainder;
    hierarchy::Operators operators = cheapest(system, distinct.operators, remainders);
    Flow<double> flow(indices, operators);
    parts_ = std::make_unique<const Parts>(
        Parts{system, exponentials, std::move(indices), std::move(distinct.operators),
              std::move(operators), std::move(distinct.of_coupling), std::move(flow), bytes});
}

Hierarchy::Hierarchy(const Hierarchy& like, const System& system) {
    const Parts& same = *like.parts_;
    require(system.dimension() == like.dimension(), "hierarchy: a system of ", system.dimension(),
            " levels in the place of one of ", like.dimension());
    hierarchy::Operators operators = cheapest(system, same.given, same.operators.remainders);
    Flow<double> flow(same.flow.neighbours(), operators);
    parts_ = std::make_unique<const Parts>(Parts{system, same.baths, same.indices, same.given,
                                                 std::move(operators), same.of_coupling, std::move(flow),
                                                 same.bytes});
}

Hierarchy::~Hierarchy() = default;
Hierarchy::Hierarchy(Hierarchy&&) noexcept = default;

Index Hierarchy::dimension() const { return parts_->flow.dimension(); }
int Hierarchy::depth() const { return parts_->indices->depth(); }
Index Hierarchy::exponentials() const { return static_cast<Index>(parts_->indices->terms().size()); }
Index Hierarchy::planes() const { return parts_->indices->planes(); }
double Hierarchy::vector_bytes() const {
    const auto n = static_cast<double>(dimension());
    return 8.0 * n * n * static_cast<double>(planes());
}
double Hierarchy::bytes() const { return parts_->bytes; }
const System& Hierarchy::system() const { return parts_->system; }
const std::vector<Exponentials>& Hierarchy::baths() const { return parts_->baths; }
Frame Hierarchy::frame() const { return parts_->operators.frame; }
const hierarchy::IndexSet& Hierarchy::indices() const { return *parts_->indices; }
const hierarchy::Flow<double>& Hierarchy::flow() const { return parts_->flow; }

Index Hierarchy::operator_of(std::size_t coupling) const { return parts_->of_coupling[coupling]; }
const Eigen::VectorXcd& Hierarchy::remainders() const { return parts_->operators.remainders; }
const std::vector<ComplexMatrix>& Hierarchy::couplings() const { return parts_->operators.couplings; }
Flow<float> Hierarchy::single() const { return Flow<float>(parts_->indices, parts_->operators); }
Flow<double> Hierarchy::adjoint() const {
    hierarchy::Operators operators = parts_->operators;
    operators.energies = -operators.energies;
    operators.hamiltonian = -operators.hamiltonian;
    operators.remainders = operators.remainders.conjugate().eval();
    return Flow<double>(parts_->flow.neighbours()->adjoint(), operators);
}

Flow<double> Hierarchy::with_couplings(std::vector<ComplexMatrix> couplings) const {
    require(couplings.size() == parts_->operators.couplings.size(), "hierarchy: there are ",
            parts_->operators.couplings.size(), " couplings, got ", couplings.size());
    hierarchy::Operators operators = parts_->operators;
    operators.couplings = std::move(couplings);
    return Flow<double>(parts_->flow.neighbours(), operators);
}

int Hierarchy::threads(int requested) const {
    // A vector is as much work as a state with as many numbers.
    const auto side = static_cast<Index>(std::sqrt(vector_bytes() / sizeof(double)));
    return base::resolve_threads(requested, side);
}

void Hierarchy::apply(const ConstRef& y, MutableRef out, int threads) const {
    const Index n = dimension(), columns = n * planes();
    require(y.rows() == n && y.cols() == columns && out.rows() == n && out.cols() == columns,
            "hierarchy: vectors must be (", n, ", ", columns, "), got (", y.rows(), ", ", y.cols(), ")");
    parts_->flow.apply(y.data(), out.data(), this->threads(threads));
}

}  // namespace redfield
