#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/memory.hpp"
#include "evolve/faber.hpp"
#include "evolve/frequency_blocks.hpp"
#include "evolve/matrix_exponential.hpp"
#include "evolve/methods.hpp"
#include "evolve/output_check.hpp"
#include "evolve/reached.hpp"
#include "evolve/solution.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/evolve/equal_steps.hpp"

namespace redfield::integrators {

namespace {

/// Bytes that the method holds at most: 𝓛, its four powers, two sums and the propagator; with blocks as
/// many complex ones.
double bytes_needed(Index n) { return 16.0 * sizeof(double) * std::pow(static_cast<double>(n), 4.0); }

/// The share of the tolerance that rounding, at most ε‖𝓛‖t where 𝓛 is exponentiated whole, may take
/// before 𝓛 is taken apart into blocks.
constexpr double share_of_rounding = 0.02;

/// Rounding of sums that vanish, relative to the largest column of 𝓛.
constexpr double rounding_of_sums = 1e-12;

/// The populations among the elements, where 𝓛 conserves their sum.
std::vector<Index> conserved_rows(const RealMatrix& dense, const std::vector<Index>& elements, Index n,
                                  bool conserves_trace) {
    std::vector<Index> rows;
    if (!conserves_trace) return rows;
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (elements[i] % (n + 1) == 0) rows.push_back(static_cast<Index>(i));
    double sum = 0.0, size = 0.0;
    for (Index j = 0; j < dense.cols(); ++j) {
        double column = 0.0;
        for (const Index i : rows) column += dense(i, j);
        sum = std::max(sum, std::abs(column));
        size = std::max(size, dense.col(j).cwiseAbs().sum());
    }
    // Rates beside fast frequencies may be no more than the rounding of the latter.
    if (sum > rounding_of_sums * size) rows.clear();  // a generator that is no master equation
    return rows;
}

/// 𝓓(X) of any X on column-stacked matrices, of what acts on packed Hermitian ones.
ComplexMatrix on_elements(const RealMatrix& packed, Index n) {
    ComplexMatrix out(packed.rows(), packed.cols());
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) {
            const Index here = k + n * l, there = l + n * k;
            // E_kl = ½(S − iT) with S = E_kl + E_lk and T = i(E_kl − E_lk), both Hermitian.
            const RealVector s = packed.col(here) + packed.col(there);
            const RealVector t = packed.col(here) - packed.col(there);
            for (Index b = 0; b < n; ++b)
                for (Index a = 0; a < n; ++a) {
                    const Index e = a + n * b, f = b + n * a;
                    out(e, here) =
                        0.25 * Complex((s[e] + s[f]) + (t[e] - t[f]), (s[e] - s[f]) - (t[e] + t[f]));
                }
        }
    return out;
}

/// The exponentials of blocks on one state.
class FrequencyBlockSolution final : public Solution {
  public:
    FrequencyBlockSolution(const FrequencyBlocks& blocks, const RealMatrix& rho0, int extra,
                           bool conserves_trace)
        : blocks_(blocks),
          parts_(blocks.into(rho0)),
          trace_(rho0.trace()),
          extra_(extra),
          conserves_trace_(conserves_trace) {}

    void take(double step) override { exponentials_ = blocks_.exponentials(step, extra_); }
    RealMatrix next(double elapsed) override {
        blocks_.advance(exponentials_, parts_);
        RealMatrix rho = blocks_.out_of(parts_, elapsed);
        if (conserves_trace_) restore_trace(rho, trace_);
        return rho;
    }
    double rotating_norm() const override { return blocks_.rotating_norm(parts_); }

  private:
    const FrequencyBlocks& blocks_;
    std::vector<Eigen::VectorXcd> parts_;
    std::vector<ComplexMatrix> exponentials_;
    double trace_;
    int extra_;
    bool conserves_trace_;
};

/// A packed state that moves by the exponentials of a matrix on some of its elements; the others are
/// zero.
class ElementSolution {
  public:
    ElementSolution(const RealMatrix& rho0, const std::vector<Index>& elements, bool conserves_trace)
        : state_(rho0),
          elements_(elements),
          vector_(static_cast<Index>(elements.size())),
          moved_(vector_.size()),
          trace_(rho0.trace()),
          conserves_trace_(conserves_trace) {
        gather();
    }

    void advance(const RealMatrix& propagator) {
        moved_.noalias() = propagator * vector_;
        for (std::size_t i = 0; i < elements_.size(); ++i)
            state_.data()[elements_[i]] = moved_[static_cast<Index>(i)];
        if (conserves_trace_) restore_trace(state_, trace_);
        gather();
    }
    const RealMatrix& state() const { return state_; }

  private:
    void gather() {
        for (std::size_t i = 0; i < elements_.size(); ++i)
            vector_[static_cast<Index>(i)] = state_.data()[elements_[i]];
    }

