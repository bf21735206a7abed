#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "evolve/checks.hpp"
#include "evolve/faber_evolution.hpp"
#include "evolve/run.hpp"
#include "evolve/runge_kutta.hpp"
#include "hierarchy/bounds.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/hierarchy/evolve.hpp"
#include "redfield/hierarchy/regression.hpp"

/// Evolutions of hierarchies of any kind, by one driver.
namespace redfield::hierarchy {

/// A hierarchy's right-hand side as integrators take it, 𝓛y by so many threads. Of whatever hierarchy it
/// is one type, of which the expansion is compiled once.
template <class Scalar>
struct FlowMap {
    std::function<void(const Scalar*, Scalar*, int)> flow;

    void apply(const ConstRefOf<Scalar>& y, MutableRefOf<Scalar> out,
               const linalg::BasicWorkspace<Scalar>& ws) const {
        flow(y.data(), out.data(), ws.threads());
    }
};

/// Refers to the flow.
template <class Scalar, class AnyFlow>
FlowMap<Scalar> map_of(const AnyFlow& flow) {
    return {[&flow](const Scalar* y, Scalar* out, int threads) { flow.apply(y, out, threads); }};
}

/// The equation without an interaction picture: the auxiliary operators decay as fast as they turn.
template <class AnyFlow>
class PlainEquation final : public integrators::StepEquation {
  public:
    PlainEquation(const AnyFlow& flow, const SpectralBounds& bounds, double span, int threads)
        : flow_(flow), threads_(threads) {
        const double fastest = std::max(bounds.half_height, bounds.decay);
        longest_ =
            fastest > 0.0 ? integrators::dormand_prince.stability / fastest : std::max(span, 1e-300);
        integrators::refuse_hopeless(6.0 * span / longest_);
        first_ = std::min(span, 0.1 * longest_);
    }

    void enter(double, double) override {}
    double first_step() const override { return first_; }
    double longest(double) const override { return longest_; }
    void start(double) override {}
    void derivative(double, const RealMatrix& y, RealMatrix& out) override {
        out.resizeLike(y);
        flow_.apply(y.data(), out.data(), threads_);
    }
    void leave(double, const RealMatrix& y, RealMatrix& out) override { out = y; }

  private:
    const AnyFlow& flow_;
    int threads_;
    double longest_, first_;
};

/// The vector of a hierarchy whose baths are in equilibrium beside a packed state in its frame.
template <class AnyHierarchy>
RealMatrix beside_equilibrium(const AnyHierarchy& hierarchy, const RealMatrix& state) {
    const Index n = hierarchy.dimension();
    require(state.rows() == n && state.cols() == n, "hierarchy: the state must be (", n, ", ", n,
            "), got (", state.rows(), ", ", state.cols(), ")");
    RealMatrix out = RealMatrix::Zero(n, n * hierarchy.planes());
    out.leftCols(n) = state;
    return out;
}

template <class AnyHierarchy>
void check_start(const AnyHierarchy& hierarchy, const RealMatrix& start) {
    const Index n = hierarchy.dimension();
    require(start.rows() == n && start.cols() == n * hierarchy.planes(),
            "hierarchy: the vector must be (", n, ", ", n * hierarchy.planes(), "), got (", start.rows(),
            ", ", start.cols(), ")");
}

/// One evolution of a hierarchy from a vector: `solve` is called with an observer of vectors, whose
/// states are judged and told, and whose lowest tiers are told to `lowest` where that is not empty.
/// `columns` are those that either needs.
template <class AnyHierarchy>
class Evolution {
  public:
    Evolution(const AnyHierarchy& hierarchy, const RealMatrix& start, const std::vector<double>& times,
              const IntegrationOptions& options, const Observer<StateView>& observe,
              const Observer<RealMatrix>& lowest)
        : columns(hierarchy.dimension() * (lowest ? leading_planes(hierarchy) : 1)),
          n_(hierarchy.dimension()),
          start_(start),
          rho0_(start.leftCols(n_)),
          frame_(hierarchy.frame()),
          observe_(observe),
          lowest_(lowest),
          run_(n_, {rho0_, frame_}, times, options, observe) {}

