#include <algorithm>
#include <cmath>
#include <type_traits>

#include "evolve/checks.hpp"
#include "evolve/faber.hpp"
#include "evolve/methods.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/pages.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::integrators {

namespace {

constexpr double buffer_bytes = 256e6;  // for the outputs of one step, and for a panel
constexpr double growth_limit = 100.0;  // ‖F_k ρ‖/‖ρ‖ beyond this: the ellipse was too small
constexpr double usual_growth = 2.0;    // the bound of ‖F_k‖ on the ellipse itself

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
Index panel_width(double state_bytes, std::size_t outputs) {
    const double bytes = std::min(buffer_bytes, 32e6 * static_cast<double>(outputs));
    return static_cast<Index>(std::clamp(bytes / state_bytes, 1.0, 16.0));
}

/// The error of a sum that leaves out coefficients of absolute sum `tail`, over ‖ρ‖_F: vectors grow by no
/// more than twice what they have grown so far, and the trace's share is put back on ρ itself.
double truncation_error(double tail, double growth) { return tail * (2.0 * growth + 2.0); }

/// One step: the outputs at τ_i = outputs[i] (ascending, the last one is the step's end).
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
        linalg::prefer_large_pages(sums_);
        linalg::prefer_large_pages(panel_);
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
        linalg::parallel_ranges(ws_.threads(), size_, [&](Index first, Index count) {
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
            linalg::parallel_ranges(ws_.threads(), size_, [&](Index first, Index count) {
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

/// The end of the next step and the number of outputs (from `next` on) it covers.
struct Plan {
    double length;
    std::size_t outputs;
};

Plan plan_step(const std::vector<double>& times, std::size_t next, double now, double longest,
               double state_bytes) {
    const double remaining = times.back() - now;
    const double steps = std::max(1.0, std::ceil(remaining / longest));
    const auto room = static_cast<std::size_t>(std::clamp(buffer_bytes / state_bytes, 4.0, 4096.0));
    Plan plan{steps == 1.0 ? remaining : remaining / steps, 0};
    const double slack = 1e-12 * remaining;
    while (next + plan.outputs < times.size() && plan.outputs < room &&
           times[next + plan.outputs] - now <= plan.length + slack)
        ++plan.outputs;
    // Ending on an output saves a column, and a full buffer must end there.
    if (plan.outputs > 0) {
        const double last = times[next + plan.outputs - 1] - now;
        if (plan.outputs == room || last >= 0.5 * plan.length) plan.length = last;
    }
    return plan;
}

template <class Scalar>
void expand(const Generator& generator, const typename Rounding<Scalar>::Map& map, const RealMatrix& rho0,
            const std::vector<double>& times, const EvolveOptions& options,
            const Observer<RealMatrix>& observe, EvolveStats& stats) {
    using Limits = Rounding<Scalar>;
    const Index n = generator.dimension();
    linalg::BasicWorkspace<Scalar> ws(linalg::resolve_threads(options.threads, n));
    MatrixOf<Scalar> moved;  // of the second step and later, or of another precision
    const MatrixOf<Scalar>* state = &moved;
    if constexpr (std::is_same_v<Scalar, double>)
        state = &rho0;
    else
        moved = rho0.cast<Scalar>();
    const auto tell = [&](std::size_t i, const auto& rho) {
        observe(static_cast<Index>(i), RealMatrix(rho.template cast<double>()));
    };
    const double start = times.front(), span = times.back() - start;
    // ‖X‖_F ≤ ‖X‖₁ ≤ √N‖X‖_F turns the tolerance in trace norm into one for the packed state, relative to
    // the norm of the first.
    const double norm = std::max(rho0.norm(), 1e-300);
    const double scale = std::max(norm, std::abs(rho0.trace()));
    const double allowed =
        (options.rtol * scale + options.atol) / std::sqrt(static_cast<double>(n)) / norm;
    // Rounding may grow until it is some share of what is allowed.
    const double budget = std::clamp(std::log(Limits::share * allowed / Limits::unit), 2.0, 10.0);
    SpectralBounds bounds = generator.bounds();
    Ellipse ellipse = exactly_in<Scalar>(Ellipse::around(bounds, span, budget));
    refuse_hopeless(ellipse.reach() * span);
    if (options.precision == Precision::single)
        check_rounding_of_single(ellipse.reach(), span, n, stats.frame, options.rtol);
    double now = start;
    std::size_t next = 1;
    int widened = 0;
    while (next < times.size()) {
        if (ellipse.reach() == 0.0 || times.back() == now) {  // nothing moves, or no time passes
            for (; next < times.size(); ++next) tell(next, *state);
            break;
        }
        const Plan plan = plan_step(times, next, now, ellipse.longest_step,
                                    sizeof(Scalar) * static_cast<double>(rho0.size()));
        std::vector<double> outputs;
        for (std::size_t i = 0; i < plan.outputs; ++i)
            outputs.push_back(std::min(times[next + i] - now, plan.length));
        if (outputs.empty() || outputs.back() < plan.length) outputs.push_back(plan.length);
        // `allowed` is relative to the first state, whose norm a pure one may pass.
        const double relative = norm / std::max(static_cast<double>(state->norm()), 1e-300);
        const double tolerance = std::max(allowed * relative * plan.length / span, Limits::unit);
        FaberStep<Scalar> step(map, *state, ellipse, outputs, tolerance, ws);
        const bool inside = step.run(
            stats, [&](double fraction) { linalg::poll((now - start + fraction * plan.length) / span); });
        if (!inside) {
            bounds = {1.3 * bounds.half_height, 1.6 * bounds.decay};
            ellipse = exactly_in<Scalar>(Ellipse::around(bounds, span, budget));
            ++stats.rejected;
            if (++widened > 40)
                throw ConvergenceError(
                    "evolve: the Chebyshev expansion keeps growing, the generator's spectrum has no "
                    "bound; check that the baths' spectra are finite, or use method \"dopri5\"");
            continue;
        }
        for (std::size_t i = 0; i < plan.outputs; ++i) tell(next + i, step.output(static_cast<Index>(i)));
        if (next + plan.outputs < times.size()) {
            moved = step.output(static_cast<Index>(outputs.size()) - 1);
            state = &moved;
        }
        now = outputs.size() == plan.outputs ? times[next + plan.outputs - 1] : now + plan.length;
        next += plan.outputs;
        ++stats.steps;
    }
}

}  // namespace

void chebyshev(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
               const EvolveOptions& options, const Observer<RealMatrix>& observe, EvolveStats& stats) {
    expand<double>(generator, generator, rho0, times, options, observe, stats);
}

void chebyshev(const Generator& generator, const SingleGenerator& map, const RealMatrix& rho0,
               const std::vector<double>& times, const EvolveOptions& options,
               const Observer<RealMatrix>& observe, EvolveStats& stats) {
    expand<float>(generator, map, rho0, times, options, observe, stats);
}

}  // namespace redfield::integrators
