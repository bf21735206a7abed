#include "redfield/generator/generator.hpp"

#include <string>

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

void add_free_rotation(const RealVector& energies, const ConstRef& rho, MutableRef out,
                       int threads) {
    constexpr Index tile = 16;
    const Index n = energies.size();
    linalg::parallel_ranges(threads, n, [&](Index first, Index count) {
        for (Index c = first; c < first + count; c += tile) {
            const Index nc = std::min(tile, first + count - c);
            for (Index r = 0; r < n; r += tile) {
                const Index nr = std::min(tile, n - r);
                for (Index l = c; l < c + nc; ++l)
                    for (Index k = r; k < r + nr; ++k)
                        out(k, l) -= (energies[k] - energies[l]) * rho(l, k);
            }
        }
    });
}

void Generator::apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    dissipate(rho, out, ws);
    add_free_rotation(eigensystem_.energies(), rho, out, ws.threads());
}

RealMatrix Generator::apply_in_given_basis(const RealMatrix& rho, int threads) const {
    linalg::Workspace ws(threads);
    RealMatrix out(rho.rows(), rho.cols());
    apply(eigensystem_.to_eigenbasis(rho, threads), out, ws);
    return eigensystem_.from_eigenbasis(out, threads);
}

ComplexMatrix Generator::apply(const ComplexMatrix& x, int requested) const {
    require(x.rows() == dimension() && x.cols() == dimension(),
            "apply: the operator is " + std::to_string(x.rows()) + " x " + std::to_string(x.cols()) +
                ", the system has " + std::to_string(dimension()) + " levels");
    const int threads = linalg::resolve_threads(requested, dimension());
    // X = H₁ + iH₂ with both Hermitian: M + M† is 𝓛 only on Hermitian matrices.
    ComplexMatrix out = unpack(apply_in_given_basis(pack(x), threads));
    if (hermitian_defect(x) != 0.0)
        out += Complex(0.0, 1.0) * unpack(apply_in_given_basis(pack_antihermitian(x), threads));
    return out;
}

}  // namespace redfield
