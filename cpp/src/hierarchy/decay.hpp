#pragma once

#include "hierarchy/sizes.hpp"
#include "redfield/base/types.hpp"

namespace redfield::hierarchy {

/// out = −(σ + iτ)ρ of a member ρ = G + iF with the decay σ + iτ, −(σG − τF) − i(τG + σF), and of the
/// eigenbasis −i[H, ρ], `frequencies` E_k − E_l there and empty in the given basis.
template <class Scalar, class Indices>
void turn_and_decay(const Indices& indices, const MatrixOf<Scalar>& frequencies, Index levels,
                    Index member, const Scalar* y, Scalar* out) {
    const Index size = levels * levels, at = indices.plane(member) * size;
    const auto sigma = static_cast<Scalar>(indices.decay(member).real());
    const auto tau = static_cast<Scalar>(indices.decay(member).imag());
    const bool hermitian = indices.hermitian(member);
    const Scalar *g = y + at, *f = g + size;
    Scalar *dg = out + at, *df = dg + size;
    if (hermitian) {
        for (Index e = 0; e < size; ++e) dg[e] = -sigma * g[e];
    } else {
        for (Index e = 0; e < size; ++e) {
            dg[e] = tau * f[e] - sigma * g[e];
            df[e] = -tau * g[e] - sigma * f[e];
        }
    }
    if (frequencies.size() == 0) return;
    with_size(levels, [&](auto size_of) {
        const Index n = size_of;
        const auto turn = [&](const Scalar* x, Scalar* dx) {
            const Scalar* w = frequencies.data();
            for (Index l = 0; l < n; ++l)
                for (Index k = 0; k < n; ++k) dx[k + n * l] -= w[k + n * l] * x[l + n * k];
        };
        turn(g, dg);
        if (!hermitian) turn(f, df);
    });
}

}  // namespace redfield::hierarchy
