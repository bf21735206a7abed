#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "evolve/faber.hpp"
#include "redfield/base/pages.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"

namespace redfield::integrators {

/// Bytes of the outputs of one step, and of a panel.
constexpr double buffer_bytes = 256e6;
/// ‖F_k ρ‖/‖ρ‖ beyond which the ellipse was too small.
constexpr double growth_limit = 100.0;
/// The bound of ‖F_k‖ on the ellipse itself.
constexpr double usual_growth = 2.0;

/// Operations that the two precisions implement differently.
template <class Scalar>
struct Rounding;
template <>
struct Rounding<double> {
    using Map = Generator;
    static constexpr double unit = 1e-16;
    static constexpr double share = 1e-3;  // of what is allowed, that may be rounding
};
template <>
struct Rounding<float> {
    using Map = SingleGenerator;
    static constexpr double unit = 6e-8;
    static constexpr double share = 1.0;
};

/// Expansion vectors combined into outputs at a time: the more outputs the more, since each reads and
/// writes all of them; few where they would only be fresh memory.
inline Index panel_width(double state_bytes, std::size_t outputs) {
    const double bytes = std::min(buffer_bytes, 32e6 * static_cast<double>(outputs));
    return static_cast<Index>(std::clamp(bytes / state_bytes, 1.0, 16.0));
}

/// The error of a sum that leaves out coefficients of absolute sum `tail`, over ‖ρ‖_F: vectors grow by no
/// more than twice what they have grown so far, and the trace's share is put back on ρ itself.
inline double truncation_error(double tail, double growth) { return tail * (2.0 * growth + 2.0); }

/// One step of the Faber expansion: the outputs at τ_i = outputs[i] (ascending, the last one is the
/// step's end).
///
/// The F_k of an ellipse around the spectrum of a non-normal 𝓛 may be larger than 2, and by how much is
/// not known before: coefficients are computed for growth_limit, and the expansion ends where the vectors
/// that it has met make the rest as small as it must be.
template <class Scalar>
class FaberStep {
    using Map = typename Rounding<Scalar>::Map;
    using Matrix = MatrixOf<Scalar>;
    using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  public:
    FaberStep(const Map& generator, const Matrix& state, const Ellipse& ellipse,
              const std::vector<double>& outputs, double tolerance, linalg::BasicWorkspace<Scalar>& ws)
        : generator_(generator),
          state_(state),
          ellipse_(ellipse),
          ws_(ws),
          n_(state.rows()),
          size_(state.size()),
          norm_(state.norm()),
          tolerance_(tolerance),
          width_(panel_width(sizeof(Scalar) * static_cast<double>(size_), outputs.size())) {
        std::size_t terms = 0;
        std::vector<std::vector<double>> columns;
        for (const double tau : outputs) {
            columns.push_back(
                faber_coefficients(ellipse, tau, tolerance / truncation_error(1.0, growth_limit), false));
            terms = std::max(terms, columns.back().size());
        }
        coefficients_ = Matrix::Zero(static_cast<Index>(terms), static_cast<Index>(outputs.size()));
        for (std::size_t i = 0; i < columns.size(); ++i)
            for (std::size_t k = 0; k < columns[i].size(); ++k)
                coefficients_(static_cast<Index>(k), static_cast<Index>(i)) =
                    static_cast<Scalar>(columns[i][k]);
        tails_.assign(terms + 1, 0.0);
        for (const auto& column : columns) {
            double tail = 0.0;
            for (std::size_t k = column.size(); k-- > 0;)
                tails_[k] = std::max(tails_[k], tail += std::abs(column[k]));
        }
        sums_.resize(size_, static_cast<Index>(outputs.size()));
        panel_.resize(size_, width_ + 2);
        base::prefer_large_pages(sums_);
        base::prefer_large_pages(panel_);
        sums_.setZero();
    }

    /// False if the expansion grew, i.e. the spectrum reaches outside the ellipse.
    template <class Proceed>
    bool run(EvolveStats& stats, const Proceed& proceed) {
        const Index terms = coefficients_.rows();
        column(0) = Eigen::Map<const Vector>(state_.data(), size_);
        Index filled = 1, first_term = 0, used = 1;
        for (Index k = 1; k < terms && !ends_before(k); ++k) {
            if (filled == width_) {
                if (!flush(first_term, filled)) return false;
                first_term = k;
                filled = 0;
            }
            proceed(static_cast<double>(k) / static_cast<double>(terms));
            advance(k);
            ++stats.applications;
            ++filled;
            ++used;
        }
        const bool inside = flush(first_term, filled);
        panel_.resize(0, 0);  // outputs are still to be observed, which takes memory too
        if (inside) conserve_trace(used);
        return inside;
    }

