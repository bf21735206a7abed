#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "linalg/lanes.hpp"

namespace redfield::generator {

/// A sparse matrix by rows or columns; `start` belongs to those that are `occupied`, where that is
/// filled.
template <class Scalar>
struct Lists {
    std::vector<std::int32_t> occupied, start, index;
    std::vector<Scalar> re, im;
};

/// A packed state, or a block of one, whose columns are `stride` apart.
template <class Scalar>
struct PackedBlock {
    const Scalar* data;
    Index stride, levels;
};

/// Rows of Z = ρB† in a panel of columns J, the lanes:
///     Z(c, J_l) = Σ_p w*_pl ρ(c, i_pl),  i_pl and w_pl the p-th non-zero of row J_l of B.
/// Row c of a plane of ρ is strided in memory, R(c, i), that of the other contiguous, R(i, c), where i_pl
/// are successive; weights of lanes without a p-th non-zero are zero.
template <class Scalar>
class GatheredColumns {
    using Lanes = linalg::Lanes<Scalar>;
    static constexpr Index width = linalg::lane_count<Scalar>;

  public:
    /// ρ and the panel [first, first + lanes) of B, by rows; false where these rows are empty.
    bool take(const PackedBlock<Scalar>& rho, const Lists<Scalar>& b, Index first, Index lanes) {
        rho_ = rho.data;
        stride_ = rho.stride;
        n_ = rho.levels;
        const auto start = [&](Index lane) { return b.start[static_cast<std::size_t>(first + lane)]; };
        std::int32_t longest = 0;
        for (Index l = 0; l < lanes; ++l) longest = std::max(longest, start(l + 1) - start(l));
        summands_.resize(static_cast<std::size_t>(longest));
        for (std::int32_t p = 0; p < longest; ++p) {
            Summand& summand = summands_[static_cast<std::size_t>(p)];
            summand.re.setZero();
            summand.im.setZero();
            for (Index l = 0; l < width; ++l) {
                summand.row[l] = std::min(first, n_ - 1);  // of no weight where there is no entry
                if (l < lanes && start(l) + p < start(l + 1)) {
                    const auto at = static_cast<std::size_t>(start(l) + p);
                    summand.row[l] = b.index[at];
                    summand.re[l] = b.re[at];
                    summand.im[l] = b.im[at];
                }
                summand.column[l] = rho_ + summand.row[l] * stride_;
            }
            summand.successive = summand.row[0] + width <= n_;
            for (Index l = 1; l < width; ++l)
                summand.successive = summand.successive && summand.row[l] == summand.row[0] + l;
        }
        return longest > 0;
    }

    /// Row c of Z, on its planes.
    template <bool b_is_real>
    void row(Index c, Lanes& plus, Lanes& minus) const {
        plus.setZero();
        minus.setZero();
        for (const Summand& summand : summands_) {
            Lanes x, y;
            for (Index l = 0; l < width; ++l) x[l] = summand.column[l][c];
            const Scalar* column = rho_ + c * stride_;
            if (summand.successive)
                y = Eigen::Map<const Lanes>(column + summand.row[0]);
            else
                for (Index l = 0; l < width; ++l) y[l] = column[summand.row[l]];
            plus += summand.re * x;
            minus += summand.re * y;
            if constexpr (!b_is_real) {
                plus -= summand.im * y;
                minus += summand.im * x;
            }
        }
    }

    /// Asks for the cache lines that row(c) will read: columns of ρ lie too far apart to be foreseen.
    void prefetch(Index c) const { linalg::prefetch(rho_ + c * stride_ + summands_.front().row[0]); }

  private:
    /// The p-th summand of every lane.
    struct Summand {
        Index row[width];             ///< i
        const Scalar* column[width];  ///< of ρ
        bool successive;
        Lanes re, im;  ///< w
    };

    const Scalar* rho_ = nullptr;
    Index stride_ = 0, n_ = 0;
    std::vector<Summand> summands_;
};

}  // namespace redfield::generator
