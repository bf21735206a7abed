#include "redfield/driven/resolution.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "redfield/base/errors.hpp"

namespace redfield::driven {

namespace {

constexpr Index fewest_terms = 16;
/// The part of an interval that a step may take.
constexpr double part = 0.5;
/// Spacings of the numbers that times are, which a step has at least.
constexpr double shortest = 4.0;
/// A piece with a break in it that is narrower than this part of the range tells of the jump alone.
constexpr double jumping = 1e-9;
/// The accuracy of pieces, as a part of ∫‖W f‖dt: what they miss of each other below it is no feature.
constexpr double accuracy = 1e-10;

/// Chebyshev's nodes of the first kind and the matrix from values there to a series.
struct Nodes {
    RealVector x;
    RealMatrix to_series;

    explicit Nodes(Index n) : x(n), to_series(n, n) {
        for (Index i = 0; i < n; ++i) {
            const double angle = EIGEN_PI * (static_cast<double>(i) + 0.5) / static_cast<double>(n);
            x[i] = std::cos(angle);
            for (Index k = 0; k < n; ++k)
                to_series(k, i) = (k == 0 ? 1.0 : 2.0) / static_cast<double>(n) *
                                  std::cos(static_cast<double>(k) * angle);
        }
    }
};

/// T_k at each x, a column for each.
void chebyshev(const RealVector& x, RealMatrix& out) {
    out.row(0).setOnes();
    out.row(1) = x.transpose();
    for (Index k = 2; k < out.rows(); ++k)
        out.row(k) = 2.0 * x.transpose().cwiseProduct(out.row(k - 1)) - out.row(k - 2);
}

/// W f on an interval: its values at the nodes, (q, n), its series, and how much of ∫‖W f‖dt it misses.
struct Interval {
    double first, last;
    RealMatrix values, series;
    double missed = 0.0;

