#include "steady/packed_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/epsilon.hpp"
#include "base/memory.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::steady {

namespace {

using base::epsilon;

/// Ascending energies, with the mean of each chain of levels no farther apart than rounding.
RealVector one_where_equal(const RealVector& energies) {
    const double same = energy_rounding(energies);
    RealVector out = energies;
    for (Index from = 0, to = 1; from < out.size(); from = to++) {
        while (to < out.size() && energies[to] - energies[to - 1] <= same) ++to;
        out.segment(from, to - from).setConstant(energies.segment(from, to - from).mean());
    }
    return out;
}

}  // namespace

PackedMap::PackedMap(const Generator& generator, int threads, const Generator* adjoint_of)
    : generator_(generator),
      adjoint_of_(adjoint_of),
      n_(generator.dimension()),
      ws_(generator.lease(threads)) {
    const SpectralBounds bounds = generator.bounds();
    fastest_ = std::max({bounds.half_height, bounds.decay, 1e-300});
    rate_ = decay_ = bounds.decay;
    if (generator.frame() == Frame::given) {
        rate_ = decay_ > 0.0 ? fastest_ : 0.0;
        energy_noise_ = epsilon * fastest_;
        return;
    }
    const RealVector& energies = generator.eigensystem().energies();
    const double bandwidth = generator.eigensystem().bandwidth();
    // Where the Lamb shift is above the rounding of the bandwidth it is of the scale too.
    const double shift = bounds.half_height - bandwidth;
    if (shift > 1e3 * epsilon * bandwidth) rate_ = std::max(rate_, shift);
    energy_noise_ = epsilon * energies.cwiseAbs().maxCoeff();
    levels_ = one_where_equal(energies);
    for (Index l = 0; l < n_; ++l)
        for (Index k = 0; k < n_; ++k) {
            const double distance = energies[k] - energies[l];
            if (distance != 0.0 && levels_[k] == levels_[l]) excess_.emplace_back(k + n_ * l, distance);
        }
    if (rate_ > 0.0) return;
    // A generator that claims not to dissipate is asked.
    std::mt19937_64 engine(1);
    const RealVector x = random_operator(engine, size());
    rate_ = dissipated(x).norm() / x.norm();
}

void PackedMap::operator()(const RealVector& x, RealVector& out) {
    base::poll();
    ++applications_;
    out.resize(size());
    generator_.apply(Eigen::Map<const RealMatrix>(x.data(), n_, n_),
                     Eigen::Map<RealMatrix>(out.data(), n_, n_), *ws_);
    for (const auto& [element, turn] : excess_) out[element] += turn * x[transposed(element)];
}

RealVector PackedMap::dissipated(const RealVector& x) {
    ++applications_;
    RealVector out(size());
    generator_.dissipate(Eigen::Map<const RealMatrix>(x.data(), n_, n_),
                         Eigen::Map<RealMatrix>(out.data(), n_, n_), *ws_);
    return out;
}

double PackedMap::residual(const RealVector& x) {
    RealVector change;
    (*this)(x, change);
    return change.norm();
}

RealMatrix PackedMap::matrix(double copies, double max_bytes) {
    base::require_bytes(copies * sizeof(double) * std::pow(static_cast<double>(n_), 4.0), max_bytes,
                        "use method \"iterative\"", "the dense matrix of ", n_, " levels");
    applications_ += size();
    RealMatrix out = generator_.packed_matrix(*ws_);
    for (const auto& [element, turn] : excess_) out(element, transposed(element)) += turn;
    return out;
}

ComplexMatrix PackedMap::unpack(const RealVector& x) const {
    const Eigen::Map<const RealMatrix> packed(x.data(), n_, n_);
    return redfield::unpack(generator_.eigensystem().from_eigenbasis(packed, ws_->threads()));
}

ComplexMatrix PackedMap::in_given_basis(const ComplexMatrix& x) const {
    return generator_.frame() == Frame::given ? x : generator_.eigensystem().from_eigenbasis(x);
}

RealVector PackedMap::packed(const ComplexMatrix& given) const {
    const RealMatrix inner = generator_.eigensystem().in_frame(
        generator_.frame(), {pack(given), Frame::given}, ws_->threads());
    return Eigen::Map<const RealVector>(inner.data(), inner.size());
}

double PackedMap::trace(const RealVector& x) const {
    return Eigen::Map<const RealMatrix>(x.data(), n_, n_).trace();
}

RealVector random_operator(std::mt19937_64& engine, Index size) {
    RealVector x(size);
    for (Index i = 0; i < size; ++i)
        x[i] = static_cast<double>(engine() >> 11) * 0x1p-52 - 1.0;  // uniform in [−1, 1)
    return x;
}

}  // namespace redfield::steady
