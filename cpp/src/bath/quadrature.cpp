#include "bath/quadrature.hpp"

#include <algorithm>
#include <cmath>

#include "bath/expansion.hpp"
#include "bath/frequency_window.hpp"
#include "bath/pi.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::bath {

namespace {

/// Up to so many frequencies the Lamb shift is computed at each; beyond, from its own panels.
constexpr Index few_frequencies = 4000;
/// How far γ is expanded at least, in the largest frequency asked for, and how much of that is used.
constexpr double expanded_reach = 64.0, used_reach = 0.4;
/// Part of the rates and shifts at the frequencies asked for: a larger estimated error of η is refused.
constexpr double accurate_shift = 1e-8;
/// Relative to ∫γ(ν)/|ω − ν| dν/2π: an η whose error is this small is never refused, be it 0.
constexpr double cancelled_shift = 1e-10;
/// Octaves that γ is followed for a Fourier transform, what lies beyond turning in 1e-18 of the shortest
/// time; and the part of the largest rate above which γ must not be there.
constexpr int fourier_octaves = 60;
constexpr double alive = 1e-9;
/// Relative difference of two constants that are one white noise.
constexpr double white = 1e-12;
/// Probes in the narrowest width: equally spaced ones, and a geometric sequence.
constexpr int near_probes = 300, far_probes = 750;

}  // namespace

void ManyShifts::operator()(const Sampled<double>& shift, const std::vector<Feature>& features,
                            const double* w, double* eta, Index count) const {
    if (count <= few_frequencies) return shift(w, eta, count);
    const auto [least, most] = std::minmax_element(w, w + count);
    const double low = *least, high = *most;
    if (low == high) {
        shift(&low, eta, 1);
        std::fill(eta + 1, eta + count, eta[0]);
        return;
    }
    auto known = known_.peek();
    if (!known || known->low != low || known->high != high) {
        std::vector<double> edges;
        for (int k = 0; k <= 8; ++k) edges.push_back(k == 8 ? high : low + (high - low) / 8.0 * k);
        for (const Feature& feature : features)
            if (low < feature.at && feature.at < high) edges.push_back(feature.at);
        known = known_.replace({low, high, expand(shift, std::move(edges), {tol_, true, false})});
    }
    for_each_index(count, [&](Index k) { eta[k] = known->eta(w[k]); }, many_formulas);
    for (Index k = 0; k < count; ++k) {
        const auto at = std::lower_bound(features.begin(), features.end(), w[k],
                                         [](const Feature& f, double x) { return f.at < x; });
        if (at != features.end() && at->at == w[k]) shift(w + k, eta + k, 1);
    }
}

Quadrature::Quadrature(std::vector<Feature> features, Ends ends)
    : ends_(ends), features_(std::move(features)) {
    require_features(features_);
    std::sort(features_.begin(), features_.end(), [](const Feature& a, const Feature& b) {
        return a.at != b.at ? a.at < b.at : a.width < b.width;
    });
}

double Quadrature::fastest() const {
    if (!ends_.low && !ends_.high) return 0.0;
    return std::max(std::abs(features_.front().at), std::abs(features_.back().at));
}

std::vector<double> Quadrature::probes() const {
    double fine = features_.front().width;
    for (const Feature& feature : features_) fine = std::min(fine, feature.width);
    std::vector<double> steps, out;
    for (int k = 0; 0.37 + k < near_probes; ++k) steps.push_back(fine * (0.37 + k));
    for (int k = 0; k < far_probes; ++k)
        steps.push_back(fine * std::pow(10.0, -3.0 + 9.0 * k / (far_probes - 1.0)));
    const double low = features_.front().at, high = features_.back().at;
    for (const Feature& feature : features_)
        for (const double step : steps)
            for (const double x : {feature.at - step, feature.at + step})
                if ((!ends_.low || x > low) && (!ends_.high || x < high)) out.push_back(x);
    return out;
}

