#pragma once

#include <memory>

#include "redfield/generator/generator.hpp"

namespace redfield {

class Pairwise;

/// Davies' master equation: χ = γ(ω)δ_{ωω'}, h = η(ω)δ_{ωω'} (arXiv:2507.10080, Eq. 11; Davies 1974).
/// Bohr frequencies within `degeneracy_tol` are one frequency, with one γ and one η. Where each is alone,
/// populations obey a classical rate equation and every coherence decays alone; otherwise the elements of
/// one cluster couple, and each cluster has an exponential of its own. Either way the solution is closed
/// (closed_form()).
class REDFIELD_EXPORT Davies final : public Generator {
  public:
    /// A negative tolerance (an energy) stands for redfield::degeneracy_tol. std::invalid_argument, with
    /// the gaps, where links shorter than the tolerance make a chain longer than it; std::length_error
    /// where the clusters' matrix needs more than max_bytes. `shift`, where it is not empty, is a
    /// Hermitian matrix in the eigenbasis between equal energies that acts beside H_LS.
    explicit Davies(const System& system, bool lamb_shift = true, double degeneracy_tol = -1.0,
                    double max_bytes = 1e300, ComplexMatrix shift = {});
    ~Davies() override;
    Davies(Davies&&) noexcept;
    Davies& operator=(Davies&&) = delete;

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override;
    const ClosedForm* closed_form() const override { return &closed_form_; }
    const System* system() const override { return &equation_.system; }
    const equation::PairEquation* pair_equation() const override { return &equation_; }

    /// The largest gap between Bohr frequencies that the tolerance has called equal.
    double merged_gap() const { return merged_gap_; }
    bool degenerate() const { return clustered_ != nullptr; }
    const equation::SecularRates& rates() const { return closed_form_.rates; }

  private:
    equation::PairEquation equation_;
    double merged_gap_ = 0.0;
    ClosedForm closed_form_;
    std::unique_ptr<Pairwise> clustered_;  ///< null without degenerate Bohr frequencies
};

}  // namespace redfield
