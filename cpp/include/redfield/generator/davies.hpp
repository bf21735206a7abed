#pragma once

#include "redfield/equation/secular_rates.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield {

/// Davies' master equation for a spectrum without degenerate Bohr frequencies: populations obey a
/// classical rate equation, every coherence decays alone (arXiv:2507.10080, Eq. 11; Davies 1974).
/// Its solution is exact for any time, see propagator().
class REDFIELD_EXPORT Davies final : public Generator {
  public:
    /// std::invalid_argument if two Bohr frequencies lie within degeneracy_tol (an energy) of each other;
    /// a negative tolerance stands for 1e-13 (E_max − E_min).
    explicit Davies(const System& system, bool lamb_shift = true, double degeneracy_tol = -1.0);

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override;
    std::unique_ptr<Propagator> propagator() const override;

    const equation::SecularRates& rates() const { return rates_; }

  private:
    equation::SecularRates rates_;
};

}  // namespace redfield
