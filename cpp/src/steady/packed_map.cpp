#include "steady/packed_map.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/memory.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/monitor.hpp"

namespace redfield::steady {

PackedMap::PackedMap(const Generator& generator, int threads)
    : generator_(generator), n_(generator.dimension()), ws_(generator.lease(threads)) {
    const SpectralBounds bounds = generator.bounds();
    fastest_ = std::max({bounds.half_height, bounds.decay, 1e-300});
    decay_ = bounds.decay;
}

void PackedMap::operator()(const RealVector& x, RealVector& out) {
    linalg::poll();
    ++applications_;
    out.resize(size());
    generator_.apply(Eigen::Map<const RealMatrix>(x.data(), n_, n_),
                     Eigen::Map<RealMatrix>(out.data(), n_, n_), *ws_);
}

double PackedMap::residual(const RealVector& x) {
    RealVector change;
    (*this)(x, change);
    return change.norm();
}

RealMatrix PackedMap::matrix(double copies, double max_bytes) {
    linalg::require_bytes(copies * sizeof(double) * std::pow(static_cast<double>(n_), 4.0), max_bytes,
                          "use method \"iterative\"", "the dense matrix of ", n_, " levels");
    applications_ += size();
    return generator_.packed_matrix(*ws_);
}

ComplexMatrix PackedMap::unpack(const RealVector& x) const {
    const Eigen::Map<const RealMatrix> packed(x.data(), n_, n_);
    return redfield::unpack(generator_.eigensystem().from_eigenbasis(packed, ws_->threads()));
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
