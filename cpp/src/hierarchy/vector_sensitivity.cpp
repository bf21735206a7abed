#include "hierarchy/vector_sensitivity.hpp"

#include <cmath>

#include "hierarchy/flow.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::hierarchy {

namespace {

constexpr Complex i_unit(0.0, 1.0);

using Plane = Eigen::Map<const RealMatrix>;

double inner(const Plane& x, const RealMatrix& y) { return x.cwiseProduct(y).sum(); }

/// −i[A, X] of Hermitian matrices.
ComplexMatrix commuted(const ComplexMatrix& a, const ComplexMatrix& x) {
    const ComplexMatrix once = -i_unit * (a * x);
    return once + once.adjoint();
}

}  // namespace

/// One operator of x and of y, its planes as matrices.
struct VectorSensitivity::Member {
    Index index, first, planes;
    const double *x, *y;  ///< the whole vectors
    Index n;
    std::vector<ComplexMatrix> of_x, of_y;

    Member(const IndexSet& set, Index member, const double* all_x, const double* all_y, Index levels)
        : index(member),
          first(set.plane(member)),
          planes(set.plane(member + 1) - first),
          x(all_x),
          y(all_y),
          n(levels) {
        for (Index p = first; p < first + planes; ++p) {
            of_x.push_back(unpack(plane(x, p)));
            of_y.push_back(unpack(plane(y, p)));
        }
    }
    Plane plane(const double* vector, Index p) const { return Plane(vector + p * n * n, n, n); }
};

VectorSensitivity::Sums::Sums(Index n, std::size_t couplings, Index terms)
    : turned(ComplexMatrix::Zero(n, n)),
      moved(couplings, ComplexMatrix::Zero(n, n)),
      left(Eigen::VectorXcd::Zero(terms)),
      right(Eigen::VectorXcd::Zero(terms)),
      rates(Eigen::VectorXcd::Zero(terms)),
      at_once(RealVector::Zero(static_cast<Index>(couplings))) {}

void VectorSensitivity::Sums::add(const Sums& other, double weight) {
    turned += weight * other.turned;
    for (std::size_t j = 0; j < moved.size(); ++j) moved[j] += weight * other.moved[j];
    left += weight * other.left;
    right += weight * other.right;
    rates += weight * other.rates;
    at_once += weight * other.at_once;
}

VectorSensitivity::VectorSensitivity(const Hierarchy& hierarchy, int threads)
    : hierarchy_(hierarchy),
      set_(hierarchy.indices()),
      neighbours_(*hierarchy.flow().neighbours()),
      threads_(threads),
      sums_(hierarchy.dimension(), hierarchy.couplings().size(), hierarchy.exponentials()) {
    require(
        static_cast<std::size_t>(count(hierarchy.system().couplings())) == hierarchy.couplings().size(),
        "gradient: the hierarchy's equal couplings are not apart");
    const std::vector<Term>& terms = set_.terms();
    const std::size_t couplings = hierarchy.couplings().size();
    std::vector<std::vector<Descent>> of_member(couplings);
    const auto finish = [&] {
        for (std::vector<Descent>& each : of_member) {
            begin_.push_back(descents_.size());
            descents_.insert(descents_.end(), each.begin(), each.end());
            each.clear();
        }
    };
    Index at = 0;
    set_.visit_links([&](Index member, Index k, IndexSet::Link, IndexSet::Link below) {
        for (; at < member; ++at) finish();
        const Term& term = terms[static_cast<std::size_t>(k)];
        const bool hermitian = set_.hermitian(member);
        if (!below.exists() || (hermitian && term.partner < k)) return;
        // A term and its partner give a Hermitian operator adjoint contributions.
        const double times = hermitian && term.partner != k ? 2.0 : 1.0;
        const double number = set_.number(member, k);
        of_member[static_cast<std::size_t>(term.operator_index)].push_back(
            {k, below, times * 0.5 * std::sqrt(number) / term.scale});
    });
    for (; at < set_.members(); ++at) finish();
    begin_.push_back(descents_.size());
}

