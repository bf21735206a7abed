#pragma once

#include <algorithm>
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

/// A hierarchy's right-hand side as integrators take it.
template <class Scalar, class AnyFlow>
struct FlowMap {
    const AnyFlow& flow;

    void apply(const ConstRefOf<Scalar>& y, MutableRefOf<Scalar> out,
               const linalg::BasicWorkspace<Scalar>& ws) const {
        flow.apply(y.data(), out.data(), ws.threads());
    }
};

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

template <class Scalar, class AnyFlow>
FlowMap<Scalar, AnyFlow> map_of(const AnyFlow& flow) {
    return {flow};
}

/// `evolve` of a hierarchy.
template <class AnyHierarchy>
EvolveStats integrate(const AnyHierarchy& hierarchy, const RealMatrix& start,
                      const std::vector<double>& times, const EvolveOptions& options,
                      const Observer<StateView>& observe, RealMatrix* last,
                      const Observer<RealMatrix>& lowest) {
    const Index n = hierarchy.dimension();
    require(start.rows() == n && start.cols() == n * hierarchy.planes(),
            "hierarchy: the vector must be (", n, ", ", n * hierarchy.planes(), "), got (", start.rows(),
            ", ", start.cols(), ")");
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
    const RealMatrix rho0 = start.leftCols(n);
    const Frame frame = hierarchy.frame();
    const integrators::Run run(n, {rho0, frame}, times, options, observe);
    EvolveStats stats;
    stats.method = name_of(method_names, stepping ? Method::dopri5 : Method::chebyshev);
    stats.frame = frame;
    stats.precision = options.precision;
    const SpectralBounds spectrum = bounds(hierarchy);
    const int threads = hierarchy.threads(options.threads);
    const auto tell = [&](Index i, const RealMatrix& rho) { observe(i, {rho, frame}); };
    RealMatrix end;
    const Index told = lowest ? n * leading_planes(hierarchy) : n;
    if (lowest) lowest(0, start.leftCols(told));
    const auto solve = [&](const Observer<RealMatrix>& judge) {
        const Observer<RealMatrix> output = [&](Index i, const RealMatrix& y) {
            if (lowest) lowest(i, y.leftCols(told));
            judge(i, y.leftCols(n));
        };
        const double span = times.back() - times.front();
        if (stepping) {
            PlainEquation equation(hierarchy.flow(), spectrum, span, threads);
            integrators::RungeKutta stepper(integrators::dormand_prince, equation, start, options,
                                            stats.applications);
            integrators::drive(stepper, times, {}, stats,
                               Observer<RealMatrix>([&](Index i, const RealMatrix& y) {
                                   output(i, y.leftCols(told));
                                   if (last != nullptr && i + 1 == static_cast<Index>(times.size()))
                                       end = y;
                               }));
        } else if (single) {
            linalg::BasicWorkspace<float> ws(threads);
            const auto flow = hierarchy.single();
            end = integrators::expand<float>(map_of<float>(flow), spectrum, start, told, times, options,
                                             ws, output, stats)
                      .template cast<double>();
        } else {
            linalg::Workspace ws(threads);
            end = integrators::expand<double>(map_of<double>(hierarchy.flow()), spectrum, start, told,
                                              times, options, ws, output, stats);
        }
    };
    run.solve(rho0, true, tell, solve, stats);
    if (last != nullptr) *last = times.size() > 1 ? std::move(end) : start;
    return stats;
}

}  // namespace redfield::hierarchy
