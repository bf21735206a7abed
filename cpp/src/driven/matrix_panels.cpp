#include "driven/matrix_panels.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::driven {

namespace {

/// Few, as where levels cross a matrix follows a kink of γ on panels as narrow as the gap, whatever their
/// points.
constexpr Index points = 9, half_points = 5;
const PanelNodes& nodes(Index count) {
    static const PanelNodes all(points), half(half_points);
    return count == points ? all : half;
}
/// How far beyond what is allowed a coefficient is expected that is not waited for.
constexpr double hopeless = 100.0;
/// Where a panel is compared with its matrices, between its nodes.
constexpr double look = 0.55;
/// A comparison may show so many times what the last coefficients may.
constexpr double beside = 4.0;
/// Samples may cost as much as the calls that panels have served would have, and so many more.
constexpr double free_calls = 64.0;
/// The range is halved at most so often: numbers of panels are then far from the largest.
constexpr int most_halvings = 24;
/// Calls in a row at one u, to that part of the range, after which it stays; the last two stages of a
/// step are at one time.
constexpr int staying = 4;
constexpr double same_place = 1e-12;
/// Bytes of all panels that are kept, or of one.
constexpr double most_bytes = 268435456.0;

/// One number for each node of the trees of all intervals.
std::size_t key_of(std::size_t interval, std::size_t node) {
    return (interval << (most_halvings + 2)) | node;
}

}  // namespace

double MatrixPanels::Panel::place(double u) const {
    return std::clamp((2.0 * u - first - last) / (last - first), -1.0, 1.0);
}

double MatrixPanels::Panel::value(double x) const {
    return 0.5 * (first + last) + 0.5 * x * (last - first);
}

MatrixPanels::MatrixPanels(const Shape& shape, Sample sample)
    : shape_(shape),
      sample_(std::move(sample)),
      most_panels_(static_cast<std::size_t>(
          std::max(1.0, most_bytes / bytes_of_panel(shape.numbers, shape.count)))),
      value_(shape.numbers, shape.count),
      looked_(shape.numbers, shape.count),
      held_(shape.numbers, shape.count) {}

double MatrixPanels::bytes_of_panel(Index numbers, Index count) {
    return static_cast<double>(points * sizeof(double)) * static_cast<double>(numbers) *
           static_cast<double>(count);
}

const RealMatrix* MatrixPanels::at(double u) {
    u = std::clamp(u, shape_.ends.front(), shape_.ends.back());
    if (const RealMatrix* matrices = held(u); matrices != nullptr) return matrices;
    const Panel* panel = panel_of(u);
    if (panel == nullptr) return nullptr;
    served_ += 1.0;
    interpolate(*panel, u);
    return &value_;
}

const RealMatrix* MatrixPanels::held(double u) {
    if (!(std::abs(u - stays_at_) <= same_place * (shape_.ends.back() - shape_.ends.front()))) {
        stays_at_ = u;
        stays_ = 0;
    }
    if (++stays_ < staying) return nullptr;
    if (stays_ == staying) {
        sample_(stays_at_, held_);
        taken_ += 1.0;
    }
    served_ += 1.0;
    return &held_;
}

const MatrixPanels::Panel* MatrixPanels::panel_of(double u) {
    const auto found = std::find_if(panels_.begin(), panels_.end(),
                                    [u](const Panel& panel) { return panel.reaches(u); });
    if (found == panels_.end()) return make(u);
    std::rotate(panels_.begin(), found, found + 1);
    return &panels_.front();
}

const MatrixPanels::Panel* MatrixPanels::make(double u) {
    // Panels are the nodes of a binary tree in each interval: 1 is the whole of it, 2i and 2i + 1 are the
    // halves of i. A panel twice as wide as the last is tried first.
    const auto end = std::upper_bound(shape_.ends.begin() + 1, shape_.ends.end() - 1, u);
    const auto interval = static_cast<std::size_t>(end - shape_.ends.begin());
    double first = *(end - 1), last = *end;
    std::size_t node = 1;
    for (int depth = 0; depth <= most_halvings; ++depth) {
        if (depth + 1 >= depth_ && unresolved_.count(key_of(interval, node)) == 0) {
            if (taken_ * shape_.cost > free_calls + served_) return nullptr;
            Panel panel{first, last, RealMatrix(shape_.numbers * shape_.count, points)};
            if (resolve(panel)) {
                depth_ = depth;
                if (panels_.size() >= most_panels_) panels_.pop_back();
                panels_.insert(panels_.begin(), std::move(panel));
                return &panels_.front();
            }
            unresolved_.insert(key_of(interval, node));
        }
        const double middle = 0.5 * (first + last);
        const bool right = u > middle;
        (right ? first : last) = middle;
        node = 2 * node + (right ? 1 : 0);
    }
    return nullptr;
}

bool MatrixPanels::resolve(Panel& panel) {
    // Every second node is one of the rule with half as many: c_8 is hardly less than c_4²/c_1.
    for (Index i = 0; i < points; i += 2) take(panel, i);
    for (Index j = 0; j < shape_.count; ++j) {
        const RealMatrix few = of(panel, j)(Eigen::all, Eigen::seq(0, points - 1, 2));
        const double change = (few.rightCols(1) - few.leftCols(1)).norm();
        const double fourth = (few * nodes(half_points).last_series.col(1)).norm();
        if (fourth * fourth > hopeless * allowed(panel, j) * std::max(change, fourth)) return false;
    }
    for (Index i = 1; i < points; i += 2) take(panel, i);
    for (Index j = 0; j < shape_.count; ++j) {
        const RealMatrix left_out = of(panel, j) * nodes(points).last_series;
        if (!(left_out.colwise().norm().maxCoeff() <= allowed(panel, j))) return false;
    }
    sample_(panel.value(look), looked_);
    taken_ += 1.0;
    interpolate(panel, panel.value(look));
    for (Index j = 0; j < shape_.count; ++j)
        if (!((looked_.col(j) - value_.col(j)).norm() <= beside * allowed(panel, j))) return false;
    return true;
}

void MatrixPanels::take(Panel& panel, Index node) {
    base::poll();
    sample_(panel.value(nodes(points).x[node]), looked_);
    panel.samples.col(node) = looked_.reshaped();
    taken_ += 1.0;
}

double MatrixPanels::allowed(const Panel& panel, Index j) const {
    return shape_.accuracy * of(panel, j).col(points / 2).norm();
}

void MatrixPanels::interpolate(const Panel& panel, double u) {
    const RealVector weights = nodes(points).lagrange(panel.place(u));
    Eigen::Map<RealVector> value(value_.data(), value_.size());
    base::parallel_ranges(shape_.threads, value_.size(), [&](Index first, Index count) {
        value.segment(first, count).noalias() = panel.samples.middleRows(first, count) * weights;
    });
}

}  // namespace redfield::driven
