#pragma once

#include "redfield/equation/pair_kernel.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield {

/// An equation applied through its sparse dissipator in the eigenbasis: one multiplication a non-zero.
class REDFIELD_EXPORT Pairwise : public Generator {
  public:
    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override;
    SpectralBounds bounds() const override { return bounds_; }
    Index non_zeros() const { return dissipator_.non_zeros(); }

  protected:
    explicit Pairwise(System system);
    /// Assembles the dissipator; `max_bytes` refuses what will not fit (std::length_error).
    void assemble(const equation::PairEquation& equation, double threshold, double max_bytes);
    const System& system() const { return system_; }

  private:
    System system_;
    SpectralBounds bounds_{0.0, 0.0};
    CsrMatrix dissipator_;  ///< rows (a, b) with a ≤ b only: the state is Hermitian
};

/// Redfield's equation between matrix elements whose Bohr frequencies are at most `cutoff` (an energy)
/// apart; Davies' at cutoff → 0, Redfield's at cutoff → ∞.
class REDFIELD_EXPORT PartialSecular final : public Pairwise {
  public:
    PartialSecular(System system, double cutoff, bool lamb_shift = true, double degeneracy_tol = -1.0,
                   double max_bytes = 1e300);
    std::unique_ptr<equation::PairEquation> pair_equation() const override;

  private:
    double cutoff_;
    bool lamb_shift_;
};

/// The equation coarse-grained over a window of time; see equation::CoarseGrainedKernel.
class REDFIELD_EXPORT CoarseGrained final : public Pairwise {
  public:
    CoarseGrained(System system, double window, std::vector<equation::WindowTable> tables,
                  bool lamb_shift = true, double threshold = 0.0, double max_bytes = 1e300);
    std::unique_ptr<equation::PairEquation> pair_equation() const override;

  private:
    double window_;
    std::vector<equation::WindowTable> tables_;
    bool lamb_shift_;
};

}  // namespace redfield
