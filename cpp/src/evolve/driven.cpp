#include "redfield/evolve/driven.hpp"

#include <chrono>
#include <limits>

#include "evolve/methods.hpp"
#include "evolve/runge_kutta.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

namespace {

/// No picture: ρ itself, and the generator of the moment.
class Laboratory final : public integrators::Picture {
  public:
    Laboratory(const GeneratorAt& generator, linalg::Workspace& ws) : generator_(generator), ws_(ws) {}

    void start(double now) override { now_ = now; }
    void derivative(double tau, const RealMatrix& y, RealMatrix& out) override {
        const auto generator = generator_(now_ + tau);
        require(generator != nullptr && generator->dimension() == y.rows(),
                "evolve_driven: the generator does not have the state's dimension");
        generator->apply_in_given_basis(y, out, ws_);
    }
    void leave(double, const RealMatrix& y, RealMatrix& out) override { out = y; }

  private:
    const GeneratorAt& generator_;
    linalg::Workspace& ws_;
    double now_ = 0.0;
};

}  // namespace

EvolveStats evolve_driven(const GeneratorAt& generator, StateView start, const std::vector<double>& times,
                          const EvolveOptions& options, double max_step, const Observer& observe) {
    require(max_step > 0.0, "evolve_driven: max_step must be positive");
    require(start.frame == Frame::given, "evolve_driven: rho0 must be in the basis H was given in");
    const RealMatrix& rho0 = start.packed;
    integrators::check(rho0.rows(), rho0, times, options);
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    const auto begin = std::chrono::steady_clock::now();
    linalg::Workspace ws(linalg::resolve_threads(options.threads, rho0.rows()));
    Laboratory picture(generator, ws);
    EvolveStats stats;
    stats.method = Method::dopri5;
    const integrators::Observe given = [&](Index i, const RealMatrix& rho) {
        observe(i, {rho, Frame::given});
    };
    given(0, rho0);
    const auto first = generator(times.front());
    const SpectralBounds bounds = first->bounds();
    const double rate = std::max({bounds.half_height, bounds.decay, 1e-300});
    integrators::runge_kutta(picture, rho0, times, options, std::min(max_step, 0.1 / rate), max_step,
                             given, stats);
    stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return stats;
}

}  // namespace redfield
