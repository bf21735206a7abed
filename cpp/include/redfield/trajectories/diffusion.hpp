#pragma once

#include <memory>
#include <vector>

#include "redfield/system/couplings.hpp"
#include "redfield/trajectories/options.hpp"

namespace redfield::trajectories {

/// Quantum state diffusion of an equation of Lindblad form, of the linear equation
///   dψ = Gψ dt + Σ_j L_jψ dZ_j,  ⟨dZ_j dZ_k*⟩ = δ_jk dt,  ⟨dZ_j dZ_k⟩ = 0,
/// whose mean |ψ⟩⟨ψ| is ρ (Gisin & Percival, doi:10.1088/0305-4470/25/21/023; Wiseman & Milburn).
///
/// A step is e^{Gτ/2} Π_j e^{L_jζ_j} Π_j' e^{L_jζ'_j} e^{Gτ/2}, the second product in reverse order: each
/// factor is on average exactly what its generator says, so that the mean is that of a symmetric
/// splitting, of second order in τ. ζ is drawn around (τ/2)⟨L_j⟩*, where a normalised ket would go, and
/// what that changes of the probability is the trajectory's weight, 1 on average and near it.
class REDFIELD_EXPORT Diffusion {
  public:
    /// As QuantumJumps. `step`: the longest τ, or 0: such that the splitting's error is about 1e-3.
    Diffusion(Operator drift, Operators jumps, double step = 0.0);
    ~Diffusion();
    Diffusion(Diffusion&&) noexcept;

    Index dimension() const;
    void run(std::int64_t count, const Start& start, const std::vector<double>& times,
             const Operators& observables, const Options& options, const Record& record) const;

    /// As QuantumJumps::survival: how much of ρ the noise can not have changed yet.
    RealVector survival(const Eigen::VectorXcd& ket, const std::vector<double>& times, double least = 0.0,
                        const Monitor& monitor = {}) const;

  private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

}  // namespace redfield::trajectories
