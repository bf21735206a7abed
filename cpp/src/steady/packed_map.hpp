#pragma once

#include <functional>
#include <random>

#include "redfield/generator/generator.hpp"

namespace redfield::steady {

/// out = Mx of packed states as vectors of N² reals; `out` has its size already.
using LinearMap = std::function<void(const RealVector& x, RealVector& out)>;

/// 𝓛 on packed states of the eigenbasis, a real N²×N² matrix, and how often it was applied.
class PackedMap {
  public:
    PackedMap(const Generator& generator, int threads);

    Index levels() const { return n_; }
    Index size() const { return n_ * n_; }
    const Generator& generator() const { return generator_; }
    long applications() const { return applications_; }
    /// The largest of the bounds: what is below `rounding()` of it is zero.
    double fastest() const { return fastest_; }
    double decay() const { return decay_; }
    double rounding() const { return 1e-13 * static_cast<double>(n_); }

    void operator()(const RealVector& x, RealVector& out);
    double residual(const RealVector& x);
    /// The dense matrix; std::length_error where `copies` of it need more than max_bytes.
    RealMatrix matrix(double copies, double max_bytes);

    /// A packed vector as a complex matrix in the given basis.
    ComplexMatrix unpack(const RealVector& x) const;
    double trace(const RealVector& x) const;

  private:
    const Generator& generator_;
    Index n_;
    linalg::WorkspacePool::Lease ws_;
    double fastest_, decay_;
    long applications_ = 0;
};

/// A packed operator without any symmetry; the same numbers on every machine.
RealVector random_operator(std::mt19937_64& engine, Index size);

}  // namespace redfield::steady
