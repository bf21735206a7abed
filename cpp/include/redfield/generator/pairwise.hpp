#pragma once

#include <memory>
#include <vector>

#include "redfield/equation/kinds.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield {

/// An equation applied through its sparse dissipator in the eigenbasis: one multiplication a non-zero.
class REDFIELD_EXPORT Pairwise : public Generator {
  public:
    /// Entries of at most `threshold` (an energy) are left out; std::length_error where the rest needs
    /// more than max_bytes.
    explicit Pairwise(equation::PairEquation equation, double threshold = 0.0, double max_bytes = 1e300);

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override { return bounds_; }
    std::shared_ptr<const SingleGenerator> single() const override;
    const System* system() const override { return &equation_.system; }
    const equation::PairEquation* pair_equation() const override { return &equation_; }
    double stored_entries() const override { return static_cast<double>(non_zeros()); }
    Index non_zeros() const { return dissipator_.non_zeros(); }

  private:
    equation::PairEquation equation_;
    SpectralBounds bounds_{0.0, 0.0};
    CsrMatrix dissipator_;  ///< rows (a, b) with a ≤ b only: the state is Hermitian
};

/// Redfield's equation between matrix elements whose Bohr frequencies are at most `cutoff` (an energy)
/// apart; Davies' at cutoff → 0, Redfield's at cutoff → ∞.
class REDFIELD_EXPORT PartialSecular final : public Pairwise {
  public:
    PartialSecular(const System& system, double cutoff, bool lamb_shift = true,
                   double degeneracy_tol = -1.0, double max_bytes = 1e300);
};

/// The equation coarse-grained over a window of time; see equation::coarse_grained.
class REDFIELD_EXPORT CoarseGrained final : public Pairwise {
  public:
    CoarseGrained(const System& system, double window, std::vector<equation::WindowTable> tables,
                  bool lamb_shift = true, double threshold = 0.0, double max_bytes = 1e300)
        : Pairwise(equation::coarse_grained(system, window, std::move(tables), lamb_shift), threshold,
                   max_bytes) {}
    /// Γ_T is integrated of the system's own baths.
    CoarseGrained(const System& system, double window, bool lamb_shift = true, double threshold = 0.0,
                  double max_bytes = 1e300)
        : CoarseGrained(system, window, equation::window_tables(system, window), lamb_shift, threshold,
                        max_bytes) {}
};

struct BlochRedfieldOptions {
    /// Terms stay whose Bohr frequencies differ by less than this part of the smallest gap between
    /// levels; all where it is negative or infinite.
    double sec_cutoff = 0.1;
    /// The number of jump operators, which are the last couplings; all their terms stay.
    Index jumps = 0;
    bool lamb_shift = false;
    double max_bytes = 1e300;
};

/// The Bloch–Redfield equation as it is used in magnetic resonance and by QuTiP: Redfield's with a
/// secular approximation relative to the level spacing, and Lindblad's dissipators beside it.
///
/// std::invalid_argument where couplings are site projectors.
REDFIELD_EXPORT std::shared_ptr<const Generator> bloch_redfield(const System& system,
                                                                const BlochRedfieldOptions& options);

}  // namespace redfield
