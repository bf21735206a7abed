#include "redfield/floquet/davies.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "base/memory.hpp"
#include "evolve/run.hpp"
#include "evolve/secular_blocks.hpp"
#include "floquet/contacts.hpp"
#include "floquet/frames.hpp"
#include "floquet/steady_states.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::floquet {

namespace {

/// Harmonics below this part of a coupling's largest entry are rounding.
constexpr double negligible_entry = 1e-13;

struct Element {
    double frequency;
    Index k, l, n;
};

/// The transitions that some coupling drives, by frequency.
std::vector<Element> elements_of(const Modes& modes, const Harmonics& couplings) {
    const Index n = modes.dimension();
    std::vector<double> least;
    for (const auto& coupling : couplings.of) {
        double largest = 0.0;
        for (const ComplexMatrix& a : coupling) largest = std::max(largest, a.cwiseAbs().maxCoeff());
        least.push_back(negligible_entry * largest);
    }
    std::vector<Element> out;
    for (Index h = -couplings.most; h <= couplings.most; ++h)
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < n; ++k)
                for (std::size_t j = 0; j < least.size(); ++j)
                    if (std::abs(couplings.at(j, h)(k, l)) > least[j]) {
                        out.push_back({released(modes, k, l, h), k, l, h});
                        break;
                    }
    std::sort(out.begin(), out.end(),
              [](const Element& a, const Element& b) { return a.frequency < b.frequency; });
    return out;
}

/// Calls visit(first, last, ω) for what releases one frequency ω.
template <class Visit>
void for_clusters(const std::vector<Element>& elements, double tol, Visit&& visit) {
    for (auto first = elements.begin(); first != elements.end();) {
        auto last = first + 1;
        while (last != elements.end() && last->frequency - (last - 1)->frequency <= tol) ++last;
        const double width = (last - 1)->frequency - first->frequency;
        require(width <= 2.0 * tol, "floquet::Davies: frequencies chain together near ", first->frequency,
                ": links within degeneracy_tol = ", tol, " make a cluster ", width,
                " wide, so that no tolerance tells equal from different ones; choose another "
                "degeneracy_tol, or Redfield");
        double sum = 0.0;
        bool zero = false;
        for (auto e = first; e != last; ++e) {
            sum += e->frequency;
            zero = zero || (e->k == e->l && e->n == 0);
        }
        visit(first, last, zero ? 0.0 : sum / static_cast<double>(last - first));
        first = last;
    }
}

bool is_diagonal(const Element& e) { return e.k == e.l; }

}  // namespace

Davies::~Davies() = default;
Davies::Davies(Davies&&) noexcept = default;