    RealMatrix state_;
    const std::vector<Index>& elements_;
    RealVector vector_, moved_;
    double trace_;
    bool conserves_trace_;
};

/// e^{𝓛dt} of all elements at once, and where `judged` that of a rippled 𝓛 too.
void evolve_whole(const RealMatrix& dense, const std::vector<Index>& elements,
                  const std::vector<Index>& conserved, const RealMatrix& rho0,
                  const std::vector<double>& times, bool judged, double tolerance,
                  const Observer<RealMatrix>& observe) {
    ElementSolution solution(rho0, elements, !conserved.empty()), other = solution;
    RealMatrix propagator, second, changed;
    const double root = std::sqrt(static_cast<double>(rho0.rows()));
    if (judged) {
        changed = rippled(dense);
        conserve_sum(changed, conserved, 0.0);
    }
    std::size_t i = 0;
    for (const EqualSteps& run : equal_steps(times)) {
        propagator = matrix_exponential<double>(dense * run.length, conserved);
        if (judged) second = matrix_exponential<double>(changed * run.length, conserved, 1);
        if (!propagator.allFinite())
            throw ConvergenceError(
                "evolve: the exponential overflows; shorten the times or check the units");
        for (std::size_t step = 0; step < run.count; ++step) {
            ++i;
            base::poll(static_cast<double>(i) / static_cast<double>(times.size()));
            solution.advance(propagator);
            if (judged) {
                other.advance(second);
                require_digits(static_cast<Index>(i), root * (solution.state() - other.state()).norm(),
                               tolerance);
            }
            observe(static_cast<Index>(i), solution.state());
        }
    }
}

}  // namespace

Method cheapest(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                double closed_form, std::vector<Index>& elements) {
    const Index n = generator.dimension();
    if (n > 32 && closed_form < 0.0) return Method::chebyshev;
    const SpectralBounds bounds = generator.bounds();
    const double span = times.back() - times.front(), outputs = static_cast<double>(times.size());
    const double application = application_cost(generator);
    const double infinite = std::numeric_limits<double>::infinity();
    const double closed = closed_form < 0.0 ? infinite : closed_form;
    double exponential = infinite;
    if (n <= 32) {
        linalg::Workspace ws(1);
        elements = reached_elements(generator, rho0, ws);
        const auto size = static_cast<double>(elements.size());
        const double product = 0.055 * size * size * size, output = 50.0 + 0.065 * size * size;
        const double step = span / std::max(1.0, outputs - 1.0);
        const double norm = std::hypot(bounds.half_height, bounds.decay) * step / exponential_radius;
        const double products = 6.0 + std::log2(std::max(1.0, norm));
        const double steps = static_cast<double>(equal_steps(times).size());
        exponential = size * application + steps * products * product + outputs * output;
    }
    const double other = std::min(exponential, closed);
    const auto cheaper = [&] {
        return closed <= exponential ? Method::closed_form : Method::exponential;
    };
    // An expansion has no fewer terms than its spectrum turns by.
    if (other <= bounds.half_height * span * application) return cheaper();
    const OutputCost told = OutputCost::of(times, n * n, application);
    const auto cost_in = [&](const Region& region) {
        const Ellipse ellipse = Ellipse::around(region, span, largest_budget, told);
        return ellipse.terms(span) * application * (1.0 + ellipse.burden(told));
    };
    double expansion = cost_in(bounds);
    // The region that is likely takes longer to look for, and saves half at most.
    if (0.5 * expansion < other && other < expansion) expansion = cost_in(Region::likely(bounds, span));
    return other <= expansion ? cheaper() : Method::chebyshev;
}

void exponential(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, std::vector<Index> elements,
                 const Observer<RealMatrix>& observe, EvolveStats& stats) {
    base::require_bytes(bytes_needed(generator.dimension()), options.max_bytes,
                        "use method \"chebyshev\"", "evolve: method \"exponential\" with ",
                        generator.dimension(), " levels");
    linalg::Workspace ws(1);
    const Index n = generator.dimension();
    if (elements.empty()) elements = reached_elements(generator, rho0, ws);
    const RealMatrix dense = matrix_on(generator, elements, ws);
    stats.applications += dense.cols();
    stats.steps += static_cast<long>(times.size()) - 1;
    const std::vector<Index> conserved = conserved_rows(dense, elements, n, generator.conserves_trace());
    const double tolerance = std::max(allowed_error(rho0, options), rounding_floor * rho0.norm());
    const double norm = std::sqrt(dense.cwiseAbs().colwise().sum().maxCoeff() *
                                  dense.cwiseAbs().rowwise().sum().maxCoeff());
    const double span = times.back() - times.front();
    const double rounding = std::numeric_limits<double>::epsilon() * norm * span * rho0.norm();
    const bool judged = !(rounding <= share_of_rounding * tolerance);
    if (judged) {
        const Dissipator parts = generator.dissipator(ws);
        stats.applications += n * n;
        const RealVector& energies = parts.eigensystem.energies();
        const ComplexMatrix d = on_elements(parts.packed, n);
        const FrequencyBlocks blocks(energies, d, !conserved.empty());
        if (!blocks.whole()) {
            const bool conserve = !conserved.empty();
            const FrequencyBlocks changed(energies, d, conserve, ripple);
            const bool turned = parts.eigensystem.frame() != generator.frame();
            const RealMatrix start = turned ? parts.eigensystem.to_eigenbasis(rho0, 1) : rho0;
            FrequencyBlockSolution solution(blocks, start, 0, conserve),
                other(changed, start, 1, conserve);
            evolve_in_steps(solution, &other, energies.cwiseAbs().maxCoeff(), times, tolerance,
                            [&](Index i, const RealMatrix& rho) {
                                observe(i, turned ? parts.eigensystem.from_eigenbasis(rho, 1) : rho);
                            });
            return;
        }
    }
    evolve_whole(dense, elements, conserved, rho0, times, judged, tolerance, observe);
}

}  // namespace redfield::integrators