    double length() const { return last - first; }
    double time(double x) const { return 0.5 * (first + last) + 0.5 * length() * x; }
    double place(double t) const { return std::clamp((2.0 * t - first - last) / length(), -1.0, 1.0); }
};

/// Both intervals as one, which misses what they do and where it differs from them.
Interval joined(const Interval& a, const Interval& b, const Nodes& nodes) {
    const Index n = nodes.x.size();
    Interval out{a.first, b.last, RealMatrix(a.values.rows(), n), {}};
    RealVector x(n);
    RealMatrix polynomials(n, n), there(a.values.rows(), n);
    // The nodes descend: those in b come first.
    Index in_b = 0;
    for (Index i = 0; i < n; ++i) {
        const double t = out.time(nodes.x[i]);
        if (t >= a.last) in_b = i + 1;
        x[i] = (t < a.last ? a : b).place(t);
    }
    chebyshev(x, polynomials);
    out.values.leftCols(in_b).noalias() = b.series * polynomials.leftCols(in_b);
    out.values.rightCols(n - in_b).noalias() = a.series * polynomials.rightCols(n - in_b);
    out.series.noalias() = out.values * nodes.to_series.transpose();
    out.missed = a.missed + b.missed;
    for (const Interval* each : {&a, &b}) {
        for (Index i = 0; i < n; ++i) x[i] = out.place(each->time(nodes.x[i]));
        chebyshev(x, polynomials);
        there.noalias() = out.series * polynomials;
        out.missed += each->length() * (there - each->values).colwise().norm().maxCoeff();
    }
    return out;
}

}  // namespace

Resolution::Resolution(std::vector<double> ends) {
    require(
        ends.size() >= 2 && std::adjacent_find(ends.begin(), ends.end(),
                                               [](double a, double b) { return !(a < b); }) == ends.end(),
        "driven::Resolution: the ends of intervals must be at least two and strictly ascending");
    grids_.push_back(std::move(ends));
}

Resolution::Resolution(const PiecewisePolynomial& f, const RealMatrix& weights,
                       const std::vector<double>& breaks, double action) {
    require(weights.cols() == f.components() && weights.rows() > 0,
            "driven::Resolution: there must be a weight for each component");
    const double range = f.last() - f.first();
    const auto breaks_in = [&](double first, double last) {
        return std::lower_bound(breaks.begin(), breaks.end(), first) !=
               std::upper_bound(breaks.begin(), breaks.end(), last);
    };
    // A narrow piece around a break belongs to the intervals on either side, as far as it lies there; the
    // value inside is that at its end.
    struct Part {
        double first, last, from, to;
    };
    std::vector<Part> parts;
    double from = f.first(), start = f.first();
    const auto cut = [&](double at, double value_until, double value_from) {
        if (at > start && value_until > from) {
            parts.push_back({start, at, from, value_until});
            start = at;
        } else if (!parts.empty() && at > start) {
            start = parts.back().last = at;
        }
        from = value_from;
    };
    const std::vector<double>& ends = f.breaks();
    for (std::size_t p = 0; p + 1 < ends.size(); ++p) {
        const double a = ends[p], b = ends[p + 1];
        auto next = std::lower_bound(breaks.begin(), breaks.end(), a);
        if (b - a < jumping * range && breaks_in(a, b)) {
            cut(*next, a, b);
            jumps_.emplace_back(a, b);
            continue;
        }
        for (; next != breaks.end() && *next < b; ++next)
            if (*next > std::max(a, start)) cut(*next, *next, *next);
        cut(b, b, b);
    }
    if (parts.empty()) return;
    parts.back().last = f.last();

    const Nodes nodes(std::max(fewest_terms, f.terms()));
    RealVector value(f.components());
    std::vector<Interval> all;
    double whole = 0.0;
    for (const Part& p : parts) {
        Interval& out =
            all.emplace_back(Interval{p.first, p.last, RealMatrix(weights.rows(), nodes.x.size()), {}});
        const double inside = std::nextafter(p.from, p.to), until = std::nextafter(p.to, p.from);
        for (Index i = 0; i < nodes.x.size(); ++i) {
            f.at(std::clamp(out.time(nodes.x[i]), std::min(inside, until), until), value.data());
            out.values.col(i) = weights * value;
        }
        out.series = out.values * nodes.to_series.transpose();
        whole += out.length() * out.values.colwise().norm().mean();
    }
    const double allowed = std::max(action, accuracy * whole);
    std::vector<Interval> kept;
    for (Interval& each : all) {
        kept.push_back(std::move(each));
        while (kept.size() > 1) {
            Interval& before = kept[kept.size() - 2];
            const bool over = std::binary_search(breaks.begin(), breaks.end(), before.last);
            if (over) break;
            Interval both = joined(before, kept.back(), nodes);
            if (!(both.missed <= allowed)) break;
            kept.pop_back();
            kept.back() = std::move(both);
        }
    }
    std::vector<double> grid{kept.front().first};
    for (const Interval& each : kept) grid.push_back(each.last);
    grids_.push_back(std::move(grid));
}

void Resolution::add(const Resolution& other) {
    grids_.insert(grids_.end(), other.grids_.begin(), other.grids_.end());
    jumps_.insert(jumps_.end(), other.jumps_.begin(), other.jumps_.end());
}

std::pair<double, double> Resolution::clear_of_jumps(double first, double last) const {
    double from = std::nextafter(first, last), until = std::nextafter(last, first);
    for (const auto& [a, b] : jumps_) {
        if (a <= first && first <= b) from = std::max(from, b);
        if (a <= last && last <= b) until = std::min(until, a);
    }
    if (from <= until) return {from, until};
    const double middle = 0.5 * (first + last);
    return {middle, middle};
}

double Resolution::longest(double t) const {
    double bound = std::numeric_limits<double>::infinity();
    for (const std::vector<double>& grid : grids_) {
        auto end = std::upper_bound(grid.begin() + 1, grid.end() - 1, t);
        bound = std::min(bound, part * (*end - *(end - 1)));
        // The step ends where a shorter interval begins, or is as short as that asks for.
        for (; end + 1 != grid.end() && *end < t + bound; ++end)
            bound = std::min(bound, std::max(*end - t, part * (*(end + 1) - *end)));
    }
    // A step that rounding swallows leads nowhere.
    const double size = std::abs(t);
    return std::max(bound, shortest * (std::nextafter(size, 2.0 * size + 1.0) - size));
}

double Resolution::narrowest() const {
    double out = std::numeric_limits<double>::infinity();
    for (const std::vector<double>& grid : grids_)
        for (std::size_t i = 0; i + 1 < grid.size(); ++i) out = std::min(out, grid[i + 1] - grid[i]);
    return out;
}

}  // namespace redfield::driven
