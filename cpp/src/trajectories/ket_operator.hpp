#pragma once

#include <vector>

#include "linalg/sparse_rows.hpp"
#include "redfield/system/couplings.hpp"

namespace redfield::trajectories {

constexpr Index lanes = linalg::lane_count;  // kets side by side

/// Eight kets: entry c of ket l is at [8c + l] of the real plane, and 8N later of the imaginary one.
constexpr Index panel_size(Index n) { return 2 * lanes * n; }

/// An operator on eight kets at a time.
class KetOperator {
  public:
    explicit KetOperator(const Operator& op);

    Index dimension() const { return n_; }
    /// y = scale (Ax − centre x) + back z; z is not read where back = 0, y may be z.
    void multiply(const double* x, double* y, double scale = 1.0, double centre = 0.0, double back = 0.0,
                  const double* z = nullptr) const;
    /// ⟨ψ|A|ψ⟩ of each ket; y is scratch.
    void expectation(const double* x, double* y, linalg::Lanes& re, linalg::Lanes& im) const;

  private:
    Index n_;
    linalg::SparseRows rows_;         // of a sparse operator
    RealMatrix dense_re_, dense_im_;  // transposed, of a dense one
};

/// Σ_c |x_c|² of each ket.
linalg::Lanes squared_norms(const double* x, Index n);

}  // namespace redfield::trajectories
