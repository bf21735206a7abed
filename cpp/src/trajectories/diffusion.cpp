#include "redfield/trajectories/diffusion.hpp"

#include <algorithm>
#include <cmath>

#include "evolve/checks.hpp"
#include "trajectories/columns.hpp"
#include "trajectories/expansion.hpp"
#include "trajectories/form.hpp"
#include "trajectories/groups.hpp"

namespace redfield::trajectories {

struct Diffusion::Parts {
    Form form;
    std::vector<KetOperator<double>> jumps;
    double step;
};

namespace {

constexpr double splitting_error = 1e-3;

/// Strang's remainder is about τ²/24 of the double commutators, over the whole time.
double usual_step(const SpectralBounds& bounds, double span) {
    const double rate = 2.0 * bounds.decay, all = 2.0 * bounds.half_height + rate;
    if (rate == 0.0 || span == 0.0) return std::numeric_limits<double>::infinity();
    return std::min(std::sqrt(24.0 * splitting_error / (span * rate * all * all)), 0.1 / rate);
}

/// Diffusing kets, all at one time.
template <class Scalar>
class Diffusing {
    using Lanes = linalg::Lanes<Scalar>;
    using LanesIn = linalg::LanesIn<Scalar>;
    using LanesOut = linalg::LanesOut<Scalar>;
    using Jumps = std::vector<KetOperator<Scalar>>;
    static constexpr Index width = lanes<Scalar>;

  public:
    Diffusing(const Form& form, const KetOperator<Scalar>& drift, const Jumps& jumps,
              const std::vector<double>& times, const Observed<Scalar>& observed, double rtol,
              double longest)
        : jumps_(jumps),
          n_(form.dimension()),
          times_(times),
          observed_(observed),
          expansion_(drift, form.ellipse),
          longest_(longest),
          tolerance_(std::max(std::is_same_v<Scalar, double> ? 1e-14 : 1e-7, 1e-3 * rtol)),
          psi_(static_cast<std::size_t>(panel_size<Scalar>(n_))),
          term_(psi_.size()),
          product_(psi_.size()) {}

    void run(std::int64_t first, Index count, const Start& start, std::uint64_t seed,
             const Record& record) {
        random_.clear();
        std::fill(psi_.begin(), psi_.end(), Scalar(0));
        weight_.setOnes();
        for (Index l = 0; l < width; ++l) {
            random_.emplace_back(seed, first + l);
            if (l < count)
                put(chosen(start, random_.back()), psi_.data(), n_, l);
            else
                psi_[static_cast<std::size_t>(l)] = 1;  // nobody's, but finite
        }
        observe(0, count, record);
        for (std::size_t t = 1; t < times_.size(); ++t) {
            const double span = times_[t] - times_[t - 1];
            integrators::refuse_hopeless(span / longest_);
            const auto steps = static_cast<long>(std::ceil(span / longest_));
            if (steps > 0) {
                const double tau = span / static_cast<double>(steps);
                const std::vector<double> half = expansion_.coefficients(0.5 * tau, tolerance_);
                const std::vector<double> whole = expansion_.coefficients(tau, tolerance_);
                drift(half);
                for (long k = 0; k < steps; ++k) {
                    base::poll();
                    for (std::size_t j = 0; j < jumps_.size(); ++j) kick(jumps_[j], 0.5 * tau);
                    for (std::size_t j = jumps_.size(); j-- > 0;) kick(jumps_[j], 0.5 * tau);
                    drift(k + 1 < steps ? whole : half);
                }
            }
            observe(static_cast<Index>(t), count, record);
        }
    }

  private:
    /// ψ → e^{Gτ}ψ, normalised; the norm goes to the weight.
    void drift(const std::vector<double>& coefficients) {
        weights_.clear();
        for (Index l = 0; l < width; ++l) weights_.set(l, coefficients);
        std::copy(psi_.begin(), psi_.end(), expansion_.start());
        expansion_.expand(weights_.terms());
        expansion_.sum(weights_, psi_.data());
        normalise();
    }

    void normalise() {
        const Sums<Scalar> norms = squared_norms(psi_.data(), n_);
        weight_ *= norms;
        const Lanes scale = norms.sqrt().inverse().template cast<Scalar>();
        for (Index at = 0; at < panel_size<Scalar>(n_); at += width) LanesOut(psi_.data() + at) *= scale;
    }

