#pragma once

#include <memory>
#include <vector>

#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"
#include "redfield/steady/steady_state.hpp"

namespace redfield {

/// One direction in which an equation and its start change: ρ̇' = 𝓛ρ' + 𝓛'ρ.
struct Tangent {
    std::shared_ptr<const Generator> change;  ///< 𝓛', in the frame of 𝓛; null where it does not change
    ComplexMatrix rho0;  ///< ρ'(t_0), Hermitian in the basis H was given in; empty for none
};

/// One coupling of an equation whose terms are masked by their frequencies, and how it moves with the
/// eigenbasis: Λ = f∘A, A, and both their derivatives between the moving eigenvectors.
struct MaskedCoupling {
    ComplexMatrix lambda, a, lambda_change, a_change;
};

/// 𝓛' of an equation 𝓛ρ = −i[H, ρ] + 𝒟(Λ, A)ρ whose matrix elements couple where their Bohr frequencies
/// differ by at most a cutoff, as of PartialSecular and Davies, and which elements do is held:
///   𝓛'ρ = −i[H', ρ] + [Z, 𝒟ρ] − 𝒟[Z, ρ] + 𝒟(Λ', A)ρ + 𝒟(Λ, A')ρ,
/// with H' Hermitian and Z anti-Hermitian, the turn of the eigenvectors, in the eigenbasis of 𝓛.
/// std::invalid_argument where a matrix does not fit, std::length_error where the pairs of elements need
/// more than max_bytes.
REDFIELD_EXPORT std::shared_ptr<const Generator> masked_change(
    std::shared_ptr<const Generator> of, const ComplexMatrix& hamiltonian, const ComplexMatrix& turn,
    const std::vector<MaskedCoupling>& couplings, double cutoff, double max_bytes = 1e300);

/// ρ(t) and every ρ'(t) together, by the expansion of 𝓛 on [ρ, ρ'_1, …]: forward mode, for few directions
/// and many outputs. observe(i, states) is told N×N blocks side by side, packed, in the frame of 𝓛.
/// Throws as evolve.
REDFIELD_EXPORT EvolveStats evolve_tangents(const Generator& generator,
                                            const std::vector<Tangent>& tangents,
                                            const ComplexMatrix& rho0, const std::vector<double>& times,
                                            const EvolveOptions& options,
                                            const Observer<RealMatrix>& observe);

/// The solution of 𝓛x = right of trace zero, right Hermitian of trace zero in the basis H was given in:
/// x = ρ' of right = −𝓛'ρ. Throws as adjoint_state.
REDFIELD_EXPORT ComplexMatrix steady_response(const Generator& generator, const ComplexMatrix& right,
                                              const SteadyOptions& options = {});

}  // namespace redfield