    template <class Solve>
    void run(EvolveStats& stats, const Solve& solve) const {
        stats.frame = frame_;
        if (lowest_) lowest_(0, start_.leftCols(columns));
        const auto tell = [&](Index i, const RealMatrix& rho) { observe_(i, {rho, frame_}); };
        run_.solve(
            rho0_, true, tell,
            [&](const Observer<RealMatrix>& judge) {
                solve(Observer<RealMatrix>([&](Index i, const RealMatrix& y) {
                    if (lowest_) lowest_(i, y.leftCols(columns));
                    judge(i, y.leftCols(n_));
                }));
            },
            stats);
    }

    const Index columns;

  private:
    Index n_;
    const RealMatrix& start_;
    RealMatrix rho0_;
    Frame frame_;
    const Observer<StateView>& observe_;
    const Observer<RealMatrix>& lowest_;
    integrators::Run run_;
};

/// Dormand–Prince steps of an equation of vectors; `last` is the vector at the last time, where it is not
/// null.
template <class Options>
void step(integrators::StepEquation& equation, const RealMatrix& start, const std::vector<double>& times,
          const std::vector<double>& breaks, const Options& options, const Observer<RealMatrix>& output,
          RealMatrix* last, EvolveStats& stats) {
    integrators::RungeKutta stepper(integrators::dormand_prince, equation, start, options,
                                    stats.applications);
    integrators::drive(stepper, times, breaks, stats,
                       Observer<RealMatrix>([&](Index i, const RealMatrix& y) {
                           output(i, y);
                           if (last != nullptr && i + 1 == static_cast<Index>(times.size())) *last = y;
                       }));
}

/// `evolve` of a hierarchy.
template <class AnyHierarchy>
EvolveStats integrate(const AnyHierarchy& hierarchy, const RealMatrix& start,
                      const std::vector<double>& times, const EvolveOptions& options,
                      const Observer<StateView>& observe, RealMatrix* last,
                      const Observer<RealMatrix>& lowest) {
    check_start(hierarchy, start);
    require(options.method == Method::automatic || options.method == Method::chebyshev ||
                options.method == Method::dopri5,
            "evolve: the method of a hierarchy is \"chebyshev\" or \"dopri5\", got \"",
            name_of(method_names, options.method), "\"");
    const bool stepping = options.method == Method::dopri5,
               single = options.precision == Precision::single;
    if (single) {
        integrators::check_single(options.rtol);
        require(!stepping, "evolve: single precision is for the method \"chebyshev\"");
    }
    const Evolution<AnyHierarchy> evolution(hierarchy, start, times, options, observe, lowest);
    EvolveStats stats;
    stats.method = name_of(method_names, stepping ? Method::dopri5 : Method::chebyshev);
    stats.precision = options.precision;
    const integrators::Region spectrum = region(hierarchy);
    const int threads = hierarchy.threads(options.threads);
    const Index told = evolution.columns;
    // Nanoseconds of one core of 2025, of three levels and 3058 operators; those of many levels take
    // longer.
    const double application = 300.0 + 8.0 * static_cast<double>(start.size());
    RealMatrix end;
    evolution.run(stats, [&](const Observer<RealMatrix>& output) {
        if (stepping) {
            PlainEquation equation(hierarchy.flow(), spectrum.box, times.back() - times.front(), threads);
            step(equation, start, times, {}, options, output, last == nullptr ? nullptr : &end, stats);
        } else if (single) {
            linalg::BasicWorkspace<float> ws(threads);
            const auto flow = hierarchy.single();
            end = integrators::expand<float>(map_of<float>(flow), spectrum, start, told, times, options,
                                             ws, output, stats, {}, application)
                      .template cast<double>();
        } else {
            linalg::Workspace ws(threads);
            end = integrators::expand<double>(map_of<double>(hierarchy.flow()), spectrum, start, told,
                                              times, options, ws, output, stats, {}, application);
        }
    });
    if (last != nullptr) *last = times.size() > 1 ? std::move(end) : start;
    return stats;
}

}  // namespace redfield::hierarchy
