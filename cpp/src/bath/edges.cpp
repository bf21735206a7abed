#include "bath/edges.hpp"

#include <algorithm>
#include <cmath>

namespace redfield::bath {

namespace {

/// Edges inside (left, right).
void between(PowerSpectrum::Feature left, PowerSpectrum::Feature right, std::vector<double>& out) {
    const double middle = 0.5 * (left.at + right.at), half = middle - left.at;
    const std::size_t before = out.size();
    constexpr double least = 1e-300;  // a width may be so small that a part of it is none
    for (double step = std::max(nearest * left.width, least); step < 0.75 * half; step *= 2.0)
        out.push_back(left.at + step);
    for (double step = std::max(nearest * right.width, least); step < 0.75 * half; step *= 2.0)
        out.push_back(right.at - step);
    if (out.size() > before) out.push_back(middle);
}

}  // namespace

std::vector<double> graded(const std::vector<PowerSpectrum::Feature>& features) {
    std::vector<PowerSpectrum::Feature> ordered;
    for (const PowerSpectrum::Feature& next : features) {
        if (!ordered.empty() &&
            next.at - ordered.back().at <= 1e-9 * std::min(next.width, ordered.back().width))
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
        if (k + 1 < ordered.size()) between(ordered[k], ordered[k + 1], out);
    }
    std::sort(out.begin(), out.end());
    return out;
}

Outward outward(const std::function<double(double)>& size, PowerSpectrum::Feature last, double tol,
                double end) {
    constexpr int octaves = 2000, empty = 60;
    // A function that has grown over so many octaves, or to such a size, will not end before numbers do.
    constexpr int endless = 100, long_rise = 30;
    constexpr double huge = 1e200;
    std::vector<double> edges;
    double largest = 0.0, before = 0.0;
    for (int k = 0, quiet = 0, rising = 0; k < octaves; ++k) {
        const double x = std::ldexp(nearest * last.width, k);
        if (last.at + x >= end) {
            edges.push_back(end);
            return {edges, true};
        }
        if (!(x < 1e280)) break;
        edges.push_back(last.at + x);
        const double here = size(x);
        largest = std::max(largest, here);
        rising = here > before ? rising + 1 : 0;
        before = here;
        if (rising > endless || (rising > long_rise && here > huge)) break;
        const bool nothing = here <= tol * largest && (largest > 0.0 || k > empty);
        quiet = nothing && x >= 8.0 * last.width ? quiet + 1 : 0;
        if (quiet == 2) return {edges, true};
    }
    return {edges, false};
}

}  // namespace redfield::bath