void Quadrature::diverges(Transform transform, const std::string& how, const std::string& where) {
    const bool shift = transform == Transform::hilbert;
    throw std::invalid_argument("the power spectrum " + how + " " + where + ", so that the integral of " +
                                (shift ? "lamb_shift" : "correlation") +
                                " diverges; give it a cutoff there" +
                                (shift ? ", or pass lamb_shift=False to the equation" : ""));
}

Outward Quadrature::ending(const Sampled<double>& f, double start, double width, double side,
                           double reach, Transform transform) const {
    const bool fourier = transform == Transform::fourier;
    OutwardOptions options;
    options.reach = reach;
    options.weighted = fourier;
    options.laws = !fourier;
    if (fourier) options.octaves = fourier_octaves;
    Outward found = outward(f, start, width, side, options);
    if (found.left > (fourier ? alive : 0.0)) diverges(transform, "does not fall off, or too slowly,");
    return found;
}

void Quadrature::require_falling(const std::vector<PowerLaw>& laws) {
    std::vector<double> levels;
    for (const PowerLaw& law : laws) {
        if (law.power < 0.0) diverges(Transform::hilbert, "grows as |ω|^" + brief(-law.power));
        if (law.level()) levels.push_back(law.value);
    }
    // Constants have a Hilbert transform if they are those of white noise.
    if (!levels.empty() && (levels.size() == 1 || std::abs(levels[0] - levels[1]) > white * levels[0]))
        diverges(Transform::hilbert, "stays " + brief(levels[0]));
}

std::vector<PowerLaw> Quadrature::inner_laws(const Sampled<double>& gamma,
                                             const std::vector<double>& edges,
                                             Transform transform) const {
    const double first = features_.front().at, last = features_.back().at;
    std::vector<PowerLaw> laws;
    for (const auto& [start, fine] : features_)
        for (const double side : {-1.0, 1.0}) {
            if ((ends_.low && start == first && side < 0.0) ||
                (ends_.high && start == last && side > 0.0))
                continue;
            double width = fine;  // or what lies between a feature and the next edge
            for (const double x : edges)
                if (x != start) width = std::min(width, std::abs(x - start));
            const std::optional<PowerLaw> law = inward(gamma, start, width, side);
            if (!law) continue;
            if (law->power <= integrable) {
                const std::string distance = start == 0.0 ? "ω" : "ω − " + brief(start, 6);
                diverges(transform, "diverges as |" + distance + "|^" + brief(law->power),
                         "at ω = " + brief(start, 6));
            }
            laws.push_back(*law);
        }
    return laws;
}

Panels<double> Quadrature::expanded(double reach, const std::vector<double>& extra,
                                    Transform transform) const {
    const Sampled<double> gamma = [this](const double* w, double* out, Index count) {
        power_spectrum(w, out, count);
    };
    std::vector<double> edges = graded(features_);
    std::vector<PowerLaw> laws;
    const auto follow = [&](const Feature& from, double side) {
        const Outward found = ending(gamma, from.at, from.width, side, reach, transform);
        edges.insert(edges.end(), found.edges.begin(), found.edges.end());
        if (found.law) laws.push_back(*found.law);
    };
    if (!ends_.low) follow(features_.front(), -1.0);
    if (!ends_.high) follow(features_.back(), 1.0);
    require_falling(laws);
    for (const PowerLaw& law : inner_laws(gamma, edges, transform)) {
        laws.push_back(law);
        edges.push_back(law.start + law.side * law.reach);
    }
    std::vector<double> looks = probes();
    looks.insert(looks.end(), extra.begin(), extra.end());
    return verified(gamma, std::move(edges), looks, laws, {});
}

std::shared_ptr<const Panels<double>> Quadrature::panels() const {
    return panels_.get([&] { return expanded(0.0, {}, Transform::hilbert); });
}

