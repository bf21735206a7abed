#include "evolve/runge_kutta.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "evolve/controller.hpp"
#include "evolve/methods.hpp"
#include "evolve/output_check.hpp"
#include "evolve/tableau.hpp"
#include "linalg/tiles.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::integrators {

namespace {

/// e^{−iωτ}∘ρ on packed states: out_kl = cos(ω_kl τ) ρ_kl − sin(ω_kl τ) ρ_lk. The phases come from τ
/// itself, N of them; none is ever accumulated.
void rotate(const RealVector& energies, double tau, const RealMatrix& rho, RealMatrix& out, int threads) {
    const Index n = energies.size();
    const RealVector c = (energies.array() * tau).cos(), s = (energies.array() * tau).sin();
    linalg::parallel_ranges(threads, n, [&](Index first, Index count) {
        linalg::for_tiles(n, first, count, [&](Index r, Index rows, Index column, Index columns) {
            for (Index l = column; l < column + columns; ++l)
                for (Index k = r; k < r + rows; ++k)
                    out(k, l) =
                        (c[k] * c[l] + s[k] * s[l]) * rho(k, l) - (s[k] * c[l] - c[k] * s[l]) * rho(l, k);
        });
    });
}

/// The equation in an interaction picture that starts anew at each step.
class InteractionPicture final : public Picture {
  public:
    InteractionPicture(const Generator& generator, linalg::Workspace& ws)
        : generator_(generator), energies_(generator.eigensystem().energies()), ws_(ws) {
        energies_.array() -= 0.5 * (energies_.minCoeff() + energies_.maxCoeff());
    }

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
    linalg::Workspace& ws_;
    RealMatrix rotated_, changed_;
};

/// y₀ + θ(Δ + (1−θ)(s + θ(Δ − hk₇ − s + (1−θ)r))), fourth order for every θ in [0, 1].
RealMatrix interpolate(const std::array<RealMatrix, Tableau::stages>& k, const RealMatrix& y0,
                       const RealMatrix& y1, double h, double theta) {
    const RealMatrix difference = y1 - y0;
    const RealMatrix slope = h * k[0] - difference;
    RealMatrix rest = RealMatrix::Zero(y0.rows(), y0.cols());
    for (int i = 0; i < Tableau::stages; ++i)
        if (dormand_prince.d[i] != 0.0) rest += (h * dormand_prince.d[i]) * k[i];
    const RealMatrix inner = difference - h * k[6] - slope;
    return y0 + theta * (difference + (1.0 - theta) * (slope + theta * (inner + (1.0 - theta) * rest)));
}

}  // namespace

void runge_kutta(Picture& picture, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, double step, const Longest& longest,
                 const Observe& observe, EvolveStats& stats) {
    const Index n = rho0.rows();
    StepController controller(Tableau::order);
    const double start = times.front(), span = times.back() - start;
    const auto derivative = [&](double tau, const RealMatrix& state, RealMatrix& out) {
        ++stats.applications;
        picture.derivative(tau, state, out);
    };

    RealMatrix y = rho0, candidate(n, n), error(n, n), moved;
    std::array<RealMatrix, Tableau::stages> k;
    for (auto& stage : k) stage.resize(n, n);
    const double root = std::sqrt(static_cast<double>(n));
    double now = start;
    std::size_t next = 1;
    bool fresh = true;  // k[0] must be computed
    while (next < times.size() && times[next] <= now) observe(static_cast<Index>(next++), y);
    while (next < times.size()) {
        linalg::poll((now - start) / span);
        const double least = shortest_step(now, longest(now));
        step = std::max(std::min(step, longest(now)), least);
        const bool last = now + step >= times.back() - 1e-12 * span;
        const double h = last ? times.back() - now : step;
        picture.start(now);
        if (fresh) derivative(0.0, y, k[0]);
        fresh = false;
        for (int stage = 1; stage < Tableau::stages; ++stage) {
            candidate = y;
            for (int j = 0; j < stage; ++j)
                if (dormand_prince.a[stage][j] != 0.0)
                    candidate += (h * dormand_prince.a[stage][j]) * k[j];
            derivative(dormand_prince.c[stage] * h, candidate, k[stage]);
        }
        error.setZero();
        for (int j = 0; j < Tableau::stages; ++j)
            if (dormand_prince.e[j] != 0.0) error += (h * dormand_prince.e[j]) * k[j];
        // ‖X‖₁ ≤ √N‖X‖_F, and a state that is zero and stays so has no error.
        const double found = root * error.norm();
        const double allowed =
            std::max(allowed_error(y, options), options.atol + options.rtol * candidate.norm());
        const double ratio = found == 0.0 ? 0.0 : found / allowed;
        const double factor = controller.factor(std::isfinite(ratio) ? ratio : 1e10);
        if (!(ratio <= 1.0)) {
            ++stats.rejected;
            controller.rejected(true);
            step = h * factor;
            if (step < 1e-13 * span || h <= least)
                throw ConvergenceError(
                    "evolve: the step fell below 1e-13 of the time span or the rounding of the times; "
                    "loosen rtol and atol or use method \"chebyshev\"");
            continue;
        }
        controller.rejected(false);
        while (next < times.size() && (last || times[next] <= now + h)) {
            const double tau = std::min(times[next] - now, h);
            picture.leave(tau, interpolate(k, y, candidate, h, tau / h), moved);
            observe(static_cast<Index>(next++), moved);
        }
        picture.leave(h, candidate, y);  // the next step starts its own picture here
        picture.leave(h, k[6], k[0]);    // first same as last
        now += h;
        step = h * factor;
        ++stats.steps;
    }
}

void dopri5(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
            const EvolveOptions& options, const Observe& observe, EvolveStats& stats) {
    const SpectralBounds bounds = generator.bounds();
    linalg::Workspace ws(linalg::resolve_threads(options.threads, generator.dimension()));
    InteractionPicture picture(generator, ws);
    const double span = times.back() - times.front();
    // In the interaction picture the derivative turns with the Bohr frequencies: a step longer than the
    // fastest period can pass its error test by luck.
    const double longest =
        bounds.half_height > 0.0 ? 2.0 * EIGEN_PI / bounds.half_height : std::max(span, 1e-300);
    // Its stability reaches to −3.3 on the real axis.
    refuse_hopeless(6.0 * span * std::max(1.0 / longest, bounds.decay / 3.3));
    const double step = std::min({span, longest, 0.1 / std::max(bounds.decay, 1e-300)});
    runge_kutta(
        picture, rho0, times, options, step, [longest](double) { return longest; }, observe, stats);
}

}  // namespace redfield::integrators
