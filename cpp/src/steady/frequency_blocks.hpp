#pragma once

#include "steady/modes.hpp"

namespace redfield::steady {

/// All modes of 𝓛 = −iω∘ + D on the elements X_kl, ω_kl = E_k − E_l, where D is the dissipator.
///
/// Where D is weak against the distances between some Bohr frequencies, 𝓛 is brought to blocks c of
/// frequencies near each other (Bloch's wave operator: C. Bloch, Nucl. Phys. 6, 329 (1958)),
///
///     𝓛(1 + X) = (1 + X) ⊕_c (−iω + K_c),   K_c = [D(1 + X)]_cc,
///     X_pq = [D(1 + X) − X K]_pq / (i(ω_p − ω_q)),   X zero inside blocks,
///
/// by iteration, and each block is diagonalised less its own frequency: rates keep their digits, as iω,
/// however much larger, meets none of them. Where no frequencies are apart that is one block, 𝓛 itself.
Modes all_modes(PackedMap& map, double max_bytes);

}  // namespace redfield::steady
