#include "hierarchy/adjoint.hpp"

namespace redfield::hierarchy {

AdjointInverse::AdjointInverse(const Hierarchy& hierarchy, const Flow<double>& flow,
                               steady::PackedMap& redfield, double weight, int threads)
    : hierarchy_(hierarchy),
      flow_(flow),
      tiers_(hierarchy, true),
      state_inverse_(state_inverse(redfield, weight)),
      threads_(threads) {}

void AdjointInverse::operator()(const RealVector& r, RealVector& y) const {
    const IndexSet& set = hierarchy_.indices();
    const Index size = hierarchy_.dimension() * hierarchy_.dimension();
    const std::vector<Index>& tiers = set.tiers();
    const auto place = [&](std::size_t tier) { return set.plane(tiers[tier]) * size; };
    y = r;
    RealVector moved(y.size());
    for (std::size_t tier = tiers.size() - 2; tier > 0; --tier) {
        tiers_.apply(tiers[tier], tiers[tier + 1], y.data(), threads_);
        const Index from = place(tier - 1), count = place(tier) - from;
        flow_.couplings(tiers[tier - 1], tiers[tier], Tiers::above, y.data(), moved.data() + from,
                        threads_);
        y.segment(from, count) -= moved.segment(from, count);
    }
    solve_state(y);
    if (tiers.size() < 3) return;
    flow_.couplings(tiers[1], tiers[2], Tiers::below, y.data(), moved.data() + place(1), threads_);
    tiers_.apply(tiers[1], tiers[2], moved.data(), threads_);
    y.segment(place(1), place(2) - place(1)) -= moved.segment(place(1), place(2) - place(1));
}

void AdjointInverse::solve_state(RealVector& y) const {
    const Index n = hierarchy_.dimension();
    const Eigensystem& eigen = hierarchy_.system().eigensystem();
    const RealMatrix state = y.head(n * n).reshaped(n, n);
    const RealMatrix turned =
        eigen.in_frame(Frame::eigenbasis, {state, hierarchy_.frame()}, threads_).transpose();
    const RealMatrix solved = state_inverse_(turned.reshaped()).reshaped(n, n).transpose();
    y.head(n * n) = eigen.in_frame(hierarchy_.frame(), {solved, Frame::eigenbasis}, threads_).reshaped();
}

}  // namespace redfield::hierarchy
