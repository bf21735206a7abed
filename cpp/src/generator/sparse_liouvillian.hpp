#pragma once

#include "redfield/equation/pair_kernel.hpp"
#include "redfield/linalg/csr.hpp"

namespace redfield::generator {

/// 𝓛 in the eigenbasis on column-stacked states, element (a, b) of ρ at a + N b:
///   𝓛_{ab,cd} = −i(E_a − E_b) δ_ac δ_bd + Σ_j χ_j(ω_ac, ω_bd) (A_j)_ac (A_j)*_bd − δ_bd K_ac − δ_ac
///   K*_bd.
/// The Bohr frequencies are sorted, so that only pairs within the equation's cutoff are visited; a first
/// pass counts them, a second fills rows in parallel. std::length_error where the candidates need more
/// than max_bytes or more entries than 32 bits can count.
CsrMatrix assemble(const equation::PairEquation& equation, const AssemblyOptions& options);

}  // namespace redfield::generator