void VectorSensitivity::add(const RealMatrix& x, const RealMatrix& y, double weight) {
    base::poll();
    const Index n = hierarchy_.dimension();
    base::parallel_ranges(threads_, set_.members(), [&](Index first, Index members) {
        Sums own(n, sums_.moved.size(), sums_.rates.size());
        for (Index i = first; i < first + members; ++i)
            add_member(Member(set_, i, x.data(), y.data(), n), own);
        const std::lock_guard<std::mutex> lock(mutex_);
        sums_.add(own, weight);
    });
}

void VectorSensitivity::add_member(const Member& member, Sums& sums) const {
    for (std::size_t p = 0; p < member.of_x.size(); ++p)
        sums.turned.noalias() -= i_unit * (member.of_x[p] * member.of_y[p]);
    add_decay(member, sums);
    for (std::size_t j = 0; j < sums.moved.size(); ++j) {
        add_coupling(member, j, sums);
        if (hierarchy_.remainders()[static_cast<Index>(j)] != 0.0) add_at_once(member, j, sums);
    }
}

/// −(σG − τF) − i(τG + σF) of ρ = G + iF with the decay σ + iτ.
void VectorSensitivity::add_decay(const Member& member, Sums& sums) const {
    const auto of = [&](Index x, Index y) {
        return inner(member.plane(member.x, member.first + x), member.plane(member.y, member.first + y));
    };
    Complex slope = -of(0, 0);
    if (member.planes == 2) slope += Complex(-of(1, 1), of(1, 0) - of(0, 1));
    for (Index k = 0; k < sums.rates.size(); ++k)
        sums.rates[k] += static_cast<double>(set_.number(member.index, k)) * slope;
}

/// −i[A, P] + {A, Q} = Z + Z† with Z = A(Q − iP).
void VectorSensitivity::add_coupling(const Member& member, std::size_t j, Sums& sums) const {
    const Index n = member.n;
    RealMatrix p(n, n), q(n, n);
    for (Index plane = 0; plane < member.planes; ++plane) {
        const auto edges = neighbours_.of(member.first + plane, j, Tiers::both);
        if (edges.empty()) continue;
        p.setZero();
        q.setZero();
        for (const auto& edge : edges) {
            const auto [alpha, beta] = neighbours_.weights(edge);
            const Plane source = member.plane(member.x, edge.source);
            p += alpha * source;
            q += beta * source;
        }
        const ComplexMatrix v = unpack(q) - i_unit * unpack(p);
        sums.moved[j].noalias() += v * member.of_y[static_cast<std::size_t>(plane)];
    }
    const std::size_t at = static_cast<std::size_t>(member.index) * sums.moved.size() + j;
    if (begin_[at] == begin_[at + 1]) return;
    std::vector<RealMatrix> commutators, anticommutators;
    for (const ComplexMatrix& y : member.of_y) {
        const ComplexMatrix ay = hierarchy_.couplings()[j] * y;
        commutators.push_back(2.0 * pack(i_unit * ay));
        anticommutators.push_back(2.0 * pack(ay));
    }
    add_descents(member, j, commutators, anticommutators, sums);
}