    Eigen::Map<const Matrix> output(Index i) const { return {sums_.col(i).data(), n_, n_}; }

  private:
    /// Whether what term k and all after it add is small enough.
    bool ends_before(Index k) {
        const double tail = tails_[static_cast<std::size_t>(k)];
        if (!(truncation_error(tail, usual_growth) <= tolerance_)) return false;
        growth_ = std::max(growth_, column(k - 1).stableNorm() / std::max(norm_, 1e-300));
        return truncation_error(tail, growth_) <= tolerance_;
    }

    /// Makes Σ b_k F_k(0) = 1 by b₀: since tr 𝓛ρ = 0, the trace of Σ b_k F_k(𝓛)ρ is then that of ρ
    /// however early the series ends.
    void conserve_trace(Index used) {
        const std::vector<double> at_zero = faber_at_zero(ellipse_, used);
        const Eigen::Map<const Vector> start(state_.data(), size_);
        for (Index i = 0; i < sums_.cols(); ++i) {
            double sum = 0.0;
            for (Index k = 0; k < used; ++k)
                sum += static_cast<double>(coefficients_(k, i)) * at_zero[static_cast<std::size_t>(k)];
            sums_.col(i) += static_cast<Scalar>(1.0 - sum) * start;
        }
    }

    /// F_k ρ is in a ring of columns.
    Index place(Index k) const { return k % (width_ + 2); }
    Eigen::Map<Vector> column(Index k) { return {panel_.col(place(k)).data(), size_}; }
    Eigen::Map<Matrix> matrix(Index k) { return {panel_.col(place(k)).data(), n_, n_}; }

    /// F_k ρ from the two before it.
    void advance(Index k) {
        generator_.apply(matrix(k - 1), matrix(k), ws_);
        const auto centre = static_cast<Scalar>(ellipse_.centre);
        const auto scale = static_cast<Scalar>(1.0 / ellipse_.radius());
        const auto back = static_cast<Scalar>(k == 1 ? 0.0 : (k == 2 ? 2.0 : 1.0) * ellipse_.q());
        const Scalar* previous = column(k - 1).data();
        const Scalar* before = k == 1 ? nullptr : column(k - 2).data();
        Scalar* next = column(k).data();
        base::parallel_ranges(ws_.threads(), size_, [&](Index first, Index count) {
            if (back == Scalar(0)) {
                for (Index i = first; i < first + count; ++i)
                    next[i] = scale * (next[i] - centre * previous[i]);
                return;
            }
            for (Index i = first; i < first + count; ++i)
                next[i] = scale * (next[i] - centre * previous[i]) + back * before[i];
        });
    }

    /// Adds the panel's terms to all outputs by one product; outputs that have converged are passed over.
    bool flush(Index first_term, Index filled) {
        const auto weights = coefficients_.middleRows(first_term, filled);
        Index first_output = 0;
        while (first_output < weights.cols() &&
               weights.col(first_output).cwiseAbs().maxCoeff() < Scalar(1e-19))
            ++first_output;
        const Index outputs = weights.cols() - first_output;
        // The terms lie in the ring in one piece or two.
        const Index begin = place(first_term), whole = std::min(filled, width_ + 2 - begin);
        const auto add = [&](Index column, Index term, Index terms) {
            base::parallel_ranges(ws_.threads(), size_, [&](Index first, Index count) {
                sums_.block(first, first_output, count, outputs).noalias() +=
                    panel_.block(first, column, count, terms) *
                    weights.block(term, first_output, terms, outputs);
            });
        };
        if (outputs > 0) add(begin, 0, whole);
        if (outputs > 0 && whole < filled) add(0, whole, filled - whole);
        const double last = column(first_term + filled - 1).stableNorm();
        growth_ = std::max(growth_, last / std::max(norm_, 1e-300));
        return std::isfinite(last) && last <= growth_limit * norm_;
    }

    const Map& generator_;
    const Matrix& state_;
    const Ellipse& ellipse_;
    linalg::BasicWorkspace<Scalar>& ws_;
    Index n_, size_;
    double norm_, tolerance_;
    double growth_ = usual_growth;  ///< max ‖F_k ρ‖/‖ρ‖ as far as it is known
    std::vector<double> tails_;     ///< Σ_{j ≥ k} |b_j| of the output where it is largest
    Index width_;
    Matrix coefficients_, sums_, panel_;
};

}  // namespace redfield::integrators
