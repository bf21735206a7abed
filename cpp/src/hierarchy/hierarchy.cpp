#include "redfield/hierarchy/hierarchy.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "hierarchy/flow.hpp"
#include "hierarchy/index_set.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield {

namespace {

using hierarchy::Flow;
using hierarchy::IndexSet;

/// The couplings in the given basis, equal ones once, and which of them each coupling is.
struct Distinct {
    std::vector<ComplexMatrix> operators;
    std::vector<Index> of_coupling;
};

Distinct distinct_couplings(const System& system) {
    const Index n = system.dimension();
    Distinct out;
    const auto add = [&](ComplexMatrix a) {
        const double size = a.cwiseAbs().maxCoeff();
        require((a - a.adjoint()).cwiseAbs().maxCoeff() <= 1e-12 * size, "hierarchy: couplings[",
                out.of_coupling.size(), "] is not Hermitian");
        const auto same = std::find(out.operators.begin(), out.operators.end(), a);
        out.of_coupling.push_back(static_cast<Index>(same - out.operators.begin()));
        if (same == out.operators.end()) out.operators.push_back(std::move(a));
    };
    if (const auto* sites = std::get_if<SiteProjectors>(&system.couplings())) {
        for (std::size_t j = 0; j < sites->sites.size(); ++j) {
            ComplexMatrix a = ComplexMatrix::Zero(n, n);
            a(sites->sites[j], sites->sites[j]) = sites->weights[static_cast<Index>(j)];
            add(std::move(a));
        }
    } else {
        for (const Operator& a : std::get<Operators>(system.couplings()))
            add(std::visit([](const auto& x) { return ComplexMatrix(x); }, a));
    }
    return out;
}

/// H and the couplings in the basis where their products cost less.
hierarchy::Operators cheapest(const System& system, std::vector<ComplexMatrix> couplings) {
    const Eigensystem& eigen = system.eigensystem();
    const auto cost = [](const std::vector<ComplexMatrix>& operators) {
        double out = 0.0;
        for (const ComplexMatrix& a : operators) out += hierarchy::Action<double>(a).cost();
        return out;
    };
    hierarchy::Operators given{Frame::given, {}, {}, std::move(couplings)};
    given.hamiltonian =
        eigen.from_eigenbasis(ComplexMatrix(eigen.energies().cast<Complex>().asDiagonal()));
    const double scale = given.hamiltonian.cwiseAbs().maxCoeff();
    given.hamiltonian = given.hamiltonian.unaryExpr(
        [scale](Complex x) { return std::abs(x) <= 1e-15 * scale ? Complex(0.0) : x; });
    hierarchy::Operators turned{Frame::eigenbasis, eigen.energies(), {}, {}};
    for (const ComplexMatrix& a : given.couplings) turned.couplings.push_back(eigen.to_eigenbasis(a));
    const double in_given = cost(given.couplings) + hierarchy::Action<double>(given.hamiltonian).cost();
    return cost(turned.couplings) <= in_given ? turned : given;
}

}  // namespace

struct Hierarchy::Parts {
    System system;
    std::vector<Exponentials> baths;
    std::shared_ptr<const IndexSet> indices;
    hierarchy::Operators operators;
    Flow<double> flow;
};

Index Hierarchy::count_exponentials(const std::vector<Exponentials>& baths) {
    const std::vector<Index> any(baths.size(), 0);
    return static_cast<Index>(hierarchy::closed_terms(baths, any).size());
}

double Hierarchy::bytes_of(Index dimension, Index exponentials, int depth) {
    const auto n = static_cast<double>(dimension), k = static_cast<double>(exponentials);
    // A vector, and of each member its numbers, links, decay and place, with the table that finds them.
    return IndexSet::size(exponentials, depth) * (8.0 * n * n + 9.0 * k + 72.0);
}

Hierarchy::Hierarchy(const System& system, const std::vector<Exponentials>& exponentials, int depth,
                     double max_bytes) {
    const Index n = system.dimension(), couplings = count(system.couplings());
    require(static_cast<Index>(exponentials.size()) == couplings, "hierarchy: exponentials of ",
            exponentials.size(), " baths for ", couplings, " couplings");
    require(depth >= 0, "hierarchy: depth must not be negative, got ", depth);
    Distinct distinct = distinct_couplings(system);
    std::vector<hierarchy::Term> terms = hierarchy::closed_terms(exponentials, distinct.of_coupling);
    const auto count = static_cast<Index>(terms.size());
    const double bytes = bytes_of(n, count, depth);
    if (bytes > max_bytes)
        throw std::length_error("hierarchy: " + std::to_string(count) + " exponentials at depth " +
                                std::to_string(depth) + " need " + std::to_string(bytes / 1e9) + " GB");
    auto indices = std::make_shared<const IndexSet>(std::move(terms), depth);
    hierarchy::Operators operators = cheapest(system, std::move(distinct.operators));
    Flow<double> flow(indices, operators);
    parts_ = std::make_unique<const Parts>(
        Parts{system, exponentials, std::move(indices), std::move(operators), std::move(flow)});
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
double Hierarchy::bytes() const { return bytes_of(dimension(), exponentials(), depth()); }
const System& Hierarchy::system() const { return parts_->system; }
const std::vector<Exponentials>& Hierarchy::baths() const { return parts_->baths; }
Frame Hierarchy::frame() const { return parts_->operators.frame; }
const hierarchy::IndexSet& Hierarchy::indices() const { return *parts_->indices; }
const hierarchy::Flow<double>& Hierarchy::flow() const { return parts_->flow; }

const std::vector<ComplexMatrix>& Hierarchy::couplings() const { return parts_->operators.couplings; }
Flow<float> Hierarchy::single() const { return Flow<float>(parts_->indices, parts_->operators); }

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
