#include "steady/dense_lu.hpp"

#include <algorithm>
#include <utility>

#include "redfield/base/monitor.hpp"

namespace redfield::steady {

namespace {

constexpr Index panel_width = 64;

}  // namespace

DenseLu::DenseLu(RealMatrix matrix)
    : lu_(std::move(matrix)), swaps_(static_cast<std::size_t>(lu_.rows())) {
    const Index n = lu_.rows();
    for (Index first = 0; first < n; first += panel_width) {
        const Index width = std::min(panel_width, n - first), next = first + width, rest = n - next;
        factor_panel(first, width);
        if (rest == 0) break;
        const auto triangle = lu_.block(first, first, width, width).triangularView<Eigen::UnitLower>();
        for (Index column = next; column < n; column += 4 * panel_width) {
            base::poll();
            const Index count = std::min(4 * panel_width, n - column);
            auto top = lu_.block(first, column, width, count);
            triangle.solveInPlace(top);
            lu_.block(next, column, rest, count).noalias() -= lu_.block(next, first, rest, width) * top;
        }
    }
}

void DenseLu::factor_panel(Index first, Index width) {
    const Index n = lu_.rows();
    for (Index c = first; c < first + width; ++c) {
        Index pivot = 0;
        lu_.col(c).tail(n - c).cwiseAbs().maxCoeff(&pivot);
        pivot += c;
        swaps_[static_cast<std::size_t>(c)] = pivot;
        if (pivot != c) lu_.row(c).swap(lu_.row(pivot));
        const double head = lu_(c, c);
        const Index below = n - c - 1, right = first + width - c - 1;
        if (head == 0.0) continue;  // the column is zero: U has it on its diagonal, and solve() shows it
        lu_.col(c).tail(below) /= head;
        lu_.block(c + 1, c + 1, below, right).noalias() -=
            lu_.col(c).tail(below) * lu_.row(c).segment(c + 1, right);
    }
}

RealVector DenseLu::solve(RealVector b) const {
    for (std::size_t i = 0; i < swaps_.size(); ++i)
        if (swaps_[i] != static_cast<Index>(i)) std::swap(b[static_cast<Index>(i)], b[swaps_[i]]);
    lu_.triangularView<Eigen::UnitLower>().solveInPlace(b);
    lu_.triangularView<Eigen::Upper>().solveInPlace(b);
    return b;
}

}  // namespace redfield::steady
