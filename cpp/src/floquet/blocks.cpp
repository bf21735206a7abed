#include "floquet/blocks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/epsilon.hpp"
#include "base/memory.hpp"
#include "equation/stationary.hpp"
#include "evolve/block_evolution.hpp"
#include "evolve/matrix_exponential.hpp"
#include "linalg/markov_chain.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/evolve/equal_steps.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "steady/null_space.hpp"

namespace redfield::floquet {

namespace {

using base::epsilon;
/// Rates below this part of the fastest one are indistinguishable from zero.
constexpr double still = 16.0 * epsilon;
/// Rates |A|² below this part of the fastest one are zero: their matrix elements A are rounding.
constexpr double unjoined = 16.0 * epsilon * epsilon;

/// Disjoint sets.
class Sets {
  public:
    explicit Sets(Index size) : parent_(static_cast<std::size_t>(size)) {
        std::iota(parent_.begin(), parent_.end(), Index{0});
    }
    Index root(Index i) {
        Index& parent = parent_[static_cast<std::size_t>(i)];
        return parent == i ? i : parent = root(parent);
    }
    void join(Index i, Index j) { parent_[static_cast<std::size_t>(root(i))] = root(j); }

  private:
    std::vector<Index> parent_;
};

}  // namespace

Blocks::Blocks(const RealMatrix& rates, const ComplexMatrix& coherences, std::vector<Link> links,
               double max_bytes)
    : rates_(rates), coherences_(coherences), links_(std::move(links)) {
    find_blocks(max_bytes);
}

void Blocks::find_blocks(double max_bytes) {
    const Index n = rates_.rows();
    const auto transposed = [n](Index e) { return e / n + n * (e % n); };
    Sets sets(n * n);
    std::vector<bool> linked(static_cast<std::size_t>(n * n), false);
    for (Index k = 0; k < n; ++k) {
        sets.join(k * (n + 1), 0);  // populations
        linked[static_cast<std::size_t>(k * (n + 1))] = true;
    }
    for (const Link& link : links_)
        for (const Index e : {link.row, link.column, transposed(link.row), transposed(link.column)}) {
            sets.join(e, link.row);
            linked[static_cast<std::size_t>(e)] = true;
        }
    std::map<Index, std::size_t> known{{sets.root(0), 0}};
    blocks_.resize(1);
    std::vector<Index> place(static_cast<std::size_t>(n * n), 0);
    for (Index e = 0; e < n * n; ++e) {
        if (!linked[static_cast<std::size_t>(e)]) {
            if (e % n < e / n) alone_.push_back(e);
            continue;
        }
        const auto found = known.try_emplace(sets.root(e), blocks_.size());
        if (found.second) blocks_.emplace_back();
        Block& block = blocks_[found.first->second];
        place[static_cast<std::size_t>(e)] = static_cast<Index>(block.elements.size());
        if (e % n == e / n) block.populations.push_back(static_cast<Index>(block.elements.size()));
        block.elements.push_back(e);
    }
    double bytes = 0.0;
    for (const Block& block : blocks_)
        bytes += 8.0 * sizeof(double) * std::pow(static_cast<double>(block.elements.size()), 2.0);
    base::require_bytes(bytes, max_bytes, "choose a smaller degeneracy_tol, or Redfield",
                        "Davies' equation of degenerate frequencies");
    for (Block& block : blocks_) {
        const auto size = static_cast<Index>(block.elements.size());
        block.matrix = RealMatrix::Zero(size, size);
    }
    // dρ_c of a packed state: Re d of R_c and Im d of its transposed.
    const auto add = [&](Index row, Index column, Complex value) {
        RealMatrix& matrix = blocks_[known.at(sets.root(row))].matrix;
        const Index r = place[static_cast<std::size_t>(row)];
        matrix(r, place[static_cast<std::size_t>(column)]) += value.real();
        matrix(r, place[static_cast<std::size_t>(transposed(column))]) += value.imag();
    };
    for (const Link& link : links_) add(link.row, link.column, link.value);
    for (const Block& block : blocks_)
        for (const Index e : block.elements)
            if (e % n != e / n) add(e, e, coherences_(e % n, e / n));
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) add(k * (n + 1), l * (n + 1), rates_(k, l));
    integrators::conserve_sum(blocks_.front().matrix, blocks_.front().populations, 0.0);
}

