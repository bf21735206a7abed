#include "bath/edges.hpp"

#include <algorithm>
#include <cmath>

namespace redfield::bath {

namespace {

/// Nearer together than this part of their widths, two features are one.
constexpr double same_feature = 1e-9;
/// Farthest that a function is followed, and the largest number a power law may reach.
constexpr double farthest = 1e280, largest_number = 1e290;
/// Relative change between octaves below which a local power is the power of a law.
constexpr double steady = 3e-13;
/// A power this small is that of a constant.
constexpr double level_power = 1e-6;
/// Octaves in which what is left of a function does not fall any more, and its part of the largest:
/// rounding.
constexpr std::size_t flat_octaves = 8;
constexpr double flat_noise = 1e-12;
/// Octaves below a feature's width, or its place, at which the power law beside it is looked for: nearer
/// the rounding of x, farther what is left of f beside its law, would tell; and by how much its power may
/// vary.
constexpr int inward_octaves = 26;
constexpr double singular = 1e-5;

bool is_noise(const std::vector<double>& sizes, double loudest) {
    if (sizes.size() < flat_octaves) return false;
    const auto recent = sizes.end() - flat_octaves, half = sizes.end() - flat_octaves / 2;
    return *std::max_element(recent, sizes.end()) <= flat_noise * loudest &&
           *std::max_element(half, sizes.end()) > 0.25 * *std::max_element(recent, half);
}

double spread(const std::vector<double>& x) {
    const auto [least, most] = std::minmax_element(x.begin(), x.end());
    return *most - *least;
}

/// The law by which f falls, or rises, from x on: it must hold for octaves.
std::optional<PowerLaw> power_law(const Sampled<double>& f, double start, double side, double x) {
    std::vector<double> octaves, at;
    for (const int k : {0, 1, 2, 3, 20, 40, 80, 160})
        if (std::log2(largest_number / x) > k) {
            octaves.push_back(k);
            at.push_back(start + side * std::ldexp(x, k));
        }
    if (octaves.size() < 5) return std::nullopt;
    const std::vector<double> values = sample(f, at);
    for (std::size_t k = 0; k < 4; ++k)
        if (!(values[k] > 0.0)) return std::nullopt;
    std::vector<double> near, powers;
    for (std::size_t k = 0; k < 3; ++k) near.push_back(std::log2(values[k] / values[k + 1]));
    if (!(spread(near) <= steady * std::max(1.0, std::abs(near[0])))) return std::nullopt;
    for (std::size_t k = 1; k < octaves.size(); ++k) {
        // One that is beyond the range of numbers tells nothing.
        if (!(std::abs(std::log2(values[0]) - near[0] * octaves[k]) < std::log2(largest_number)))
            continue;
        if (!(values[k] > 0.0 && std::isfinite(values[k]))) return std::nullopt;
        powers.push_back((std::log2(values[0]) - std::log2(values[k])) / octaves[k]);
    }
    if (!(spread(powers) <= steady * std::max(1.0, std::abs(powers[0])))) return std::nullopt;
    // The longest way tells the power best.
    const double power = powers.back();
    return PowerLaw{start, side, x, values[0], std::abs(power) < level_power ? 0.0 : power};
}

}  // namespace

std::vector<double> between(Feature left, Feature right) {
    std::vector<double> out;
    const double middle = 0.5 * (left.at + right.at), half = middle - left.at;
    constexpr double least = 1e-300;  // a width may be so small that a part of it is none
    for (double step = std::max(nearest * left.width, least); step < 0.75 * half; step *= 2.0)
        out.push_back(left.at + step);
    for (double step = std::max(nearest * right.width, least); step < 0.75 * half; step *= 2.0)
        out.push_back(right.at - step);
    if (!out.empty()) out.push_back(middle);
    return out;
}

std::vector<double> graded(std::vector<Feature> features) {
    std::sort(features.begin(), features.end(), [](const Feature& a, const Feature& b) {
        return a.at != b.at ? a.at < b.at : a.width < b.width;
    });
    std::vector<Feature> ordered;
    for (const Feature& next : features) {
        if (!ordered.empty() &&
            next.at - ordered.back().at <= same_feature * std::min(next.width, ordered.back().width))
            ordered.back().width = std::min(next.width, ordered.back().width);
        else
            ordered.push_back(next);
    }
    // A wide feature beside a narrow one begins as finely as the narrow one has become there.
    for (std::size_t k = 1; k < ordered.size(); ++k)
        ordered[k].width =
            std::min(ordered[k].width, ordered[k - 1].width + (ordered[k].at - ordered[k - 1].at));
    for (std::size_t k = ordered.size(); k-- > 1;)
        ordered[k - 1].width =
            std::min(ordered[k - 1].width, ordered[k].width + (ordered[k].at - ordered[k - 1].at));
    std::vector<double> out;
    for (std::size_t k = 0; k < ordered.size(); ++k) {
        out.push_back(ordered[k].at);
        if (k + 1 == ordered.size()) continue;
        const std::vector<double> inside = between(ordered[k], ordered[k + 1]);
        out.insert(out.end(), inside.begin(), inside.end());
    }
    std::sort(out.begin(), out.end());
    return out;
}

template <class Scalar>
Outward outward(const Sampled<Scalar>& f, double start, double width, double side,
                const OutwardOptions& options) {
    std::vector<double> edges, sizes;
    double largest = 0.0, loudest = 0.0, last = 0.0;
    int quiet = 0;
    for (int k = 0; k < options.octaves; ++k) {
        const double x = std::ldexp(nearest * width, k);
        if (!(x < farthest)) break;
        edges.push_back(start + side * x);
        std::vector<double> at;
        for (const double part : probed) at.push_back(start + side * part * x);
        const std::vector<Scalar> values = sample(f, at);
        double size = 0.0;
        last = 0.0;
        for (std::size_t i = 0; i < at.size(); ++i) {
            last = std::max(last, std::abs(values[i]));
            size = std::max(size, (options.weighted ? probed[i] * x : 1.0) * std::abs(values[i]));
        }
        largest = std::max(largest, size);
        loudest = std::max(loudest, last);
        quiet = size <= options.tol * largest || last <= options.noise * loudest ? quiet + 1 : 0;
        if (x < std::max(options.reach, 8.0 * width)) continue;
        if (quiet >= 2 && (largest > 0.0 || k > 60)) return {edges, std::nullopt, 0.0};
        sizes.push_back(last);
        if (!options.laws && is_noise(sizes, loudest)) {
            edges.resize(edges.size() + 1 - flat_octaves);
            return {edges, std::nullopt, size / largest};
        }
        if constexpr (std::is_same_v<Scalar, double>) {
            if (!options.laws || k <= 24) continue;
            if (const auto law = power_law(f, start, side, x)) return {edges, law, 0.0};
        }
    }
    return {edges, std::nullopt, loudest > 0.0 ? last / loudest : 0.0};
}

template Outward outward(const Sampled<double>&, double, double, double, const OutwardOptions&);
template Outward outward(const Sampled<Complex>&, double, double, double, const OutwardOptions&);

std::optional<std::vector<double>> until_negligible(const std::function<double(double)>& size,
                                                    Feature last, double tol) {
    constexpr int octaves = 2000, empty = 60;
    // A function that has grown over so many octaves, or to such a size, will not end before numbers do.
    constexpr int endless = 100, long_rise = 30;
    constexpr double huge = 1e200;
    std::vector<double> edges;
    double largest = 0.0, before = 0.0;
    for (int k = 0, quiet = 0, rising = 0; k < octaves; ++k) {
        const double x = std::ldexp(nearest * last.width, k);
        if (!(x < farthest)) break;
        edges.push_back(last.at + x);
        const double here = size(x);
        largest = std::max(largest, here);
        rising = here > before ? rising + 1 : 0;
        before = here;
        if (rising > endless || (rising > long_rise && here > huge)) break;
        const bool nothing = here <= tol * largest && (largest > 0.0 || k > empty);
        quiet = nothing && x >= 8.0 * last.width ? quiet + 1 : 0;
        if (quiet == 2) return edges;
    }
    return std::nullopt;
}

std::optional<PowerLaw> inward(const Sampled<double>& f, double start, double width, double side) {
    const double x =
        std::max(std::ldexp(width, -inward_octaves), std::ldexp(std::abs(start), -inward_octaves));
    std::vector<double> at, powers;
    for (const double part : {1.0, 0.5, 0.25, 0.125}) at.push_back(start + side * part * x);
    const std::vector<double> values = sample(f, at);
    if (x > 0.1 * width) return std::nullopt;
    for (const double value : values)
        if (!(std::isfinite(value) && value > 0.0)) return std::nullopt;
    double power = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
        powers.push_back(std::log2(values[k] / values[k + 1]));
        power += powers.back() / 3.0;
    }
    const double varies = spread(powers);
    if (varies > singular) return std::nullopt;
    if (std::abs(power - std::nearbyint(power)) < 100.0 * singular && power > integrable)
        return std::nullopt;
    return PowerLaw{start, side, x, values[0], power, true, std::max(PowerLaw::precise, 4.0 * varies)};
}

}  // namespace redfield::bath
