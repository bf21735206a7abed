#include "redfield/bath/correlation_bath.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bath/memory.hpp"
#include "bath/sampled.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield {

namespace {

/// A t|C| of this part of ∫|C| where the numbers end leaves the integral unknown; one that is left may
/// hide so many times as much, of any power law that ends within the range of numbers.
constexpr double unfinished_integral = 1e-10, hidden_tail = 50.0;
/// A negative γ of this part of the largest |Γ| is rounding.
constexpr double negative_rounding = 1e-9;

/// t|C| where the panels end.
double left_of(const bath::Panels<Complex>& panels) {
    return panels.last() * std::abs(panels(panels.last() * (1.0 - 1e-12)));
}

}  // namespace

struct CorrelationBath::State {
    explicit State(CorrelationFunction c) : correlation(std::move(c)) {}

    CorrelationFunction correlation;
    bath::Cached<bath::Panels<Complex>> panels;

    std::shared_ptr<const bath::Panels<Complex>> expanded() const {
        return panels.get([&] {
            bath::Panels<Complex> found =
                bath::memory(correlation, std::numeric_limits<double>::infinity());
            double size = 0.0;
            for (const auto& panel : found.panels()) size += std::abs(panel.series[0]) * 2.0 * panel.half;
            if (left_of(found) > unfinished_integral * size)
                throw ConvergenceError("the correlation function decays too slowly: t|C| is still " +
                                       bath::brief(left_of(found), 2) +
                                       " at t = " + bath::brief(found.last()));
            return found;
        });
    }
};

CorrelationBath::CorrelationBath(CorrelationFunction correlation)
    : state_(std::make_shared<State>(std::move(correlation))) {}

void CorrelationBath::one_sided(const double* w, Complex* out, Index count) const {
    const auto panels = state_->expanded();
    bath::for_each_index(count, [&](Index k) { out[k] = panels->fourier(-w[k]); });
}

Complex CorrelationBath::operator()(double w) const {
    Complex out = 0.0;
    one_sided(&w, &out, 1);
    return out;
}

double CorrelationBath::power_spectrum(double w) const {
    const Complex both = (*this)(w);
    const bool rounding = both.real() < 0.0 && both.real() > -negative_rounding * std::abs(both);
    return rounding ? 0.0 : 2.0 * both.real();
}

double CorrelationBath::lamb_shift(double w) const { return (*this)(w).imag(); }

double CorrelationBath::lamb_shift_error() const {
    const auto panels = state_->expanded();
    double error = hidden_tail * left_of(*panels);
    for (const auto& panel : panels->panels())
        error += (panel.error + 1e-15 * panel.size) * 2.0 * panel.half;
    return error;
}

Complex CorrelationBath::correlation(double t) const {
    const double size = std::abs(t);
    Complex c = 0.0;
    state_->correlation.evaluate(&size, &c, 1);
    return t < 0.0 ? std::conj(c) : c;
}

double CorrelationBath::time_scale() const { return state_->correlation.time_scale(); }

std::vector<Feature> CorrelationBath::features() const { return {{0.0, 1.0 / time_scale()}}; }

}  // namespace redfield
