#include "bath/panels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/epsilon.hpp"
#include "bath/legendre.hpp"

namespace redfield::bath {

namespace {

/// Terms at the end of a series whose size estimates what was left out.
constexpr Index last_terms = 3;
/// Neighbours that differ by more than this part of the largest end value, and by more than so many times
/// their estimated errors, have a jump between them.
constexpr double jump_of_largest = 1e-11, jump_of_errors = 8.0;
/// Distance of a frequency from the end of a panel, relative to it or, at the end itself, to the panel,
/// below which its logarithm is that of this distance.
constexpr double at_the_end = 1e-20;
/// Largest |νt| of a Fourier transform: later no phase is a number, and the transform is as small.
constexpr double largest_phase = 1e300;
/// Phase of a factor over one part of `nodes`.
constexpr double turns_a_part = 12.0;

/// Distance from the centre, in halves of a panel, from which Gauss's rule for the pole is exact to
/// rounding: ρ^{−2·order} < 1e-18, ρ = x + √(x² − 1).
constexpr double far_from(Index order) { return order >= 24 ? 1.6 : 3.0; }
/// Phase over half a panel up to which `order` points integrate a series of `order` terms to rounding.
constexpr double few_turns(Index order) { return 5.0 * static_cast<double>(order) / 24.0; }

}  // namespace

template <class Scalar, Index points>
const GaussRule& Panels<Scalar, points>::rule() {
    static const GaussRule once(points);
    return once;
}

template <class Scalar, Index points>
Panels<Scalar, points>::Panel::Panel(double from, double to, const Series& values)
    : left(from),
      right(to),
      centre(0.5 * (from + to)),
      half(0.5 * (to - from)),
      weighted(values * rule().weight.array().template cast<Scalar>()),
      series((rule().to_series.template cast<Scalar>() * values.matrix()).array()),
      size(series.abs().sum()),
      error(series.template tail<last_terms>().abs().maxCoeff() * static_cast<double>(points) / 4.0) {}

template <class Scalar, Index points>
Panels<Scalar, points>::Panels(std::vector<Panel> panels, std::vector<PowerLaw> laws)
    : panels_(std::move(panels)), laws_(std::move(laws)) {
    for (const Panel& panel : panels_) ends_.push_back(panel.left);
    ends_.push_back(panels_.back().right);
    find_jumps();
}

template <class Scalar, Index points>
void Panels<Scalar, points>::find_jumps() {
    const std::size_t count = panels_.size();
    std::vector<double> below(count + 1, 0.0), above(count + 1, 0.0), missed(count + 1, 0.0);
    for (std::size_t k = 0; k < count; ++k) {
        double sign = 1.0;
        for (Index n = 0; n < order; ++n, sign = -sign) {
            below[k + 1] += std::real(panels_[k].series[n]);
            above[k] += sign * std::real(panels_[k].series[n]);
        }
        missed[k] += panels_[k].error;
        missed[k + 1] += panels_[k].error;
    }
    for (const PowerLaw& law : laws_) {
        const double end = law.start + law.side * law.reach;
        const auto at = std::lower_bound(ends_.begin(), ends_.end(), end);
        if (at == ends_.end() || *at != end) continue;
        ((law.side > 0.0) == law.inner ? below : above)[static_cast<std::size_t>(at - ends_.begin())] +=
            law.value;
    }
    double largest = 0.0;
    for (std::size_t k = 0; k <= count; ++k)
        largest = std::max({largest, std::abs(below[k]), std::abs(above[k])});
    infinite_.assign(count + 1, 0.0);
    for (std::size_t k = 0; k <= count; ++k) {
        const double jump = above[k] - below[k];
        if (std::abs(jump) > std::max(jump_of_largest * largest, jump_of_errors * missed[k]))
            infinite_[k] = std::copysign(std::numeric_limits<double>::infinity(), -jump);
    }
}

template <class Scalar, Index points>
Scalar Panels<Scalar, points>::operator()(double x, bool from_above) const {
    const auto first = ends_.begin() + 1, last = ends_.end() - 1;
    const auto at = from_above ? std::upper_bound(first, last, x) : std::lower_bound(first, last, x);
    const Panel& panel = panels_[static_cast<std::size_t>(at - first)];
    double t = (x - panel.centre) / panel.half;
    Scalar value = 0.0;
    if (std::abs(t) <= 1.0 + 1e-9) {
        t = std::clamp(t, -1.0, 1.0);
        Scalar one = 0.0, two = 0.0;  // Clenshaw's recurrence
        for (Index n = order - 1; n > 0; --n) {
            const auto d = static_cast<double>(n);
            const Scalar next =
                panel.series[n] + (2.0 * d + 1.0) / (d + 1.0) * t * one - (d + 1.0) / (d + 2.0) * two;
            two = one;
            one = next;
        }
        value = panel.series[0] + t * one - 0.5 * two;
    }
    for (const PowerLaw& law : laws_)
        if (law.inner) value += law(x);
    return value;
}

template <class Scalar, Index points>
double Panels<Scalar, points>::hilbert(double w) const {
    // Logarithms of neighbours cancel at the end they share, whatever stands for a distance of zero.
    double nearest = std::max(at_the_end * std::abs(w), 1e-290);
    const auto end = std::lower_bound(ends_.begin(), ends_.end(), w);
    if (end != ends_.end() && *end == w) {
        const auto k = static_cast<std::size_t>(end - ends_.begin());
        if (infinite_[k] != 0.0) return infinite_[k];
        const Panel &before = panels_[k > 0 ? k - 1 : 0],
                    &after = panels_[std::min(k, panels_.size() - 1)];
        nearest = std::max(at_the_end * std::min(before.half, after.half), 1e-290);
    }
    const GaussRule& gauss = rule();
    double total = 0.0;
    for (const Panel& panel : panels_) {
        const double x = (w - panel.centre) / panel.half;
        if (std::abs(x) >= far_from(order)) {
            const Eigen::Map<const Eigen::Array<double, order, 1>> node(gauss.x.data());
            total += (panel.weighted.real() / (x - node)).sum();
            continue;
        }
        const double q_0 = 0.5 * (std::log(std::max(std::abs(w - panel.left), nearest)) -
                                  std::log(std::max(std::abs(w - panel.right), nearest)));
        Eigen::Array<double, order, 1> q;
        second_kind(x, q_0, q.data(), order);
        total += 2.0 * (panel.series.real() * q).sum();
    }
    for (const PowerLaw& law : laws_) total += law.hilbert(w);
    return total;
}

template <class Scalar, Index points>
template <class Amount>
double Panels<Scalar, points>::from_panels(double w, Amount&& amount) const {
    double total = 0.0;
    for (const Panel& panel : panels_) {
        const double distance = std::abs(w - panel.centre) / panel.half;
        total += amount(panel) * std::min(10.0, 2.0 / std::max(distance - 1.0, 0.2));
    }
    return total;
}

template <class Scalar, Index points>
double Panels<Scalar, points>::hilbert_error(double w) const {
    constexpr double rounding = 9.0 * base::epsilon;
    double error = from_panels(w, [](const Panel& p) { return p.error + rounding * p.size; });
    for (const PowerLaw& law : laws_) error += law.hilbert_error(w);
    return error;
}

template <class Scalar, Index points>
double Panels<Scalar, points>::hilbert_size(double w) const {
    return from_panels(w, [](const Panel& p) { return p.size; });
}

template <class Scalar, Index points>
Complex Panels<Scalar, points>::fourier(double t, Complex* moment) const {
    const GaussRule& gauss = rule();
    const double latest = largest_phase / std::max({1.0, std::abs(first()), std::abs(last())});
    t = std::clamp(t, -latest, latest);
    Complex total = 0.0;
    if (moment != nullptr) *moment = 0.0;
    for (const Panel& panel : panels_) {
        // ½∫ f(s) e^{−izs} ds and ½∫ s f(s) e^{−izs} ds, s = (ν − c)/h: parts without and with a factor
        // −i.
        const double z = t * panel.half;
        Scalar even = 0.0, odd = 0.0, even_moment = 0.0, odd_moment = 0.0;
        if (std::abs(z) < few_turns(order)) {
            for (Index k = 0; k < order / 2; ++k) {
                // Gauss's points are symmetric.
                const double x = gauss.x[order - 1 - k], cosine = std::cos(x * z), sine = std::sin(x * z);
                const Scalar sum = 0.5 * (panel.weighted[order - 1 - k] + panel.weighted[k]);
                const Scalar difference = 0.5 * (panel.weighted[order - 1 - k] - panel.weighted[k]);
                even += cosine * sum;
                odd += sine * difference;
                even_moment += x * cosine * difference;
                odd_moment += x * sine * sum;
            }
        } else {
            std::array<double, points> j{};
            spherical_bessel(std::abs(z), j.data(), order);
            for (Index n = 0; n < order; ++n) {
                const auto d = static_cast<double>(n);
                // (−i)ⁿ j_n(z), where j_n is odd for odd n.
                const double sign = n % 4 < 2 ? 1.0 : -1.0;
                const double factor =
                    (n % 2 == 1 && z < 0.0 ? -sign : sign) * j[static_cast<std::size_t>(n)];
                (n % 2 == 0 ? even : odd) += factor * panel.series[n];
                if (moment == nullptr) continue;
                // s P_n = [(n + 1) P_{n+1} + n P_{n−1}]/(2n + 1).
                Scalar placed = 0.0;
                if (n > 0) placed += d / (2.0 * d - 1.0) * panel.series[n - 1];
                if (n + 1 < order) placed += (d + 1.0) / (2.0 * d + 3.0) * panel.series[n + 1];
                (n % 2 == 0 ? even_moment : odd_moment) += factor * placed;
            }
        }
        const Complex plain = even - odd * Complex(0.0, 1.0);
        const Complex placed = even_moment - odd_moment * Complex(0.0, 1.0);
        const Complex phase = std::polar(2.0 * panel.half, -t * panel.centre);
        total += phase * plain;
        if (moment != nullptr) *moment += phase * (panel.centre * plain + panel.half * placed);
    }
    for (const PowerLaw& law : laws_) total += law.fourier(t);
    return total;
}

template <class Scalar, Index points>
typename Panels<Scalar, points>::Nodes Panels<Scalar, points>::nodes(std::vector<double> cuts,
                                                                     double fastest) const {
    cuts.insert(cuts.end(), ends_.begin(), ends_.end());
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    const GaussRule& gauss = rule();
    Nodes out;
    for (std::size_t k = 0; k + 1 < cuts.size(); ++k) {
        const double length = cuts[k + 1] - cuts[k];
        const double parts = std::max(1.0, std::ceil(length * fastest / turns_a_part));
        const double half = 0.5 * length / parts;
        for (double part = 0.0; part < parts; part += 1.0)
            for (Index i = 0; i < order; ++i) {
                out.x.push_back(cuts[k] + half * (2.0 * part + gauss.x[i] + 1.0));
                out.weight.push_back(half * gauss.weight[i]);
                out.values.push_back((*this)(out.x.back()));
            }
    }
    return out;
}

template class Panels<double, 24>;
template class Panels<double, 12>;
template class Panels<Complex, 24>;

}  // namespace redfield::bath
