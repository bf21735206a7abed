#include "hierarchy/inverse.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "redfield/base/parallel.hpp"
#include "redfield/equation/kinds.hpp"
#include "redfield/generator/forms.hpp"
#include "steady/dense_lu.hpp"
#include "steady/secular_inverse.hpp"

namespace redfield::hierarchy {

namespace {

/// Levels up to which Redfield's generator is inverted as a dense matrix; beyond, its secular part is.
constexpr Index dense_levels = 32;

/// Γ of a bath's exponentials at the Bohr frequencies; γ where it is not negative.
BathTable table_of(const Exponentials& bath, const RealVector& energies) {
    const Index n = energies.size();
    RealMatrix half_rate(n, n), lamb_shift(n, n);
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) {
            const Complex turned(0.0, energies[l] - energies[k]);
            const Complex value =
                bath.remainder + (bath.coefficients.array() / (bath.rates.array() - turned)).sum();
            half_rate(k, l) = std::max(0.0, value.real());
            lamb_shift(k, l) = value.imag();
        }
    return {std::move(half_rate), std::move(lamb_shift)};
}

}  // namespace

std::unique_ptr<const Generator> redfield_of(const Hierarchy& hierarchy) {
    const System& system = hierarchy.system();
    Baths baths;
    for (const Exponentials& bath : hierarchy.baths()) {
        baths.of_coupling.push_back(static_cast<Index>(baths.tables.size()));
        baths.tables.push_back(table_of(bath, system.eigensystem().energies()));
    }
    return std::make_unique<const Redfield>(system.with_baths(std::move(baths)));
}

StateInverse state_inverse(steady::PackedMap& map, double weight) {
    const Index n = map.levels();
    if (n > dense_levels) {
        auto inverse = std::make_shared<const steady::SecularInverse>(steady::SecularPart(map, 1e300),
                                                                      map.touch(), weight);
        return [inverse](const RealVector& r) {
            RealVector out(r.size());
            inverse->apply(r, out);
            return out;
        };
    }
    RealMatrix matrix = map.matrix(2.0, 1e300);
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) matrix(k * (n + 1), l * (n + 1)) += weight / static_cast<double>(n);
    matrix.diagonal().array() -= map.touch();
    auto lu = std::make_shared<const steady::DenseLu>(std::move(matrix));
    return [lu](const RealVector& r) { return lu->solve(r); };
}

TierInverse::TierInverse(const Hierarchy& hierarchy)
    : hierarchy_(hierarchy),
      energies_(hierarchy.system().eigensystem().energies()),
      given_(hierarchy.frame() == Frame::given),
      real_(hierarchy.system().eigensystem().vectors().is_real()) {
    if (given_ && real_) vectors_ = hierarchy.system().eigensystem().vectors().re();
}

void TierInverse::turn(Eigen::Map<RealMatrix> plane, bool back, RealMatrix& scratch) const {
    if (real_) {  // a real U turns real and imaginary parts alike
        if (back) {
            scratch.noalias() = vectors_ * plane;
            plane.noalias() = scratch * vectors_.transpose();
        } else {
            scratch.noalias() = vectors_.transpose() * plane;
            plane.noalias() = scratch * vectors_;
        }
        return;
    }
    const Eigensystem& eigen = hierarchy_.system().eigensystem();
    plane = back ? eigen.from_eigenbasis(plane, 1) : eigen.to_eigenbasis(plane, 1);
}

/// With Σ = Σ_k n_k ν_k and ω = E_k − E_l the packed D_n mixes the elements (k, l) and (l, k) alone:
///
///     (D_n⁻¹ r)_kl = −(Σ r_kl − ω r_lk)/(Σ² + ω²),   r = G + iF.
void TierInverse::apply(Index first, Index last, double* r, int threads) const {
    const IndexSet& set = hierarchy_.indices();
    const Index n = hierarchy_.dimension(), size = n * n;
    base::parallel_ranges(threads, last - first, [&](Index begin, Index count) {
        RealMatrix scratch;
        for (Index i = first + begin; i < first + begin + count; ++i) {
            const bool hermitian = set.hermitian(i);
            Eigen::Map<RealMatrix> g(r + set.plane(i) * size, n, n);
            Eigen::Map<RealMatrix> f(g.data() + (hermitian ? 0 : size), n, n);
            if (given_) turn(g, false, scratch);
            if (given_ && !hermitian) turn(f, false, scratch);
            const Complex decay = set.decay(i);
            for (Index l = 0; l < n; ++l)
                for (Index k = 0; k <= l; ++k) {
                    const double w = energies_[k] - energies_[l];
                    const Complex factor = -1.0 / (decay * decay + w * w);
                    const double imaginary = hermitian ? 0.0 : 1.0;
                    const Complex kl(g(k, l), imaginary * f(k, l)), lk(g(l, k), imaginary * f(l, k));
                    const Complex to_kl = factor * (decay * kl - w * lk);
                    const Complex to_lk = factor * (decay * lk + w * kl);
                    g(k, l) = to_kl.real();
                    g(l, k) = to_lk.real();
                    if (hermitian) continue;
                    f(k, l) = to_kl.imag();
                    f(l, k) = to_lk.imag();
                }
            if (given_) turn(g, true, scratch);
            if (given_ && !hermitian) turn(f, true, scratch);
        }
    });
}

RedfieldInverse::RedfieldInverse(const Hierarchy& hierarchy, steady::PackedMap& redfield, double weight,
                                 int threads)
    : hierarchy_(hierarchy),
      tiers_(hierarchy),
      state_inverse_(state_inverse(redfield, weight)),
      threads_(threads) {}

void RedfieldInverse::operator()(const RealVector& r, RealVector& y) const {
    const IndexSet& set = hierarchy_.indices();
    const Flow<double>& flow = hierarchy_.flow();
    const Eigensystem& eigen = hierarchy_.system().eigensystem();
    const Index n = hierarchy_.dimension(), size = n * n;
    const std::vector<Index>& tiers = set.tiers();
    const auto tier_count = static_cast<int>(tiers.size()) - 1;
    y = r;
    if (tier_count > 1) tiers_.apply(tiers[1], tiers[2], y.data(), threads_);
    RealMatrix state = RealMatrix::Zero(n, n);
    flow.add_couplings(0, 1, Tiers::above, y.data(), state.data(), 1);
    state = Eigen::Map<const RealMatrix>(r.data(), n, n) - state;
    const Frame frame = hierarchy_.frame();
    const RealMatrix turned = eigen.in_frame(Frame::eigenbasis, {state, frame}, threads_);
    const RealVector solved = state_inverse_(Eigen::Map<const RealVector>(turned.data(), size));
    const RealMatrix packed = Eigen::Map<const RealMatrix>(solved.data(), n, n);
    state = eigen.in_frame(frame, {packed, Frame::eigenbasis}, threads_);
    y.head(size) = Eigen::Map<const RealVector>(state.data(), size);
    RealVector moved;
    for (int tier = 1; tier < tier_count; ++tier) {
        const Index first = tiers[static_cast<std::size_t>(tier)];
        const Index last = tiers[static_cast<std::size_t>(tier) + 1];
        const Index from = set.plane(first) * size, count = set.plane(last) * size - from;
        moved.setZero(y.size());
        flow.add_couplings(first, last, Tiers::below, y.data(), moved.data(), threads_);
        y.segment(from, count) = r.segment(from, count) - moved.segment(from, count);
        tiers_.apply(first, last, y.data(), threads_);
    }
}

}  // namespace redfield::hierarchy
