#include <algorithm>
#include <cmath>

#include "evolve/checks.hpp"
#include "evolve/methods.hpp"
#include "evolve/runge_kutta.hpp"
#include "linalg/tiles.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::integrators {

namespace {

/// e^{−iωτ}∘ρ on packed states: out_kl = cos(ω_kl τ) ρ_kl − sin(ω_kl τ) ρ_lk. The phases come from τ
/// itself, N of them; none is ever accumulated.
void rotate(const RealVector& energies, double tau, const RealMatrix& rho, RealMatrix& out, int threads) {
    const Index n = energies.size();
    const RealVector c = (energies.array() * tau).cos(), s = (energies.array() * tau).sin();
    base::parallel_ranges(threads, n, [&](Index first, Index count) {
        linalg::for_tiles(n, first, count, [&](Index r, Index rows, Index column, Index columns) {
            for (Index l = column; l < column + columns; ++l)
                for (Index k = r; k < r + rows; ++k)
                    out(k, l) =
                        (c[k] * c[l] + s[k] * s[l]) * rho(k, l) - (s[k] * c[l] - c[k] * s[l]) * rho(l, k);
        });
    });
}

/// The equation in an interaction picture that starts anew at each step.
class InteractionPicture final : public StepEquation {
  public:
    InteractionPicture(const Tableau& tableau, const Generator& generator, double span,
                       linalg::Workspace& ws)
        : generator_(generator),
          energies_(generator.eigensystem().energies()),
          bounds_(generator.bounds()),
          span_(span),
          ws_(ws) {
        energies_.array() -= 0.5 * (energies_.minCoeff() + energies_.maxCoeff());
        // The derivative turns with the Bohr frequencies: a step longer than the fastest period can pass
        // its error test by luck.
        longest_ =
            bounds_.half_height > 0.0 ? 2.0 * EIGEN_PI / bounds_.half_height : std::max(span, 1e-300);
        refuse_hopeless((tableau.stages - 1) * span *
                        std::max(1.0 / longest_, bounds_.decay / tableau.stability));
    }

    void enter(double, double) override {}
    double first_step() const override {
        return std::min({span_, longest_, 0.1 / std::max(bounds_.decay, 1e-300)});
    }
    double longest(double) const override { return longest_; }
    void start(double) override {}

    void derivative(double tau, const RealMatrix& y, RealMatrix& out) override {
        if (tau == 0.0) {
            generator_.dissipate(y, out, ws_);
            return;
        }
        rotated_.resizeLike(y);
        changed_.resizeLike(y);
        rotate(energies_, tau, y, rotated_, ws_.threads());
        generator_.dissipate(rotated_, changed_, ws_);
        rotate(energies_, -tau, changed_, out, ws_.threads());
    }

    void leave(double tau, const RealMatrix& y, RealMatrix& out) override {
        out.resizeLike(y);
        rotate(energies_, tau, y, out, ws_.threads());
    }

  private:
    const Generator& generator_;
    RealVector energies_;
    SpectralBounds bounds_;
    double span_, longest_;
    linalg::Workspace& ws_;
    RealMatrix rotated_, changed_;
};

}  // namespace

void runge_kutta(const Tableau& tableau, const Generator& generator, const RealMatrix& rho0,
                 const std::vector<double>& times, const EvolveOptions& options,
                 const Observer<RealMatrix>& observe, EvolveStats& stats) {
    linalg::Workspace ws(base::resolve_threads(options.threads, generator.dimension()));
    InteractionPicture picture(tableau, generator, times.back() - times.front(), ws);
    RungeKutta stepper(tableau, picture, rho0, options, stats.applications);
    drive(stepper, times, {}, stats, observe);
}

}  // namespace redfield::integrators