    /// ψ → e^{Lζ}ψ with ⟨|ζ|²⟩ = v about v⟨L⟩*.
    void kick(const KetOperator<Scalar>& jump, double v) {
        Sums<Scalar> mean_re, mean_im, zeta_re, zeta_im;
        jump.expectation(psi_.data(), product_.data(), mean_re, mean_im);
        for (Index l = 0; l < width; ++l) {
            const Complex xi = std::sqrt(v) * random_[static_cast<std::size_t>(l)].normal();
            const Complex shift = v * Complex(mean_re[l], -mean_im[l]);
            zeta_re[l] = xi.real() + shift.real();
            zeta_im[l] = xi.imag() + shift.imag();
            // The density of ζ that was meant over that of ζ as drawn.
            weight_[l] *= std::exp((std::norm(xi) - std::norm(xi + shift)) / v);
        }
        // Lψ is known already; the series ends when its terms are rounding.
        std::copy(psi_.begin(), psi_.end(), term_.begin());
        for (int k = 1; k < 60; ++k) {
            if (k > 1) jump.multiply(term_.data(), product_.data());
            const Lanes re = (zeta_re / k).template cast<Scalar>(),
                        im = (zeta_im / k).template cast<Scalar>();
            Lanes size = Lanes::Zero();
            for (Index at = 0; at < width * n_; at += width) {
                const LanesIn a(product_.data() + at), b(product_.data() + width * n_ + at);
                const Lanes x = re * a - im * b, y = re * b + im * a;
                size += x * x + y * y;
                LanesOut(term_.data() + at) = x;
                LanesOut(term_.data() + width * n_ + at) = y;
                LanesOut(psi_.data() + at) += x;
                LanesOut(psi_.data() + width * n_ + at) += y;
            }
            if (static_cast<double>(size.maxCoeff()) <= tolerance_ * tolerance_) break;
        }
        normalise();
    }

    void observe(Index output, Index count, const Record& record) {
        typename Observed<Scalar>::Due due;
        due.any = true;
        for (Index l = 0; l < count; ++l) {
            due.output[static_cast<std::size_t>(l)] = output;
            if (!std::isfinite(weight_[l]))
                throw ConvergenceError(
                    "trajectories: a ket of the diffusion is not finite; shorten its step");
            if (record.weights != nullptr)
                record.weights[l * static_cast<Index>(times_.size()) + output] = weight_[l];
        }
        observed_.write(due, psi_.data(), product_.data(), record);
    }

    const Jumps& jumps_;
    Index n_;
    const std::vector<double>& times_;
    const Observed<Scalar>& observed_;
    Expansion<Scalar> expansion_;
    double longest_, tolerance_;
    Aligned<Scalar> psi_, term_, product_;
    typename Expansion<Scalar>::Weights weights_;
    Sums<Scalar> weight_;
    std::vector<Random> random_;
};

}  // namespace

Diffusion::Diffusion(Operator drift, Operators jumps, double step) {
    require(std::isfinite(step) && step >= 0.0, "Diffusion: the step must not be negative, got ", step);
    Form form = form_of(std::move(drift), std::move(jumps));
    std::vector<KetOperator<double>> operators(form.jumps.begin(), form.jumps.end());
    parts_ = std::make_unique<const Parts>(Parts{std::move(form), std::move(operators), step});
}

Diffusion::~Diffusion() = default;
Diffusion::Diffusion(Diffusion&&) noexcept = default;

Index Diffusion::dimension() const { return parts_->form.dimension(); }

void Diffusion::run(std::int64_t count, const Start& start, const std::vector<double>& times,
                    const Operators& observables, const Options& options, const Record& record) const {
    check(count, dimension(), start, times, observables, options, record);
    const double span = times.back() - times.front();
    double step = std::min(parts_->step > 0.0 ? parts_->step : usual_step(parts_->form.bounds, span),
                           parts_->form.ellipse.longest_step);
    // The terms of a step's expansion are to fit.
    step = std::min(step, 12.0 / std::max(parts_->form.ellipse.reach(), 1e-300));
    if (span / step > 1e9)
        throw ConvergenceError(
            "trajectories: the diffusion needs more than 1e9 steps; check the units, or take jumps");
    in_precision(options, parts_->form.ellipse, times, [&](auto zero) {
        using Scalar = decltype(zero);
        std::optional<KetOperator<Scalar>> made;
        std::optional<std::vector<KetOperator<Scalar>>> made_jumps;
        const Form& form = parts_->form;
        const auto& given = parts_->jumps;
        const auto& drift = given_or_made(form.drift, made, form.drift);
        const auto& jumps = given_or_made(given, made_jumps, given.begin(), given.end());
        const Observed<Scalar> observed(dimension(), times, observables);
        in_groups(count, dimension(), start, times, options, record, observed, [&] {
            return Diffusing<Scalar>(form, drift, jumps, times, observed, options.rtol, step);
        });
    });
}

RealVector Diffusion::survival(const Eigen::VectorXcd& ket, const std::vector<double>& times,
                               double least, const Monitor& monitor) const {
    check(ket, dimension(), times, least);
    const base::Caller caller;
    const base::Watch watch(monitor);
    return survival_of(parts_->form, ket, times, least);
}

}  // namespace redfield::trajectories