std::shared_ptr<const Panels<double>> Quadrature::panels_for(const RealVector& w) const {
    auto known = panels();
    const double largest = w.size() == 0 ? 0.0 : w.cwiseAbs().maxCoeff();
    const bool far = std::any_of(known->laws().begin(), known->laws().end(), [&](const PowerLaw& law) {
        return !law.inner && std::abs(largest - law.side * law.start) > used_reach * law.reach;
    });
    const double reach = far ? expanded_reach * largest : 0.0;
    if (far) known = std::make_shared<const Panels<double>>(expanded(reach, {}, Transform::hilbert));
    std::vector<double> inside;
    for (const double x : w)
        if (x > known->first() && x < known->last()) inside.push_back(x);
    const std::vector<double> missed = missed_at(
        *known, [this](const double* x, double* out, Index count) { power_spectrum(x, out, count); },
        inside);
    if (missed.empty()) return known;
    return std::make_shared<const Panels<double>>(expanded(reach, missed, Transform::hilbert));
}

Quadrature::Shifts Quadrature::shifts(const RealVector& w) const {
    const auto panels = panels_for(w);
    Shifts out{RealVector(w.size()), RealVector(w.size()), RealVector(w.size())};
    for_each_index(w.size(), [&](Index k) {
        out.value[k] = panels->hilbert(w[k]);
        out.error[k] = panels->hilbert_error(w[k]);
        out.size[k] = panels->hilbert_size(w[k]);
    });
    return out;
}

void Quadrature::shift_at(const double* w, double* eta, Index count) const {
    if (count == 0) return;
    Shifts found = shifts(RealVector::Map(w, count));
    std::vector<double> gamma(static_cast<std::size_t>(count));
    power_spectrum(w, gamma.data(), count);
    // The error beside what is asked for: the rates and shifts at w, not the spectrum's largest.
    double size = 0.0, worst = 0.0;
    for (Index k = 0; k < count; ++k) {
        eta[k] = found.value[k] / (2.0 * pi);
        if (std::isfinite(eta[k])) size = std::max(size, std::abs(eta[k]));
        const double rate = gamma[static_cast<std::size_t>(k)];
        if (std::isfinite(rate)) size = std::max(size, rate);
    }
    for (Index k = 0; k < count; ++k) {
        const double error = found.error[k] / (2.0 * pi), whole = found.size[k] / (2.0 * pi);
        if (std::isfinite(eta[k]) && error > std::max(accurate_shift * size, cancelled_shift * whole))
            worst = std::max(worst, error);
    }
    if (worst > 0.0)
        throw ConvergenceError("the Lamb shift is known to " + brief(worst, 2) +
                               " only, where rates and shifts reach " + brief(size, 2) +
                               "; give the places where the spectrum is not smooth "
                               "as breakpoints, and the "
                               "scale over which it varies");
}

void Quadrature::lamb_shift(const double* w, double* eta, Index count) const {
    many_([this](const double* x, double* out, Index some) { shift_at(x, out, some); }, features_, w, eta,
          count);
}

double Quadrature::lamb_shift_error() const { return expansion_error() + many_.tol() * largest_rate(); }

double Quadrature::expansion_error() const {
    const auto panels = this->panels();
    double error = 0.0;
    for (const auto& panel : panels->panels())
        error = std::max(error, panels->hilbert_error(panel.centre));
    return error / (2.0 * pi);
}

double Quadrature::largest_rate() const {
    double largest = 0.0;
    for (const auto& panel : panels()->panels()) largest = std::max(largest, panel.size);
    return largest;
}

void Quadrature::correlation(const double* t, Complex* c, Index count) const {
    const auto panels = fourier_panels_.get([&] { return expanded(0.0, {}, Transform::fourier); });
    for_each_index(count, [&](Index k) { c[k] = panels->fourier(t[k]) / (2.0 * pi); });
}

std::optional<Windowed> Quadrature::windowed(const RealVector& w, double window) const {
    if (!ends_.low || !ends_.high || !(fastest() * window > many_turns)) return std::nullopt;
    const auto panels = panels_for(w);
    if (!has_narrow_laws(*panels, window)) return std::nullopt;
    return windowed_over_frequencies(*panels, w, window);
}

}  // namespace redfield::bath
