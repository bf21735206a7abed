#include "evolve/secular_blocks.hpp"

#include <cmath>
#include <limits>

#include "base/disjoint_sets.hpp"
#include "base/memory.hpp"
#include "evolve/matrix_exponential.hpp"
#include "evolve/solution.hpp"
#include "linalg/markov_chain.hpp"

namespace redfield::integrators {

namespace {

/// e^{−iθ} decay times a coherence of packed parts `here` and `there`.
inline void turn(double& here, double& there, double angle, double decay = 1.0) {
    const double theta = std::isfinite(angle) ? angle : 0.0;
    const double c = decay * std::cos(theta), s = decay * std::sin(theta), before = here;
    here = c * before - s * there;
    there = c * there + s * before;
}

/// A coherence without a link: where its packed parts are and what they are at the start, Re κ and ω − Im
/// κ, what the parts are at the last output, and what a step multiplies them by.
struct Coherence {
    Index at, across;
    double here, there, rate, frequency;
    double now_here = 0.0, now_there = 0.0, step_cos = 1.0, step_sin = 0.0;
};

/// Equal steps after which coherences are taken from the start again: so few products round no worse than
/// the phase of the whole time.
constexpr long steps_of_products = 32;

/// The blocks' exponentials on one state; a Markov chain's where nothing is linked.
class BlockSolution final : public Solution {
  public:
    BlockSolution(const SecularBlocks& of, const RealMatrix& rho0, double part, int extra)
        : of_(of),
          chain_(of.rates()),
          extra_(extra),
          trace_(rho0.trace()),
          populations_(rho0.diagonal()) {
        if (of.linked()) matrices_ = of.matrices(part);
        const Index n = of.dimension();
        for (const Index e : of.alone()) {
            const Index across = e / n + n * (e % n);
            const Complex rate = of.coherences().data()[e];
            coherences_.push_back({e, across, rho0.data()[e], rho0.data()[across], rate.real(),
                                   of.frequency(e) - rate.imag()});
        }
        for (const auto& block : of.blocks()) {
            RealVector x(static_cast<Index>(block.elements.size()));
            for (Index i = 0; i < x.size(); ++i)
                x[i] = rho0.data()[block.elements[static_cast<std::size_t>(i)]];
            parts_.push_back(std::move(x));
        }
    }

    void take(double step) override {
        step_ = step;
        told_ = 0;
        exponentials_.clear();
        for (std::size_t b = 0; b < matrices_.size(); ++b)
            exponentials_.push_back(
                matrix_exponential<double>(matrices_[b] * step, of_.blocks()[b].populations, extra_));
    }

    RealMatrix next(double elapsed) override {
        RealMatrix rho = of_.linked() ? moved_blocks(elapsed) : moved_populations();
        move_coherences(elapsed);
        double rotating = 0.0;
        for (const Coherence& x : coherences_) {
            rho.data()[x.at] = x.now_here;
            rho.data()[x.across] = x.now_there;
            rotating += x.now_here * x.now_here + x.now_there * x.now_there;
        }
        rotating_ = rotating;
        return rho;
    }

    double rotating_norm() const override {
        double sum = rotating_;
        for (std::size_t b = 0; b < parts_.size(); ++b)
            if (of_.blocks()[b].frequency != 0.0) sum += parts_[b].squaredNorm();
        return std::sqrt(sum);
    }

  private:
    /// To the next output, by products between outputs that are computed from the start.
    void move_coherences(double elapsed) {
        const bool again = told_ % steps_of_products == 0;
        for (Coherence& x : coherences_) {
            if (again) {
                x.now_here = x.here;
                x.now_there = x.there;
                turn(x.now_here, x.now_there, x.frequency * elapsed, std::exp(x.rate * elapsed));
                continue;
            }
            if (told_ == 1) {
                x.step_cos = 1.0;
                x.step_sin = 0.0;
                turn(x.step_cos, x.step_sin, x.frequency * step_, std::exp(x.rate * step_));
            }
            const double before = x.now_here;
            x.now_here = x.step_cos * before - x.step_sin * x.now_there;
            x.now_there = x.step_cos * x.now_there + x.step_sin * before;
        }
        ++told_;
    }

    RealMatrix moved_populations() {
        populations_ = chain_.advance(populations_, step_, [](double) { base::poll(); });
        return populations_.asDiagonal();
    }
    RealMatrix moved_blocks(double elapsed) {
        RealMatrix rho = RealMatrix::Zero(of_.dimension(), of_.dimension());
        for (std::size_t b = 0; b < parts_.size(); ++b) {
            const auto& block = of_.blocks()[b];
            parts_[b] = (exponentials_[b] * parts_[b]).eval();
            for (std::size_t i = 0; i < block.elements.size(); ++i)
                rho.data()[block.elements[i]] = parts_[b][static_cast<Index>(i)];
            if (block.frequency == 0.0) continue;
            for (const Index e : block.elements) {
                const Index k = e % rho.rows(), l = e / rho.rows();
                if (of_.frequency(e) > 0.0) turn(rho(k, l), rho(l, k), block.frequency * elapsed);
            }
        }
        restore_trace(rho, trace_);
        return rho;
    }