void Blocks::propagate(const RealMatrix& rho0, const std::vector<double>& times,
                       const Observer<RealMatrix>& visit) const {
    const Index n = rates_.rows();
    RealMatrix rho = rho0;
    const double trace = rho0.trace();
    linalg::MarkovChain chain(rates_);
    std::vector<RealMatrix> exponentials(blocks_.size());
    const std::vector<EqualSteps> runs = equal_steps(times);
    std::size_t run = 0, step = 0;
    for (std::size_t i = 1; i < times.size(); ++i, ++step) {
        base::poll(static_cast<double>(i) / static_cast<double>(times.size()));
        const bool fresh = i == 1 || step == runs[run].count;
        if (i > 1 && fresh) {
            ++run;
            step = 0;
        }
        const double dt = runs[run].length, t = times[i] - times[0];
        if (fresh && linked())
            for (std::size_t b = 0; b < blocks_.size(); ++b)
                exponentials[b] = integrators::matrix_exponential<double>(blocks_[b].matrix * dt,
                                                                          blocks_[b].populations);
        if (dt > 0.0) {
            if (linked()) {
                for (std::size_t b = 0; b < blocks_.size(); ++b) {
                    const auto& elements = blocks_[b].elements;
                    RealVector x(static_cast<Index>(elements.size()));
                    for (std::size_t e = 0; e < elements.size(); ++e)
                        x[static_cast<Index>(e)] = rho.data()[elements[e]];
                    x = (exponentials[b] * x).eval();
                    for (std::size_t e = 0; e < elements.size(); ++e)
                        rho.data()[elements[e]] = x[static_cast<Index>(e)];
                }
                integrators::restore_trace(rho, trace);
            } else {
                rho.diagonal() =
                    chain.advance(RealVector(rho.diagonal()), dt, [](double) { base::poll(); });
            }
        }
        for (const Index e : alone_) {
            const Index k = e % n, l = e / n;
            const Complex factor = std::exp(coherences_(k, l) * t);
            rho(k, l) = factor.real() * rho0(k, l) + factor.imag() * rho0(l, k);
            rho(l, k) = factor.real() * rho0(l, k) - factor.imag() * rho0(k, l);
        }
        visit(static_cast<Index>(i), rho);
    }
}

double Blocks::zero() const {
    const double fastest = std::max(rates_.cwiseAbs().maxCoeff(), coherences_.cwiseAbs().maxCoeff());
    return still * static_cast<double>(rates_.rows()) * fastest;
}

RealMatrix Blocks::joined() const {
    const double least = unjoined * rates_.cwiseAbs().maxCoeff();
    return rates_.unaryExpr([least](double rate) { return rate > least ? rate : 0.0; });
}

bool Blocks::stays(Index element) const {
    const Index n = rates_.rows(), k = element % n, l = element / n;
    // A coherence decays at least at half the rates that its two populations do.
    const double least = unjoined * rates_.cwiseAbs().maxCoeff();
    return std::abs(coherences_(k, l)) <= zero() && -rates_(k, k) - rates_(l, l) <= least;
}

RealMatrix Blocks::null_vectors(const Block& block) const {
    RealMatrix found = steady::null_space(block.matrix, zero());
    // The basis of a block without populations has at least one vector, null or not.
    if (&block != &blocks_.front() && found.cols() == 1 &&
        (block.matrix * found.col(0)).norm() > 10.0 * zero())
        found.resize(block.matrix.rows(), 0);
    return found;
}

std::vector<ComplexMatrix> Blocks::steady_states() const {
    const Index n = rates_.rows();
    std::vector<ComplexMatrix> out;
    if (!linked()) {
        const RealMatrix populations = equation::stationary(joined()).distributions;
        for (Index c = 0; c < populations.cols(); ++c)
            out.push_back(ComplexMatrix(populations.col(c).normalized().cast<Complex>().asDiagonal()));
    } else {
        for (const Block& block : blocks_) {
            const RealMatrix found = null_vectors(block);
            for (Index c = 0; c < found.cols(); ++c) {
                RealMatrix packed = RealMatrix::Zero(n, n);
                for (std::size_t e = 0; e < block.elements.size(); ++e)
                    packed.data()[block.elements[e]] = found(static_cast<Index>(e), c);
                out.push_back(unpack(packed));
            }
        }
    }
    for (const Index e : alone_) {
        if (!stays(e)) continue;
        for (const Complex factor : {Complex(1.0), Complex(0.0, 1.0)}) {
            ComplexMatrix x = ComplexMatrix::Zero(n, n);
            x(e % n, e / n) = factor * std::sqrt(0.5);
            x(e / n, e % n) = std::conj(x(e % n, e / n));
            out.push_back(std::move(x));
        }
    }
    return out;
}

ComplexMatrix Blocks::apply(const ComplexMatrix& x) const {
    const Index n = rates_.rows();
    ComplexMatrix out = coherences_.cwiseProduct(x);
    out.diagonal() = rates_ * x.diagonal();
    for (const Link& link : links_)
        out(link.row % n, link.row / n) += link.value * x(link.column % n, link.column / n);
    return out;
}

}  // namespace redfield::floquet
