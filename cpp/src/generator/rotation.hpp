#pragma once

#include <algorithm>

#include "linalg/transpose.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

/// out −= ω∘ρᵀ, ω_kl = E_k − E_l: the packed form of −i[H, ρ] in the eigenbasis. Each product is made in
/// double and rounded once: a Bohr frequency that is rounded itself turns wrong by as much of all its
/// angle.
template <class Scalar>
void subtract_rotation(const RealVector& energies, const ConstRefOf<Scalar>& rho,
                       MutableRefOf<Scalar> out, int threads) {
    constexpr Index width = linalg::lane_count<Scalar>;
    const Index n = energies.size();
    linalg::parallel_ranges(threads, n, [&](Index first, Index count) {
        MatrixOf<Scalar> memory(n, width);  // columns of ρᵀ
        for (Index c = first; c < first + count; c += width) {
            const Index columns = std::min(width, first + count - c);
            linalg::transpose_into<linalg::Put::assign>(rho.data() + c, rho.outerStride(), n, 0, columns,
                                                        memory.data(), n);
            for (Index l = 0; l < columns; ++l) {
                const auto turned =
                    (energies.array() - energies[c + l]) * memory.col(l).array().template cast<double>();
                out.col(c + l) = (out.col(c + l).array().template cast<double>() - turned)
                                     .template cast<Scalar>()
                                     .matrix();
            }
        }
    });
}

}  // namespace redfield::generator
