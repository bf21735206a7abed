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

void add_trace(RealMatrix& matrix, double weight) {
    const auto n = static_cast<Index>(std::lround(std::sqrt(static_cast<double>(matrix.rows()))));
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) matrix(k * (n + 1), l * (n + 1)) += weight / static_cast<double>(n);
}

StateInverse state_inverse(steady::PackedMap& map, double weight, double shift,
                           const RealMatrix& conserved) {
    const Index n = map.levels();
    if (n > dense_levels) {
        auto inverse = std::make_shared<const steady::SecularInverse>(steady::SecularPart(map, 1e300),
                                                                      shift + map.touch(), weight);
        return [inverse](const RealVector& r) {
            RealVector out(r.size());
            inverse->apply(r, out);
            return out;
        };
    }
    RealMatrix matrix = map.matrix(2.0, 1e300);
    if (conserved.size() > 0) {
        matrix.noalias() += weight * conserved * conserved.transpose();
    } else {
        add_trace(matrix, weight);
    }
    matrix.diagonal().array() -= shift + map.touch();
    auto lu = std::make_shared<const steady::DenseLu>(std::move(matrix));
    return [lu](const RealVector& r) { return lu->solve(r); };
}

RedfieldInverse::RedfieldInverse(const Hierarchy& hierarchy, steady::PackedMap& redfield, double weight,
                                 int threads, double shift, const RealMatrix& conserved)
    : hierarchy_(hierarchy),
      tiers_(hierarchy),
      state_inverse_(state_inverse(redfield, weight, shift, conserved)),
      threads_(threads),
      shift_(shift) {}

void RedfieldInverse::operator()(const RealVector& r, RealVector& y) const {
    const IndexSet& set = hierarchy_.indices();
    const Flow<double>& flow = hierarchy_.flow();
    const Eigensystem& eigen = hierarchy_.system().eigensystem();
    const Index n = hierarchy_.dimension(), size = n * n;
    const std::vector<Index>& tiers = set.tiers();
    const auto tier_count = static_cast<int>(tiers.size()) - 1;
    y = r;
    if (tier_count > 1) tiers_.apply(tiers[1], tiers[2], y.data(), threads_, shift_);
    RealMatrix state(n, n);
    flow.couplings(0, 1, Tiers::above, y.data(), state.data(), 1);
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
        moved.resize(count);
        flow.couplings(first, last, Tiers::below, y.data(), moved.data(), threads_);
        y.segment(from, count) = r.segment(from, count) - moved;
        tiers_.apply(first, last, y.data(), threads_, shift_);
    }
}

RealVector tier_units(const Hierarchy& hierarchy) {
    const IndexSet& set = hierarchy.indices();
    const Index n = hierarchy.dimension();
    double g = 0.0;
    for (const Term& term : set.terms()) {
        const ComplexMatrix& a = hierarchy.couplings()[static_cast<std::size_t>(term.operator_index)];
        g = std::max(g, a.norm() * term.scale / std::abs(term.rate));
    }
    g = std::clamp(g, 1e-4, 1.0);
    RealVector units(n * n * hierarchy.planes());
    double unit = 1.0;
    for (std::size_t tier = 0; tier + 1 < set.tiers().size(); ++tier, unit *= g) {
        const Index from = set.plane(set.tiers()[tier]), to = set.plane(set.tiers()[tier + 1]);
        units.segment(from * n * n, (to - from) * n * n).setConstant(unit);
    }
    return units;
}

}  // namespace redfield::hierarchy
