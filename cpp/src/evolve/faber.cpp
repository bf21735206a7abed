#include "evolve/faber.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace redfield::integrators {

namespace {

/// About how many terms reach full accuracy when τ·reach = x.
double terms_for(double x) { return x + 6.0 * std::cbrt(x) + 15.0; }

constexpr double long_step = 600.0;  // τ·reach beyond which longer steps save nothing worth their memory

/// Makes Σ b_k F_k(0) = 1 by b₀: since tr 𝓛ρ = 0, the trace of Σ b_k F_k(𝓛)ρ is then that of ρ however
/// early the series ends. The change is within the truncation error.
void conserve_trace(const Ellipse& ellipse, std::vector<double>& coefficients) {
    const std::vector<double> at_zero =
        faber_at_zero(ellipse, static_cast<Eigen::Index>(coefficients.size()));
    double sum = 0.0;
    for (std::size_t k = 0; k < coefficients.size(); ++k) sum += coefficients[k] * at_zero[k];
    coefficients[0] += 1.0 - sum;
}

}  // namespace

OutputCost OutputCost::of(const std::vector<double>& times, Eigen::Index elements, double application) {
    const double span = times.back() - times.front();
    if (!(span > 0.0)) return {1.0, 0.0};
    // A term takes the time of its coefficient, and of a multiplication and an addition for each element.
    const double term = 4.0 + 0.1 * static_cast<double>(elements);
    return {span / static_cast<double>(times.size() - 1), term / application};
}

std::vector<double> faber_at_zero(const Ellipse& ellipse, Eigen::Index count) {
    const double x = -ellipse.centre / ellipse.radius();
    std::vector<double> values{1.0, x};
    for (std::size_t k = 1; values.size() < static_cast<std::size_t>(count); ++k)
        values.push_back(x * values[k] + (k == 1 ? 2.0 : 1.0) * ellipse.q() * values[k - 1]);
    values.resize(static_cast<std::size_t>(count));
    return values;
}

Ellipse Ellipse::around(const Region& region, double span, double budget, const OutputCost& outputs) {
    const double decay = region.box.decay, half_height = region.box.half_height;
    // Outputs cost w·x of the applications of a step with τ·reach = x: (1 + wx) terms_for(x)/x ≈ (1 +
    // wx)(1 + 5.5/√x) is least at x = (2.75/w)^⅔.
    const double balance =
        outputs.term > 0.0 ? std::pow(5.5 * outputs.spacing / outputs.term, 2.0 / 3.0) : 0.0;
    const auto step_of = [&](double reach, double excess) {
        double step = reach > 0.0 ? std::min(span, long_step / reach) : span;
        if (reach > 0.0 && outputs.term > 0.0)
            step = std::min(step, std::max(outputs.spacing, balance / std::cbrt(reach)));
        return excess > 0.0 ? std::min(step, budget / excess) : step;
    };
    Ellipse best{0.0, 0.0, half_height, step_of(half_height, 0.0)};
    if (decay == 0.0) return best;
    double least = std::numeric_limits<double>::infinity();
    const auto try_one = [&](double middle, double ratio) {
        Ellipse e{-middle, ratio * std::max(middle, decay - middle), 0.0, 0.0};
        const auto reach_up = [&](double damped, double height) {
            const double along = (damped - middle) / e.a;
            e.b = std::max(e.b, height / std::sqrt(1.0 - along * along));
        };
        reach_up(0.0, region.knee > 0.0 ? region.undamped : half_height);
        reach_up(region.knee, half_height);
        reach_up(decay, half_height);
        const double growth = e.a - middle;
        e.longest_step = step_of(e.reach(), growth);
        // An ellipse that reaches into growth has larger coefficients, a term or so for each factor e.
        const double terms = terms_for(e.longest_step * e.reach()) + e.longest_step * growth;
        const double cost = (1.0 + e.burden(outputs)) * terms / e.longest_step;
        if (!(cost < least)) return;
        least = cost;
        best = e;
    };
    if (region.knee == 0.0)
        for (double ratio = 1.05; ratio < 100.0; ratio *= 1.1) try_one(0.5 * decay, ratio);
    else
        for (double share = 0.5; share <= 1.5; share += 0.1)
            for (double excess = 1e-3; excess < 10.0; excess *= 1.6) try_one(share * decay, 1.0 + excess);
    return best;
}

Region Region::wider() const {
    if (knee > 0.0 && 2.0 * undamped < box.half_height) return {box, 2.0 * undamped, 0.5 * knee};
    if (knee > 0.0) return box;
    return SpectralBounds{1.3 * box.half_height, 1.6 * box.decay};
}

Region Region::likely(const SpectralBounds& bounds, double span) {
    // The box is as good where damping is weak or short, and needs no search.
    if (bounds.decay < 0.3 * bounds.half_height || bounds.half_height * span < 20.0) return bounds;
    const Region narrow(bounds, 0.25 * bounds.half_height, 0.5 * bounds.decay);
    const auto terms = [span](const Region& region) {
        return Ellipse::around(region, span, largest_budget).terms(span);
    };
    return terms(narrow) < 0.85 * terms(bounds) ? narrow : Region(bounds);
}

double Ellipse::terms(double span) const {
    if (span <= 0.0 || longest_step <= 0.0) return 0.0;
    const double steps = std::ceil(span / longest_step);
    return steps * terms_for(span / steps * reach());
}

std::vector<double> faber_coefficients(const Ellipse& ellipse, double tau, double tolerance,
                                       bool conserve) {
    const double x = tau * ellipse.radius(), q = ellipse.q();
    if (x < 1e-9) {  // two terms are exact to rounding, and Miller's ratios k/x would overflow
        std::vector<double> two{1.0, x};
        if (conserve)
            conserve_trace(ellipse, two);
        else
            two[0] += tau * ellipse.centre;
        return two;
    }
    // Beyond k ≈ τ·reach the coefficients fall faster than any power; start well inside that region.
    const double turning = tau * ellipse.reach();
    const auto start = static_cast<std::size_t>(1.2 * turning + 12.0 * std::cbrt(turning) + 60.0);
    std::vector<double> coefficients(start + 2, 0.0);
    coefficients[start] = 1e-280;
    for (std::size_t k = start; k >= 1; --k) {
        coefficients[k - 1] = static_cast<double>(k) / x * coefficients[k] - q * coefficients[k + 1];
        if (std::abs(coefficients[k - 1]) > 1e250)
            for (std::size_t j = k - 1; j <= start; ++j) coefficients[j] *= 1e-250;
    }
    double sum = coefficients[0], power = 1.0;
    for (std::size_t k = 1; k <= start; ++k) {
        power *= -q;
        sum += coefficients[k] * (1.0 + power);
    }
    sum *= std::exp(-tau * (ellipse.centre + ellipse.a));
    double tail = 0.0;
    std::size_t size = start + 1;
    while (size > 1 && tail + std::abs(coefficients[size - 1] / sum) < tolerance) {
        tail += std::abs(coefficients[size - 1] / sum);
        --size;
    }
    coefficients.resize(size);
    for (double& c : coefficients) c /= sum;
    if (conserve) conserve_trace(ellipse, coefficients);
    return coefficients;
}

}  // namespace redfield::integrators
