#include "redfield/gradient/tangent.hpp"

#include <algorithm>
#include <cmath>

#include "evolve/faber_evolution.hpp"
#include "evolve/run.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

namespace {

/// [ρ, ρ'_1, …] ↦ [𝓛ρ, 𝓛ρ'_1 + s_1 𝓛'_1ρ, …], each ρ' in units of 1/s.
class TangentMap {
  public:
    TangentMap(const Generator& generator, const std::vector<Tangent>& tangents, double span)
        : generator_(generator), n_(generator.dimension()), change_(n_, n_) {
        for (const Tangent& tangent : tangents) {
            changes_.push_back(tangent.change.get());
            // Over all the time a change of this size makes a state as large as ρ.
            double scale = 1.0;
            if (tangent.change != nullptr) {
                const SpectralBounds bounds = tangent.change->bounds();
                const double size = std::hypot(bounds.half_height, bounds.decay) * span;
                if (size > 0.0 && std::isfinite(size)) scale = 1.0 / size;
            }
            scales_.push_back(scale);
        }
    }

    const std::vector<double>& scales() const { return scales_; }

    void apply(const ConstRef& y, MutableRef out, linalg::Workspace& ws) const {
        generator_.apply(y.leftCols(n_), out.leftCols(n_), ws);
        for (std::size_t p = 0; p < changes_.size(); ++p) {
            const Index first = n_ * static_cast<Index>(p + 1);
            generator_.apply(y.middleCols(first, n_), out.middleCols(first, n_), ws);
            if (changes_[p] == nullptr) continue;
            changes_[p]->apply(y.leftCols(n_), change_, ws);
            out.middleCols(first, n_) += scales_[p] * change_;
        }
    }

  private:
    const Generator& generator_;
    Index n_;
    std::vector<const Generator*> changes_;
    std::vector<double> scales_;
    mutable RealMatrix change_;
};

}  // namespace

EvolveStats evolve_tangents(const Generator& generator, const std::vector<Tangent>& tangents,
                            const ComplexMatrix& rho0, const std::vector<double>& times,
                            const EvolveOptions& options, const Observer<RealMatrix>& observe) {
    const Index n = generator.dimension();
    const int threads = base::resolve_threads(options.threads, n);
    require(static_cast<bool>(observe), "evolve_tangents: the observer is empty");
    const auto inside = [&](const ComplexMatrix& x) {
        return generator.eigensystem().in_frame(generator.frame(), {pack(x), Frame::given}, threads);
    };
    RealMatrix state = RealMatrix::Zero(n, n * static_cast<Index>(tangents.size() + 1));
    state.leftCols(n) = inside(unpack(pack_state(rho0, n)));
    const RealMatrix first = state.leftCols(n);
    const integrators::Run run(n, {first, generator.frame()}, times, options,
                               [](Index, const StateView&) {});
    const TangentMap map(generator, tangents, times.back() - times.front());
    for (std::size_t p = 0; p < tangents.size(); ++p) {
        const Tangent& tangent = tangents[p];
        require(tangent.change == nullptr ||
                    (tangent.change->dimension() == n && tangent.change->frame() == generator.frame()),
                "evolve_tangents: change ", p, " is not of the equation's states");
        if (tangent.rho0.size() == 0) continue;
        require(tangent.rho0.rows() == n && tangent.rho0.cols() == n, "evolve_tangents: rho0 of tangent ",
                p, " has another dimension");
        state.middleCols(n * static_cast<Index>(p + 1), n) = map.scales()[p] * inside(tangent.rho0);
    }
    const auto tell = [&](Index i, const RealMatrix& states) {
        RealMatrix out = states;
        for (std::size_t p = 0; p < tangents.size(); ++p)
            out.middleCols(n * static_cast<Index>(p + 1), n) /= map.scales()[p];
        observe(i, out);
    };
    EvolveStats stats;
    stats.method = name_of(method_names, Method::chebyshev);
    stats.frame = generator.frame();
    tell(0, state);
    const auto ws = generator.lease(options.threads);
    integrators::expand<double>(map, generator.bounds(), state, state.cols(), times, options, *ws,
                                Observer<RealMatrix>(tell), stats);
    return stats;
}

}  // namespace redfield