    const SecularBlocks& of_;
    linalg::MarkovChain chain_;
    int extra_;
    double trace_;
    std::vector<Coherence> coherences_;
    RealVector populations_;
    std::vector<RealVector> parts_;
    std::vector<RealMatrix> matrices_, exponentials_;
    double step_ = 0.0, rotating_ = 0.0;
    long told_ = 0;  ///< outputs since the step was taken
};

}  // namespace

SecularBlocks::SecularBlocks(RealVector energies, RealMatrix rates, ComplexMatrix coherences,
                             std::vector<Link> links, double max_bytes)
    : energies_(std::move(energies)),
      rates_(std::move(rates)),
      coherences_(std::move(coherences)),
      links_(std::move(links)) {
    find_blocks();
    find_frequencies();
    double bytes = 0.0;
    for (const Block& block : blocks_)
        bytes += 8.0 * sizeof(double) * std::pow(static_cast<double>(block.elements.size()), 2.0);
    base::require_bytes(bytes, max_bytes, "choose a smaller degeneracy_tol, or Redfield",
                        "Davies' equation of degenerate frequencies");
}

void SecularBlocks::find_blocks() {
    const Index n = dimension(), none = -1;
    base::DisjointSets sets(n * n);
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
    std::vector<Index> block_of_root(linked.size(), none);
    block_of_.assign(linked.size(), none);
    place_.assign(linked.size(), none);
    for (Index e = 0; e < n * n; ++e) {
        if (!linked[static_cast<std::size_t>(e)]) {
            if (e % n < e / n) alone_.push_back(e);
            continue;
        }
        Index& b = block_of_root[static_cast<std::size_t>(sets.root(e))];
        if (b == none) {
            b = static_cast<Index>(blocks_.size());
            blocks_.emplace_back();
        }
        Block& block = blocks_[static_cast<std::size_t>(b)];
        block_of_[static_cast<std::size_t>(e)] = b;
        place_[static_cast<std::size_t>(e)] = static_cast<Index>(block.elements.size());
        if (e % n == e / n) block.populations.push_back(static_cast<Index>(block.elements.size()));
        block.elements.push_back(e);
    }
}

void SecularBlocks::find_frequencies() {
    const auto side = [&](Index e) { return (frequency(e) > 0.0) - (frequency(e) < 0.0); };
    // A block whose links lead from one sign of ω to another has no ω_c; that of the populations rests.
    std::vector<bool> rests(blocks_.size(), false);
    rests.front() = true;
    for (const Link& link : links_)
        if (side(link.row) != side(link.column))
            rests[static_cast<std::size_t>(block_of_[static_cast<std::size_t>(link.row)])] = true;
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        double first = 0.0, above = 0.0, count = 0.0;  // the mean, with the digits of the differences
        for (const Index e : blocks_[b].elements) {
            if (rests[b] || frequency(e) <= 0.0) continue;
            if (count == 0.0) first = frequency(e);
            above += frequency(e) - first;
            count += 1.0;
        }
        if (count > 0.0) blocks_[b].frequency = first + above / count;
    }
}

std::vector<RealMatrix> SecularBlocks::matrices(double part) const {
    const Index n = dimension();
    std::vector<RealMatrix> out;
    for (const Block& block : blocks_) {
        const auto size = static_cast<Index>(block.elements.size());
        out.emplace_back(RealMatrix::Zero(size, size));
    }
    // dρ_c of a packed state: Re d of R_c and Im d of its transposed.
    const auto add = [&](Index row, Index column, Complex value) {
        RealMatrix& matrix = out[static_cast<std::size_t>(block_of_[static_cast<std::size_t>(row)])];
        const Index r = place_[static_cast<std::size_t>(row)];
        matrix(r, place_[static_cast<std::size_t>(column)]) += value.real();
        matrix(r, place_[static_cast<std::size_t>(transposed(column))]) += value.imag();
    };
    for (const Link& link : links_) add(link.row, link.column, link.value);
    const double change = part * energies_.cwiseAbs().maxCoeff();
    for (const Block& block : blocks_)
        for (const Index e : block.elements) {
            const Index k = e % n, l = e / n;
            if (k == l) continue;
            const double w = frequency(e), middle = w > 0.0 ? block.frequency : -block.frequency;
            const double rippled_by = ((k + l) % 2 == 0) == (k < l) ? change : -change;
            add(e, e, coherences_(k, l) - Complex(0.0, w - middle + rippled_by));
        }
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) add(k * (n + 1), l * (n + 1), rates_(k, l));
    if (part != 0.0)
        for (RealMatrix& matrix : out) matrix = rippled(matrix, part);
    conserve_sum(out.front(), blocks_.front().populations, 0.0);
    return out;
}

void SecularBlocks::propagate(const RealMatrix& rho0, const std::vector<double>& times, double tolerance,
                              const Observer<RealMatrix>& visit) const {
    BlockSolution solution(*this, rho0, 0.0, 0);
    const double largest = energies_.cwiseAbs().maxCoeff();
    if (!linked() || std::isinf(tolerance)) {
        evolve_in_steps(solution, nullptr, largest, times, tolerance, visit);
        return;
    }
    BlockSolution other(*this, rho0, ripple, 1);
    evolve_in_steps(solution, &other, largest, times, tolerance, visit);
}

}  // namespace redfield::integrators
