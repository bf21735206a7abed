#pragma once

#include <algorithm>

#include "linalg/transpose.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::generator {

/// out −= ω∘ρᵀ, ω_kl = E_k − E_l: the packed form of −i[H, ρ] in the eigenbasis. Each product is made in
/// double and rounded once: a Bohr frequency that is rounded itself turns wrong by as much of all its
/// angle.
template <class Scalar>
void subtract_rotation(const RealVector& energies, const ConstRefOf<Scalar>& rho,
                       MutableRefOf<Scalar> out, int threads) {
    constexpr Index width = linalg::lane_count<Scalar>;
    const Index n = energies.size();
    base::parallel_ranges(threads, n, [&](Index first, Index count) {
        alignas(64) Scalar tile[width * width];  // of ρᵀ
        for (Index c = first; c < first + count; c += width)
            for (Index r = 0; r < n; r += width) {
                const Index columns = std::min(width, first + count - c), rows = std::min(width, n - r);
                linalg::transpose_into<linalg::Put::assign>(rho.data() + r * rho.outerStride() + c,
                                                            rho.outerStride(), rows, 0, columns, tile,
                                                            width);
                for (Index l = 0; l < columns; ++l)
                    for (Index k = 0; k < rows; ++k)
                        out(r + k, c + l) =
                            static_cast<Scalar>(out(r + k, c + l) - (energies[r + k] - energies[c + l]) *
                                                                        tile[l * width + k]);
            }
    });
}

}  // namespace redfield::generator
