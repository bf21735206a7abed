#include "bath/thermal_quadrature.hpp"

#include <algorithm>
#include <cmath>

#include "bath/expansion.hpp"
#include "bath/pi.hpp"
#include "bath/thermal.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::bath {

namespace {

/// Octaves towards ω = 0 in which a power law is looked for.
constexpr int deepest = 600;
/// Octaves from which on a law is one if its power varies less than `steady_law`, and from which on
/// anyway; and those after which f may be negligible.
constexpr int law_from = 24, law_anyway = 70, negligible_from = 60;
constexpr double steady_law = 1e-12, negligible_half = 1e-18;
/// How far the halves are expanded at least, in the largest frequency asked for, and how much of that is
/// used.
constexpr double half_reach = 8.0, used_of_half = 0.4;

/// Edges that halve towards 0 from `start`, until ∫f/ω (∫f for Fourier's transform) of what is left is
/// negligible or f is a power law.
struct Downward {
    std::vector<double> edges;
    std::optional<PowerLaw> law;
};
Downward downward(const Sampled<double>& f, double start, bool fourier) {
    Downward out;
    double largest = 0.0;
    for (int k = 1; k < deepest; ++k) {
        const double x = std::ldexp(start, -k);
        out.edges.push_back(x);
        const std::vector<double> values = sample(f, {x, 0.5 * x, 0.25 * x, 0.125 * x});
        const double size = *std::max_element(values.begin(), values.end()) * (fourier ? x : 1.0);
        largest = std::max(largest, size);
        const bool positive = std::all_of(values.begin(), values.end(), [](double v) { return v > 0.0; });
        if (!fourier && k >= law_from && largest > 0.0 && positive) {
            std::array<double, 3> powers{};
            for (std::size_t i = 0; i < 3; ++i) powers[i] = std::log2(values[i] / values[i + 1]);
            const auto [least, most] = std::minmax_element(powers.begin(), powers.end());
            if (*most - *least < steady_law * std::max(1.0, std::abs(powers[0])) || k > law_anyway) {
                out.law =
                    PowerLaw{0.0, 1.0, x, values[0], (powers[0] + powers[1] + powers[2]) / 3.0, true};
                return out;
            }
        }
        if ((k >= negligible_from || fourier) && size <= negligible_half * largest) break;
    }
    return out;
}

}  // namespace

ThermalQuadrature::ThermalQuadrature(Bosons bosons, std::vector<Feature> features, Ends ends)
    : Quadrature(std::move(features), ends),
      bosons_(std::move(bosons)),
      scale_(std::min(bosons_.cutoff, thermal_width(bosons_.beta))) {
    require(bosons_.beta > 0.0, "beta must be positive, got ", bosons_.beta);
    require(bosons_.mu <= 0.0, "mu of bosons must not be above their lowest energy 0, got ", bosons_.mu);
    require(std::isfinite(bosons_.cutoff) && bosons_.cutoff > 0.0,
            "the energy over which the spectral density varies must be positive "
            "and finite, got ",
            bosons_.cutoff);
}

void ThermalQuadrature::power_spectrum(const double* w, double* gamma, Index count) const {
    std::vector<double> size(static_cast<std::size_t>(count));
    for (std::size_t k = 0; k < size.size(); ++k) size[k] = std::abs(w[k]);
    bosons_.density(size.data(), gamma, count);
    for (Index k = 0; k < count; ++k) {
        if (std::isinf(bosons_.beta)) {
            if (!(w[k] > 0.0)) gamma[k] = 0.0;
            continue;
        }
        const double x = bosons_.beta * (std::abs(w[k]) - bosons_.mu);
        if (x < 1e-300 || w[k] == 0.0) {
            gamma[k] = bosons_.rate_at_zero;
            continue;
        }
        gamma[k] /= -std::expm1(-x);
        if (!(w[k] > 0.0)) gamma[k] *= std::exp(-x);
    }
}

void ThermalQuadrature::thermal(const double* w, double* out, Index count) const {
    bosons_.density(w, out, count);
    for (Index k = 0; k < count; ++k)
        if (out[k] != 0.0) out[k] /= std::max(std::expm1(bosons_.beta * (w[k] - bosons_.mu)), 1e-300);
}

