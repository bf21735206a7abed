#include "redfield/bath/tabulated_bath.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bath/monotone_cubic.hpp"
#include "bath/panels.hpp"
#include "bath/pi.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield {

namespace {

/// A smaller end value, relative to the largest of the table, is no jump but rounding.
constexpr double jump = 1e-11;

void check(const std::vector<double>& w, const std::vector<double>& gamma) {
    require(w.size() == gamma.size() && w.size() >= 2,
            "TabulatedBath: frequencies and values must be two lists of one length >= 2, got ", w.size(),
            " and ", gamma.size());
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
    bath::MonotoneCubic cubic;
    std::optional<double> beta;  // of a table that detailed balance completes
    Outside outside;
    bath::Panels panels{};

    double low() const { return beta ? -cubic.knots().back() : cubic.knots().front(); }
    double high() const { return cubic.knots().back(); }

    double inside(double w) const {
        if (!beta || w >= 0.0) return cubic(w);
        return std::exp(*beta * w) * cubic(-w);
    }

    void expand() {
        const auto& x = cubic.knots();
        for (std::size_t k = 0; k + 1 < x.size(); ++k) {
            panels.add(x[k], x[k + 1], [&](double w) { return cubic.on(k, w); });
            if (beta) mirror(k);
        }
    }

    /// e^{−βx} falls by less than e on each panel, which its series resolves; after e^{−45} nothing is
    /// left.
    void mirror(std::size_t k) {
        const auto& x = cubic.knots();
        const double end = std::min(x[k + 1], 45.0 / *beta);
        if (end <= x[k]) return;
        const double h = end - x[k];
        const auto parts = std::max(1, static_cast<int>(std::ceil(*beta * h)));
        const auto edge = [&](int i) {
            return i == parts ? end : i == 0 ? x[k] : x[k] + h * static_cast<double>(i) / parts;
        };
        for (int i = 0; i < parts; ++i)
            panels.add(-edge(i + 1), -edge(i),
                       [&](double w) { return std::exp(*beta * w) * cubic.on(k, -w); });
    }
};

TabulatedBath::TabulatedBath(const std::vector<double>& frequencies, const std::vector<double>& values,
                             std::optional<double> beta, Outside outside) {
    check(frequencies, values);
    if (beta) {
        require(*beta > 0.0, "TabulatedBath: beta must be positive, got ", *beta);
        require(frequencies.front() == 0.0,
                "TabulatedBath: detailed balance completes frequencies that start at 0, got ",
                frequencies.front());
    }
    auto table =
        std::make_shared<Table>(Table{bath::MonotoneCubic(frequencies, values), beta, outside, {}});
    table->expand();
    table_ = std::move(table);
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

double TabulatedBath::lamb_shift(double w) const {
    // Where the interpolant ends with a jump its transform is infinite.
    const double least = jump * table_->cubic.largest();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (w == table_->high() && table_->inside(w) > least) return infinity;
    if (w == table_->low() && table_->inside(w) > least) return -infinity;
    return table_->panels.hilbert(w, 1e-16 * (table_->high() - table_->low())) / (2.0 * bath::pi);
}

std::vector<PowerSpectrum::Feature> TabulatedBath::features() const {
    const auto& knots = table_->cubic.knots();
    const double width = (knots.back() - knots.front()) / 10.0;
    std::vector<PowerSpectrum::Feature> out;
    if (table_->beta)
        for (auto x = knots.rbegin(); x + 1 != knots.rend(); ++x) out.push_back({-*x, width});
    for (const double x : knots) out.push_back({x, width});
    return out;
}

}  // namespace redfield
