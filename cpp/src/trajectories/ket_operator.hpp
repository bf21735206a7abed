#pragma once

#include <optional>
#include <type_traits>
#include <vector>

#include "linalg/sparse_rows.hpp"
#include "redfield/system/couplings.hpp"

namespace redfield::trajectories {

/// Kets side by side, eight or sixteen in single precision: entry c of ket l is at [c·lanes + l] of the
/// real plane, and N·lanes later of the imaginary one.
template <class Scalar>
constexpr Index lanes = linalg::lane_count<Scalar>;
template <class Scalar>
constexpr Index panel_size(Index n) {
    return 2 * lanes<Scalar> * n;
}

/// A number of each ket, a sum over its entries.
template <class Scalar>
using Sums = Eigen::Array<double, lanes<Scalar>, 1>;

/// An operator on a panel of kets.
template <class Scalar>
class KetOperator {
    using Lanes = linalg::Lanes<Scalar>;

  public:
    explicit KetOperator(const Operator& op);
    /// An operator converted from another precision.
    template <class Other>
    explicit KetOperator(const KetOperator<Other>& of)
        : n_(of.n_),
          rows_(of.rows_),
          dense_re_(of.dense_re_.template cast<Scalar>()),
          dense_im_(of.dense_im_.template cast<Scalar>()) {}

    Index dimension() const { return n_; }
    /// y = scale (Ax − centre x) + back z; z is not read where back = 0, y may be z.
    void multiply(const Scalar* x, Scalar* y, Scalar scale = 1, Scalar centre = 0, Scalar back = 0,
                  const Scalar* z = nullptr) const;
    /// ⟨ψ|A|ψ⟩ of each ket; y is scratch.
    void expectation(const Scalar* x, Scalar* y, Sums<Scalar>& re, Sums<Scalar>& im) const;

  private:
    template <class Other>
    friend class KetOperator;

    Index n_;
    linalg::SparseRows<Scalar> rows_;       // of a sparse operator
    MatrixOf<Scalar> dense_re_, dense_im_;  // transposed, of a dense one
};

/// `given`, or where it has another precision the one that is made of `from` and kept in `made`.
template <class Made, class Given, class... From>
const Made& given_or_made(const Given& given, std::optional<Made>& made, const From&... from) {
    if constexpr (std::is_same_v<Made, Given>)
        return given;
    else
        return made.emplace(from...);
}

/// Σ_c |x_c|² of each ket.
template <class Scalar>
Sums<Scalar> squared_norms(const Scalar* x, Index n);

}  // namespace redfield::trajectories