Davies::Davies(const Modes& modes, const Contacts& contacts, bool lamb_shift, double tol,
               double max_bytes)
    : modes_(modes) {
    const Index n = modes.dimension();
    const Harmonics& couplings = contacts.couplings;
    check(contacts, n, "floquet::Davies");
    require(tol >= 0.0, "floquet::Davies: degeneracy_tol must not be negative, got ", tol);
    RealMatrix rates = RealMatrix::Zero(n, n);
    ComplexMatrix coherences = ComplexMatrix::Zero(n, n);
    counts_.assign(couplings.of.size(), ComplexMatrix::Zero(n, n));
    released_ = counts_;
    ComplexMatrix k = ComplexMatrix::Zero(n, n);
    std::vector<integrators::Link> links;
    const std::vector<Element> elements = elements_of(modes, couplings);
    for_clusters(elements, tol, [&](auto first, auto last, double frequency) {
        base::poll();
        // Pairs of diagonal elements, which every harmonic has, link nothing: they damp coherences.
        if (!std::all_of(first, last, is_diagonal) || first->n != (last - 1)->n)
            base::require_bytes(
                sizeof(integrators::Link) * (static_cast<double>(links.size()) +
                                             static_cast<double>((last - first) * (last - first - 1))),
                max_bytes, "choose a smaller degeneracy_tol, or Redfield",
                "a cluster of equal frequencies");
        for (std::size_t j = 0; j < couplings.of.size(); ++j) {
            const auto bath = static_cast<std::size_t>(contacts.bath_of_coupling[j]);
            Complex gamma = contacts.spectra[bath].at(frequency);
            if (!lamb_shift) gamma = gamma.real();
            const double rate = 2.0 * gamma.real();
            for (auto a = first; a != last; ++a) {
                const Complex of_a = couplings.at(j, a->n)(a->k, a->l);
                if (of_a == 0.0) continue;
                for (auto b = first; b != last; ++b) {
                    const Complex both = of_a * std::conj(couplings.at(j, b->n)(b->k, b->l));
                    if (both == 0.0) continue;
                    if (a->k == b->k) {
                        k(b->l, a->l) += gamma * both;
                        counts_[j](b->l, a->l) += rate * both;
                        released_[j](b->l, a->l) += frequency * rate * both;
                    }
                    if (a->k == b->k && a->l == b->l) {
                        if (a->k != a->l) rates(a->k, a->l) += rate * both.real();
                    } else if (is_diagonal(*a) && is_diagonal(*b)) {
                        coherences(a->k, b->k) += rate * both;
                    } else {
                        links.push_back({a->k + n * b->k, a->l + n * b->l, rate * both});
                    }
                }
            }
        }
    });
    const double least = 1e-15 * k.diagonal().cwiseAbs().maxCoeff();
    for (Index l = 0; l < n; ++l) {
        rates(l, l) = -rates.col(l).sum();
        for (Index i = 0; i < n; ++i) {
            if (i != l) coherences(i, l) -= k(i, i) + std::conj(k(l, l));
            if (i == l || std::abs(k(i, l)) <= least) continue;
            for (Index m = 0; m < n; ++m) {
                links.push_back({i + n * m, l + n * m, -k(i, l)});
                links.push_back({m + n * i, m + n * l, -std::conj(k(i, l))});
            }
        }
    }
    coherences.diagonal().setZero();
    blocks_ = std::make_unique<integrators::SecularBlocks>(
        RealVector::Zero(n), std::move(rates), std::move(coherences), std::move(links), max_bytes);
}

const RealMatrix& Davies::rates() const { return blocks_->rates(); }

const ComplexMatrix& Davies::coherence_rates() const { return blocks_->coherences(); }

bool Davies::degenerate() const { return blocks_->linked(); }

std::vector<ComplexMatrix> Davies::steady_states() const { return floquet::steady_states(*blocks_); }

ComplexMatrix Davies::apply(const ComplexMatrix& x) const {
    require(x.rows() == modes_.dimension() && x.cols() == modes_.dimension(),
            "floquet::Davies: the operator does not have the dimension of H");
    const Index n = modes_.dimension();
    ComplexMatrix out = coherence_rates().cwiseProduct(x);
    out.diagonal() = rates() * x.diagonal();
    for (const integrators::Link& link : blocks_->links())
        out(link.row % n, link.row / n) += link.value * x(link.column % n, link.column / n);
    return out;
}

EvolveStats Davies::evolve(StateView start, const std::vector<double>& times,
                           const IntegrationOptions& options, const Observer<StateView>& observe) const {
    const integrators::Run run(modes_.dimension(), start, times, options, observe);
    require(start.frame == Frame::given, "floquet::Davies: rho0 must be in the basis H is given in");
    Frames frames(modes_, times);
    const ComplexMatrix turn = frames.at(0);
    const RealMatrix rho0 = pack(turn.adjoint() * unpack(start.packed) * turn);
    EvolveStats stats;
    stats.method = name_of(redfield::method_names, Method::closed_form);
    stats.steps = static_cast<long>(times.size()) - 1;
    const auto tell = [&](Index i, const RealMatrix& rho) {
        if (i == 0) return observe(0, start);
        const ComplexMatrix back = frames.at(i);
        observe(i, {pack(back * unpack(rho) * back.adjoint()), Frame::given});
    };
    const auto integrate = [&](const Observer<RealMatrix>& output) {
        blocks_->propagate(rho0, times, std::numeric_limits<double>::infinity(), output);
    };
    run.solve(rho0, true, tell, integrate, stats);
    return stats;
}

}  // namespace redfield::floquet