/// Derivatives by α = √n (c + c̃)/2s and β = −i√n (c − c̃)/2s, where P + iP' = α(G ± iF) of a neighbour or
/// its adjoint.
void VectorSensitivity::add_descents(const Member& member, std::size_t j,
                                     const std::vector<RealMatrix>& commutators,
                                     const std::vector<RealMatrix>& anticommutators, Sums& sums) const {
    const std::size_t at = static_cast<std::size_t>(member.index) * sums.moved.size() + j;
    for (std::size_t e = begin_[at]; e < begin_[at + 1]; ++e) {
        const Descent& descent = descents_[e];
        const Index g = set_.plane(descent.link.member());
        const bool both = !set_.hermitian(descent.link.member());
        const double sign = descent.link.adjoint() ? -1.0 : 1.0;
        const auto slope = [&](const std::vector<RealMatrix>& of) {
            Complex out = inner(member.plane(member.x, g), of[0]);
            if (both) out.imag(-sign * inner(member.plane(member.x, g + 1), of[0]));
            if (of.size() == 1) return out;
            out += Complex(0.0, inner(member.plane(member.x, g), of[1]));
            if (both) out += sign * inner(member.plane(member.x, g + 1), of[1]);
            return out;
        };
        const Complex alpha = slope(commutators), beta = slope(anticommutators);
        sums.left[descent.term] += descent.unit * (alpha + i_unit * beta);
        sums.right[descent.term] += descent.unit * (alpha - i_unit * beta);
    }
}

/// Re d (−i[A, ·])²ρ; Im d shifts H.
void VectorSensitivity::add_at_once(const Member& member, std::size_t j, Sums& sums) const {
    const ComplexMatrix& a = hierarchy_.couplings()[j];
    const double rate = hierarchy_.remainders()[static_cast<Index>(j)].real();
    for (std::size_t p = 0; p < member.of_x.size(); ++p) {
        const ComplexMatrix &x = member.of_x[p], &y = member.of_y[p];
        const ComplexMatrix moved_x = commuted(a, x), moved_y = commuted(a, y);
        sums.moved[j] += rate * i_unit * (x * moved_y - moved_x * y);
        sums.at_once[static_cast<Index>(j)] -= moved_x.cwiseProduct(moved_y.conjugate()).sum().real();
    }
}

HierarchyGradient VectorSensitivity::gradient() const {
    const Eigensystem& eigen = hierarchy_.system().eigensystem();
    const auto given = [&](const ComplexMatrix& x) {
        return hierarchy_.frame() == Frame::given ? x : eigen.from_eigenbasis(x);
    };
    const ComplexMatrix turned = sums_.turned + sums_.turned.adjoint();
    HierarchyGradient out{given(turned), {}, of_baths(turned)};
    for (std::size_t j = 0; j < sums_.moved.size(); ++j) {
        const double shift = hierarchy_.remainders()[static_cast<Index>(j)].imag();
        const ComplexMatrix once = sums_.moved[j] + shift * hierarchy_.couplings()[j] * turned;
        out.couplings.push_back(given(once + once.adjoint()));
    }
    return out;
}

/// A coefficient is the c of its term and the conjugate of its partner's c̃.
std::vector<Exponentials> VectorSensitivity::of_baths(const ComplexMatrix& turned) const {
    Index total = 0;
    for (const Exponentials& bath : hierarchy_.baths()) total += bath.coefficients.size();
    Eigen::VectorXcd coefficients = Eigen::VectorXcd::Zero(total), rates = coefficients;
    const std::vector<Term>& terms = set_.terms();
    for (Index k = 0; k < static_cast<Index>(terms.size()); ++k) {
        const Term& term = terms[static_cast<std::size_t>(k)];
        if (term.place < 0) continue;
        coefficients[term.place] = sums_.left[k] + std::conj(sums_.right[term.partner]);
        rates[term.place] = sums_.rates[k];
        if (terms[static_cast<std::size_t>(term.partner)].place < 0)
            rates[term.place] += std::conj(sums_.rates[term.partner]);
    }
    std::vector<Exponentials> out;
    Index first = 0;
    for (const Exponentials& bath : hierarchy_.baths()) {
        const Index size = bath.coefficients.size();
        const auto j = static_cast<std::size_t>(hierarchy_.operator_of(out.size()));
        const ComplexMatrix& a = hierarchy_.couplings()[j];
        const double shift = (a * a).cwiseProduct(turned.transpose()).sum().real();
        out.push_back({coefficients.segment(first, size), rates.segment(first, size),
                       Complex(sums_.at_once[static_cast<Index>(j)], shift)});
        first += size;
    }
    return out;
}

}  // namespace redfield::hierarchy
