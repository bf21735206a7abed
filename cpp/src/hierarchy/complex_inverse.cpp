#include "hierarchy/complex_inverse.hpp"

#include "redfield/linalg/hermitian.hpp"

namespace redfield::hierarchy {

ResolventOfState::ResolventOfState(steady::PackedMap& redfield, double weight)
    : weight_(weight), touch_(redfield.touch()), n_(redfield.levels()) {
    if (n_ > dense_levels) {
        part_.emplace(redfield, 1e300);
        return;
    }
    matrix_ = redfield.matrix(2.0, 1e300);
    add_trace(matrix_, weight);
}

void ResolventOfState::shift(Complex z) {
    if (part_) {
        secular_.emplace(*part_, z + touch_, weight_);
        return;
    }
    ComplexMatrix shifted = matrix_.cast<Complex>();
    shifted.diagonal().array() -= z + touch_;
    lu_.emplace(shifted);
}

VectorOf<Complex> ResolventOfState::operator()(const VectorOf<Complex>& r) const {
    if (lu_) return lu_->solve(r);
    const RealMatrix re = r.real().reshaped(n_, n_), im = r.imag().reshaped(n_, n_);
    VectorOf<Complex> full(r.size()), solved(r.size());
    join(re, im, full.data());
    secular_->apply(full, solved);
    const Split parts = split(solved.data(), n_);
    VectorOf<Complex> out(r.size());
    out.real() = parts.hermitian.reshaped();
    if (parts.antihermitian.size() > 0)
        out.imag() = parts.antihermitian.reshaped();
    else
        out.imag().setZero();
    return out;
}

ComplexInverse::ComplexInverse(const Hierarchy& hierarchy, steady::PackedMap& redfield, double weight,
                               int threads)
    : hierarchy_(hierarchy), tiers_(hierarchy), state_(redfield, weight), threads_(threads) {}

void ComplexInverse::shift(Complex z) {
    z_ = z;
    state_.shift(z);
}

void ComplexInverse::couplings(Index first, Index last, Tiers tiers, const VectorOf<Complex>& y,
                               VectorOf<Complex>& out) const {
    const Index size = hierarchy_.dimension() * hierarchy_.dimension();
    const IndexSet& set = hierarchy_.indices();
    const Index count = (set.plane(last) - set.plane(first)) * size;
    RealVector part = y.real(), moved(count);
    hierarchy_.flow().couplings(first, last, tiers, part.data(), moved.data(), threads_);
    out.resize(count);
    out.real() = moved;
    part = y.imag();
    hierarchy_.flow().couplings(first, last, tiers, part.data(), moved.data(), threads_);
    out.imag() = moved;
}

void ComplexInverse::operator()(const VectorOf<Complex>& r, VectorOf<Complex>& y) const {
    const IndexSet& set = hierarchy_.indices();
    const Eigensystem& eigen = hierarchy_.system().eigensystem();
    const Index n = hierarchy_.dimension(), size = n * n;
    const Frame frame = hierarchy_.frame();
    const std::vector<Index>& tiers = set.tiers();
    const auto tier_count = static_cast<int>(tiers.size()) - 1;
    y = r;
    if (tier_count > 1) tiers_.apply(tiers[1], tiers[2], y.data(), threads_, z_);
    VectorOf<Complex> moved;
    couplings(0, 1, Tiers::above, y, moved);
    const auto turned = [&](const VectorOf<Complex>& x, Frame from, Frame to) {
        VectorOf<Complex> out(size);
        const RealMatrix re = x.real().reshaped(n, n), im = x.imag().reshaped(n, n);
        out.real() = eigen.in_frame(to, {re, from}, threads_).reshaped();
        out.imag() = eigen.in_frame(to, {im, from}, threads_).reshaped();
        return out;
    };
    const VectorOf<Complex> state = r.head(size) - moved;
    y.head(size) = turned(state_(turned(state, frame, Frame::eigenbasis)), Frame::eigenbasis, frame);
    for (int tier = 1; tier < tier_count; ++tier) {
        const Index first = tiers[static_cast<std::size_t>(tier)];
        const Index last = tiers[static_cast<std::size_t>(tier) + 1];
        const Index from = set.plane(first) * size, count = set.plane(last) * size - from;
        couplings(first, last, Tiers::below, y, moved);
        y.segment(from, count) = r.segment(from, count) - moved;
        tiers_.apply(first, last, y.data(), threads_, z_);
    }
}

}  // namespace redfield::hierarchy