Panels<double> ThermalQuadrature::half(const Sampled<double>& f, double reach,
                                       const std::vector<double>& extra, Transform transform) const {
    const bool fourier = transform == Transform::fourier;
    // Edges on ω > 0 between the lowest octave and the last feature.
    std::vector<Feature> above;
    double fine = scale_;
    for (const Feature& feature : features())
        if (feature.at > 0.0) {
            above.push_back(feature);
            fine = std::min(fine, feature.at);
        }
    const double start = std::ldexp(fine, -3);
    std::vector<double> edges{start};
    if (!above.empty()) {
        for (const double x : between({0.0, fine}, above.front()))
            if (x > start) edges.push_back(x);
        for (const double x : graded(above))
            if (x > start) edges.push_back(x);
    }
    const double last = *std::max_element(edges.begin(), edges.end());
    const Downward lowest = downward(f, start, fourier);
    edges.insert(edges.end(), lowest.edges.begin(), lowest.edges.end());
    std::vector<PowerLaw> laws;
    if (lowest.law) {
        require(lowest.law->power > -1.0, "the power spectrum diverges as |ω|^", brief(lowest.law->power),
                " at ω = 0, so that the integral of ", fourier ? "correlation" : "lamb_shift",
                " diverges there; the spectral density must vanish at 0");
        laws.push_back(*lowest.law);
    }
    if (above.empty() || !ends_.high) {
        // From 0 as the origin, so that a power law is one.
        const Outward found = ending(f, 0.0, std::max(last, bosons_.cutoff), 1.0, reach, transform);
        for (const double x : found.edges)
            if (x > last) edges.push_back(x);
        if (found.law) {
            require_falling({*found.law});
            laws.push_back(*found.law);
        }
    }
    std::vector<double> looks;
    for (const double x : probes())
        if (x != 0.0) looks.push_back(std::abs(x));
    looks.insert(looks.end(), extra.begin(), extra.end());
    return verified(f, std::move(edges), looks, laws, {1e-13, true, true});
}

ThermalQuadrature::Halves ThermalQuadrature::halves_to(double reach, const std::vector<double>& extra,
                                                       Transform transform) const {
    Halves out{half(bosons_.density, reach, extra, transform), std::nullopt};
    if (std::isfinite(bosons_.beta))
        out.thermal = half([this](const double* w, double* f, Index count) { thermal(w, f, count); },
                           reach, extra, transform);
    return out;
}

std::shared_ptr<const ThermalQuadrature::Halves> ThermalQuadrature::halves() const {
    return halves_.get([&] { return halves_to(0.0, {}, Transform::hilbert); });
}

std::shared_ptr<const ThermalQuadrature::Halves> ThermalQuadrature::halves_for(
    const RealVector& w) const {
    auto known = halves();
    const double largest = w.size() == 0 ? 0.0 : w.cwiseAbs().maxCoeff();
    const auto& laws = known->density.laws();
    const bool far = std::any_of(laws.begin(), laws.end(), [&](const PowerLaw& law) {
        return !law.inner && largest > used_of_half * law.reach;
    });
    const double reach = far ? half_reach * largest : 0.0;
    if (far) known = std::make_shared<const Halves>(halves_to(reach, {}, Transform::hilbert));
    std::vector<double> inside;
    for (const double x : w)
        if (std::abs(x) > known->density.first() && std::abs(x) < known->density.last())
            inside.push_back(std::abs(x));
    const std::vector<double> missed = missed_at(known->density, bosons_.density, inside);
    if (missed.empty()) return known;
    return std::make_shared<const Halves>(halves_to(reach, missed, Transform::hilbert));
}

Quadrature::Shifts ThermalQuadrature::shifts(const RealVector& w) const {
    const auto halves = halves_for(w);
    Shifts out{RealVector(w.size()), RealVector(w.size()), RealVector(w.size())};
    for_each_index(w.size(), [&](Index k) {
        out.value[k] = halves->density.hilbert(w[k]);
        out.error[k] = halves->error(w[k]);
        out.size[k] = halves->density.hilbert_size(w[k]);
        if (!halves->thermal) return;
        // The two halves cancel at small ω, before anything else is added, and at ω = 0 by symmetry.
        if (w[k] != 0.0) out.value[k] += halves->thermal->hilbert(w[k]) - halves->thermal->hilbert(-w[k]);
        out.size[k] += halves->thermal->hilbert_size(w[k]) + halves->thermal->hilbert_size(-w[k]);
    });
    return out;
}

double ThermalQuadrature::Halves::error(double w) const {
    const double own = density.hilbert_error(w);
    if (!thermal || w == 0.0) return own;
    return own + thermal->hilbert_error(w) + thermal->hilbert_error(-w);
}

double ThermalQuadrature::expansion_error() const {
    const auto halves = this->halves();
    double error = 0.0;
    const auto look = [&](const Panels<double>& panels) {
        for (const auto& panel : panels.panels())
            if (panel.centre >= 1e-6 * scale_)
                error = std::max({error, halves->error(panel.centre), halves->error(-panel.centre)});
    };
    look(halves->density);
    if (halves->thermal) look(*halves->thermal);
    return error / (2.0 * pi);
}

double ThermalQuadrature::largest_rate() const {
    // A sub-Ohmic rate has no largest; away from ω = 0 it has.
    const auto halves = this->halves();
    double largest = 0.0;
    const auto look = [&](const Panels<double>& panels) {
        for (const auto& panel : panels.panels())
            if (panel.centre > 1e-3 * scale_) largest = std::max(largest, std::abs(panel.series[0]));
    };
    look(halves->density);
    if (halves->thermal) look(*halves->thermal);
    return largest;
}

void ThermalQuadrature::correlation(const double* t, Complex* c, Index count) const {
    const auto halves = fourier_halves_.get([&] { return halves_to(0.0, {}, Transform::fourier); });
    for_each_index(count, [&](Index k) {
        Complex total = halves->density.fourier(t[k]);
        if (halves->thermal) total += 2.0 * halves->thermal->fourier(t[k]).real();
        c[k] = total / (2.0 * pi);
    });
}

}  // namespace redfield::bath
