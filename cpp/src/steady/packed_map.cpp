#include "steady/packed_map.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

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
    const double bytes = copies * sizeof(double) * std::pow(static_cast<double>(n_), 4.0);
    if (bytes > max_bytes) {
        std::ostringstream text;
        text << "the dense matrix of " << n_ << " levels needs " << bytes << " bytes, more than the "
             << max_bytes << " there are; use method \"iterative\"";
        throw std::length_error(text.str());
    }
    RealMatrix dense(size(), size());
    RealVector unit = RealVector::Zero(size()), column;
    for (Index i = 0; i < size(); ++i) {
        unit[i] = 1.0;
        (*this)(unit, column);
        dense.col(i) = column;
        unit[i] = 0.0;
    }
    return dense;
}

ComplexMatrix PackedMap::unpack(const RealVector& x) const {
    const Eigen::Map<const RealMatrix> packed(x.data(), n_, n_);
    return redfield::unpack(generator_.eigensystem().from_eigenbasis(packed, ws_->threads()));
}

double PackedMap::trace(const RealVector& x) const {
    return Eigen::Map<const RealMatrix>(x.data(), n_, n_).trace();
}

}  // namespace redfield::steady
