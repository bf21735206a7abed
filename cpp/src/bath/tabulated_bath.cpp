#include "redfield/bath/tabulated_bath.hpp"

#include <algorithm>
#include <cmath>

#include "bath/frequency_window.hpp"
#include "bath/memory.hpp"
#include "bath/monotone_cubic.hpp"
#include "bath/pi.hpp"
#include "bath/quadrature.hpp"
#include "redfield/base/errors.hpp"

namespace redfield {

namespace {

using Panels = bath::Panels<double, 12>;

/// Error of η at many frequencies, which are interpolated, and rounding of η and C, of the largest γ.
constexpr double interpolated = 1e-8, rounding_of_shift = 1e-14;

void check(const std::vector<double>& w, const std::vector<double>& gamma) {
    require(w.size() == gamma.size() && w.size() >= 2,
            "TabulatedBath: frequencies and values must be two lists of one "
            "length >= 2, got ",
            w.size(), " and ", gamma.size());
    for (std::size_t k = 0; k < w.size(); ++k) {
        require(std::isfinite(w[k]), "TabulatedBath: frequencies[", k, "] is not finite");
        require(k == 0 || w[k] > w[k - 1], "TabulatedBath: frequencies must ascend, frequencies[", k,
                "] = ", w[k], " does not");
        require(std::isfinite(gamma[k]) && gamma[k] >= 0.0, "TabulatedBath: the power spectrum at ", w[k],
                " is ", gamma[k], "; it must be finite and not negative");
    }
}

}  // namespace

struct TabulatedBath::Table {
    Table(bath::MonotoneCubic interpolant, std::optional<double> inverse_temperature, Outside beyond)
        : cubic(std::move(interpolant)),
          beta(inverse_temperature),
          outside(beyond),
          panels(expanded()),
          features(places()) {}

    bath::MonotoneCubic cubic;
    std::optional<double> beta;  // of a table that detailed balance completes
    Outside outside;
    Panels panels;
    std::vector<Feature> features;
    bath::ManyShifts many{interpolated};

    double low() const { return beta ? -cubic.knots().back() : cubic.knots().front(); }
    double high() const { return cubic.knots().back(); }

    double inside(double w) const {
        if (!beta || w >= 0.0) return cubic(w);
        return std::exp(*beta * w) * cubic(-w);
    }

    /// γ as a polynomial on each panel, to rounding.
    Panels expanded() const {
        std::vector<Panels::Panel> out;
        const auto& x = cubic.knots();
        const auto add = [&](double left, double right, auto&& gamma) {
            Panels::Series values;
            const double half = 0.5 * (right - left);
            for (Index k = 0; k < Panels::order; ++k)
                values[k] = gamma(left + half * (1.0 + Panels::rule().x[k]));
            out.emplace_back(left, right, values);
        };
        for (std::size_t k = x.size() - 1; beta && k-- > 0;) {
            // e^{−βx} falls by less than e on each panel, which its series resolves; after e^{−45}
            // nothing is left.
            const double end = std::min(x[k + 1], 45.0 / *beta), h = end - x[k];
            if (h <= 0.0) continue;
            const auto parts = std::max(1, static_cast<int>(std::ceil(*beta * h)));
            const auto edge = [&](int i) { return i == parts ? end : x[k] + h * i / parts; };
            for (int i = parts; i-- > 0;)
                add(-edge(i + 1), -edge(i),
                    [&](double w) { return std::exp(*beta * w) * cubic.on(k, -w); });
        }
        for (std::size_t k = 0; k + 1 < x.size(); ++k)
            add(x[k], x[k + 1], [&](double w) { return cubic.on(k, w); });
        return Panels(std::move(out));
    }

    std::vector<Feature> places() const {
        const auto& knots = cubic.knots();
        const double width = (knots.back() - knots.front()) / 10.0;
        std::vector<Feature> out;
        if (beta)
            for (auto x = knots.rbegin(); x + 1 != knots.rend(); ++x) out.push_back({-*x, width});
        for (const double x : knots) out.push_back({x, width});
        return out;
    }
};

TabulatedBath::TabulatedBath(const std::vector<double>& frequencies, const std::vector<double>& values,
                             std::optional<double> beta, Outside outside) {
    check(frequencies, values);
    if (beta) {
        require(*beta > 0.0, "TabulatedBath: beta must be positive, got ", *beta);
        require(frequencies.front() == 0.0,
                "TabulatedBath: detailed balance completes frequencies that start "
                "at 0, got ",
                frequencies.front());
    }
    table_ = std::make_shared<Table>(bath::MonotoneCubic(frequencies, values), beta, outside);
}

TabulatedBath::TabulatedBath(const std::vector<double>& frequencies, const std::vector<double>& values,
                             Outside outside)
    : TabulatedBath(frequencies, values, std::nullopt, outside) {}

TabulatedBath TabulatedBath::thermal(const std::vector<double>& frequencies,
                                     const std::vector<double>& values, double beta, Outside outside) {
    return {frequencies, values, beta, outside};
}

double TabulatedBath::power_spectrum(double w) const {
    const bool inside = w >= table_->low() && w <= table_->high();
    require(inside || table_->outside == Outside::zero, "TabulatedBath: no value at ", w, ", outside [",
            table_->low(), ", ", table_->high(), "]");
    return inside ? table_->inside(w) : 0.0;
}

void TabulatedBath::power_spectrum(const double* w, double* gamma, Index count) const {
    for (Index k = 0; k < count; ++k) gamma[k] = power_spectrum(w[k]);
}

double TabulatedBath::lamb_shift(double w) const { return table_->panels.hilbert(w) / (2.0 * bath::pi); }

void TabulatedBath::lamb_shift(const double* w, double* eta, Index count) const {
    const bath::Sampled<double> shift = [this](const double* x, double* out, Index some) {
        bath::for_each_index(some, [&](Index k) { out[k] = lamb_shift(x[k]); });
    };
    table_->many(shift, table_->features, w, eta, count);
}

double TabulatedBath::lamb_shift_error() const {
    return (rounding_of_shift + interpolated) * table_->cubic.largest();
}

Complex TabulatedBath::correlation(double t) const {
    return table_->panels.fourier(t) / (2.0 * bath::pi);
}

void TabulatedBath::correlation(const double* t, Complex* c, Index count) const {
    bath::for_each_index(count, [&](Index k) { c[k] = correlation(t[k]); });
}

double TabulatedBath::time_scale() const {
    return 1.0 /
           (std::max(std::abs(table_->low()), std::abs(table_->high())) + table_->features.front().width);
}

double TabulatedBath::noise() const { return rounding_of_shift; }

const std::vector<Feature>& TabulatedBath::features() const { return table_->features; }

Windowed TabulatedBath::windowed(const RealVector& w, double window) const {
    const double fastest = std::max(std::abs(table_->low()), std::abs(table_->high()));
    if (fastest * window > bath::many_turns)
        return bath::windowed_over_frequencies(table_->panels, w, window);
    return bath::windowed_over_times(*this, w, window);
}

}  // namespace redfield
