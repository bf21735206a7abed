#include "redfield/bath/correlation_bath.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bath/memory.hpp"
#include "bath/sampled.hpp"
#include "redfield/base/errors.hpp"

namespace redfield {

namespace {

/// A t|C| of this part of ∫|C| where the numbers end leaves the integral unknown; one that is left may
/// hide so many times as much, of any power law that ends within the range of numbers.
constexpr double unfinished_integral = 1e-10, hidden_tail = 50.0;
/// A negative γ of this part of the largest rate is rounding.
constexpr double negative_rounding = 1e-9;

/// t|C| where the panels end.
double left_of(const bath::Panels<Complex>& panels) {
    return panels.last() * std::abs(panels(panels.last() * (1.0 - 1e-12)));
}

}  // namespace

struct CorrelationBath::State {
    State(Function c, double scale, double rounding)
        : function(std::move(c)), time_scale(scale), noise(rounding) {}

    Function function;
    double time_scale, noise;
    bath::Cached<bath::Panels<Complex>> panels;
};

CorrelationBath::CorrelationBath(Function correlation, double time_scale, double noise)
    : state_(std::make_shared<State>(std::move(correlation), time_scale, noise)) {
    require(static_cast<bool>(state_->function), "CorrelationBath: C is an empty function");
    require(std::isfinite(time_scale) && time_scale > 0.0,
            "CorrelationBath: time_scale must be positive and finite, got ", time_scale);
    require(noise >= 0.0, "CorrelationBath: noise must not be negative, got ", noise);
}

std::shared_ptr<const bath::Panels<Complex>> CorrelationBath::panels() const {
    return state_->panels.get([&] {
        bath::Panels<Complex> found = bath::memory(*this, std::numeric_limits<double>::infinity());
        double size = 0.0;
        for (const auto& panel : found.panels()) size += std::abs(panel.series[0]) * 2.0 * panel.half;
        if (left_of(found) > unfinished_integral * size)
            throw ConvergenceError("the correlation function decays too slowly: t|C| is still " +
                                   bath::brief(left_of(found), 2) +
                                   " at t = " + bath::brief(found.last()));
        return found;
    });
}

void CorrelationBath::one_sided(const double* w, Complex* out, Index count) const {
    const auto panels = this->panels();
    bath::for_each_index(count, [&](Index k) { out[k] = panels->fourier(-w[k]); });
}

Complex CorrelationBath::operator()(double w) const {
    Complex out = 0.0;
    one_sided(&w, &out, 1);
    return out;
}

void CorrelationBath::power_spectrum(const double* w, double* gamma, Index count) const {
    std::vector<Complex> both(static_cast<std::size_t>(count));
    one_sided(w, both.data(), count);
    double largest = 0.0;
    for (const Complex& each : both) largest = std::max(largest, std::abs(each.real()));
    for (Index k = 0; k < count; ++k) {
        const double half = both[static_cast<std::size_t>(k)].real();
        gamma[k] = half < 0.0 && half > -negative_rounding * largest ? 0.0 : 2.0 * half;
    }
}

double CorrelationBath::power_spectrum(double w) const {
    double gamma = 0.0;
    power_spectrum(&w, &gamma, 1);
    return gamma;
}

double CorrelationBath::lamb_shift(double w) const { return (*this)(w).imag(); }

double CorrelationBath::lamb_shift_error() const {
    const auto panels = this->panels();
    double error = hidden_tail * left_of(*panels);
    for (const auto& panel : panels->panels())
        error += (panel.error + 1e-15 * panel.size) * 2.0 * panel.half;
    return error;
}

void CorrelationBath::correlation(const double* t, Complex* c, Index count) const {
    std::vector<double> size(static_cast<std::size_t>(count));
    for (Index k = 0; k < count; ++k) size[static_cast<std::size_t>(k)] = std::abs(t[k]);
    state_->function(size.data(), c, count);
    for (Index k = 0; k < count; ++k)
        if (t[k] < 0.0) c[k] = std::conj(c[k]);
}

Complex CorrelationBath::correlation(double t) const {
    Complex c = 0.0;
    correlation(&t, &c, 1);
    return c;
}

double CorrelationBath::time_scale() const { return state_->time_scale; }

double CorrelationBath::noise() const { return state_->noise; }

std::vector<Feature> CorrelationBath::features() const { return {{0.0, 1.0 / time_scale()}}; }

}  // namespace redfield
