#include "redfield/generator/davies.hpp"

#include <cmath>
#include <sstream>

#include "redfield/generator/markov.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield {

namespace {

void refuse_degenerate(const Eigensystem& eigen, double tolerance) {
    if (tolerance < 0.0) tolerance = 1e-13 * eigen.bandwidth();
    const BohrGap closest = closest_bohr_frequencies(eigen.energies());
    if (closest.gap > tolerance) return;
    std::ostringstream text;
    text << "Davies: the Bohr frequencies E[" << closest.l << "] - E[" << closest.k << "] and E["
         << closest.n << "] - E[" << closest.m << "] differ by " << closest.gap
         << ", within degeneracy_tol = " << tolerance
         << "; the secular equation of a degenerate spectrum couples them and is not available yet";
    throw std::invalid_argument(text.str());
}

class DaviesPropagator final : public Propagator {
  public:
    DaviesPropagator(const RealVector& energies, const equation::SecularRates& rates)
        : energies_(energies), rates_(rates) {}

    void propagate(const RealMatrix& rho0, const std::vector<double>& times,
                   const std::function<void(Index, const RealMatrix&)>& visit,
                   const std::function<void(double)>& proceed) const override {
        generator::MarkovChain chain(rates_.population);
        RealVector p = rho0.diagonal();
        for (std::size_t i = 1; i < times.size(); ++i) {
            proceed(static_cast<double>(i) / static_cast<double>(times.size()));
            p = chain.advance(p, times[i] - times[i - 1], proceed);
            RealMatrix rho = coherences(rho0, times[i] - times[0]);
            rho.diagonal() = p;
            visit(static_cast<Index>(i), rho);
        }
    }

  private:
    /// e^{(κ − iω)t} ∘ ρ0, phases computed afresh from t so that none accumulates rounding.
    RealMatrix coherences(const RealMatrix& rho0, double t) const {
        const Index n = rho0.rows();
        RealMatrix out(n, n);
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < l; ++k) {
                const double phase = (rates_.coherence_im(k, l) - energies_[k] + energies_[l]) * t;
                const double decay = std::exp(rates_.coherence_re(k, l) * t);
                const double c = decay * std::cos(phase), s = decay * std::sin(phase);
                out(k, l) = c * rho0(k, l) + s * rho0(l, k);
                out(l, k) = c * rho0(l, k) - s * rho0(k, l);
            }
        return out;
    }

    RealVector energies_;
    equation::SecularRates rates_;
};

}  // namespace

Davies::Davies(const System& system, bool lamb_shift, double degeneracy_tol)
    : Generator(system.eigensystem()) {
    refuse_degenerate(eigensystem(), degeneracy_tol);
    rates_ = equation::secular_rates(system, lamb_shift);
}

void Davies::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    const Index n = dimension();
    linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
        for (Index l = first; l < first + count; ++l)
            for (Index k = 0; k < n; ++k)
                out(k, l) = rates_.coherence_re(k, l) * rho(k, l) + rates_.coherence_im(k, l) * rho(l, k);
    });
    const RealVector flow = rates_.population * rho.diagonal();
    out.diagonal() = flow;
}

SpectralBounds Davies::bounds() const {
    const double populations = -2.0 * rates_.population.diagonal().minCoeff();
    const double coherences = rates_.coherence_re.cwiseAbs().maxCoeff();
    const double decay = std::max(populations, coherences);
    return {eigensystem().bandwidth() + rates_.coherence_im.cwiseAbs().maxCoeff() + 0.05 * decay, decay};
}

std::unique_ptr<Propagator> Davies::propagator() const {
    return std::make_unique<DaviesPropagator>(eigensystem().energies(), rates_);
}

}  // namespace redfield
