#include "steady/closed.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "linalg/decompositions.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::steady {

namespace {

/// H′ of 𝓛X = −i[H′, X] but for a constant: 𝓛|m⟩⟨m| tells its columns, 𝓛|0⟩⟨m| the differences of its
/// diagonal.
ComplexMatrix hamiltonian_of(PackedMap& map) {
    const Index n = map.levels();
    ComplexMatrix h = ComplexMatrix::Zero(n, n);
    RealVector unit = RealVector::Zero(map.size()), change;
    const auto changed = [&](Index k, Index l) {
        unit[k + n * l] = unit[l + n * k] = 1.0;
        map(unit, change);
        unit[k + n * l] = unit[l + n * k] = 0.0;
        return unpack(RealMatrix(Eigen::Map<const RealMatrix>(change.data(), n, n)));
    };
    for (Index m = 0; m < n; ++m) {
        h.col(m) = Complex(0.0, 1.0) * changed(m, m).col(m);
        h(m, m) = 0.0;
    }
    for (Index m = 1; m < n; ++m) h(m, m) = -(Complex(0.0, 1.0) * changed(0, m)(0, m)).real();
    return 0.5 * (h + ComplexMatrix(h.adjoint()));
}

/// Whether 𝓛X = −i[h, X] for a random X.
bool is_commutator(PackedMap& map, const ComplexMatrix& h) {
    const Index n = map.levels();
    std::mt19937_64 engine(1);
    const RealVector x = random_operator(engine, map.size());
    RealVector change;
    map(x, change);
    const ComplexMatrix rho = unpack(RealMatrix(Eigen::Map<const RealMatrix>(x.data(), n, n)));
    const RealMatrix turned = pack(ComplexMatrix(Complex(0.0, -1.0) * (h * rho - rho * h)));
    const Eigen::Map<const RealVector> expected(turned.data(), turned.size());
    return (change - expected).norm() <= map.rounding() * h.norm() * x.norm();
}

}  // namespace

Closed::Closed(RealVector energies, ComplexMatrix vectors)
    : vectors_(std::move(vectors)), n_(energies.size()) {
    const double same = energy_rounding(energies);
    for (Index from = 0, to = 1; from < n_; from = to++) {
        while (to < n_ && energies[to] - energies[to - 1] <= same) ++to;
        groups_.push_back({from, to - from});
    }
}

std::optional<Closed> Closed::of(PackedMap& map) {
    const double noise = 8.0 * std::numeric_limits<double>::epsilon() * static_cast<double>(map.levels());
    if (map.generator().frame() == Frame::eigenbasis) {
        std::mt19937_64 engine(1);
        bool nothing = true;
        for (int i = 0; nothing && i < 2; ++i) {
            const RealVector x = random_operator(engine, map.size());
            nothing = map.dissipated(x).norm() <= noise * map.rate() * x.norm();
        }
        if (nothing) return Closed(map.generator().eigensystem().energies(), ComplexMatrix());
    }
    if (map.decay() > noise * map.rate()) return std::nullopt;
    const ComplexMatrix h = hamiltonian_of(map);
    if (!is_commutator(map, h)) return std::nullopt;
    auto [energies, vectors] = linalg::hermitian_modes(h, "the eigenvalues of H");
    return Closed(std::move(energies), std::move(vectors));
}

Index Closed::count() const {
    Index sum = 0;
    for (const Group& group : groups_) sum += group.size * group.size;
    return sum;
}

std::vector<ComplexMatrix> Closed::basis(double max_bytes) const {
    std::vector<ComplexMatrix> out;
    const auto n = static_cast<double>(n_);
    if (sizeof(Complex) * n * n * static_cast<double>(count()) > max_bytes) return out;
    const auto add = [&](Index a, Index b, Complex value) {
        if (vectors_.size() == 0) {
            out.emplace_back(ComplexMatrix::Zero(n_, n_));
            out.back()(a, b) = value;
            out.back()(b, a) = std::conj(value);
            return;
        }
        const ComplexMatrix half = value * vectors_.col(a) * vectors_.col(b).adjoint();
        out.push_back(a == b ? half : ComplexMatrix(half + half.adjoint()));
    };
    for (const Group& group : groups_)
        for (Index b = group.first; b < group.first + group.size; ++b) {
            add(b, b, 1.0);
            for (Index a = group.first; a < b; ++a) {
                add(a, b, std::sqrt(0.5));
                add(a, b, Complex(0.0, std::sqrt(0.5)));
            }
        }
    return out;
}

ComplexMatrix Closed::mean(const ComplexMatrix& rho) const {
    const ComplexMatrix inner =
        vectors_.size() == 0 ? rho : ComplexMatrix(vectors_.adjoint() * rho * vectors_);
    ComplexMatrix out = ComplexMatrix::Zero(n_, n_);
    for (const Group& group : groups_) {
        const Index from = group.first, size = group.size;
        out.block(from, from, size, size) = inner.block(from, from, size, size);
    }
    return vectors_.size() == 0 ? out : ComplexMatrix(vectors_ * out * vectors_.adjoint());
}

}  // namespace redfield::steady
