#include "equation/stationary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "redfield/base/monitor.hpp"

namespace redfield::equation {

namespace {

using Levels = std::vector<Index>;

/// The levels that a walk along rates(to, from) > 0 reaches; `backwards` walks against them.
std::vector<bool> reached(const RealMatrix& rates, Index from, bool backwards) {
    std::vector<bool> seen(static_cast<std::size_t>(rates.rows()), false);
    Levels queue{from};
    seen[static_cast<std::size_t>(from)] = true;
    while (!queue.empty()) {
        const Index l = queue.back();
        queue.pop_back();
        for (Index k = 0; k < rates.rows(); ++k) {
            const double rate = backwards ? rates(l, k) : rates(k, l);
            if (k == l || !(rate > 0.0) || seen[static_cast<std::size_t>(k)]) continue;
            seen[static_cast<std::size_t>(k)] = true;
            queue.push_back(k);
        }
    }
    return seen;
}

/// The class that each level belongs to, −1 of those that are left for good.
struct Classes {
    std::vector<Index> of;
    std::vector<Levels> members;
    Levels transient;
};

Classes closed_classes(const RealMatrix& rates) {
    const Index n = rates.rows();
    Classes out;
    out.of.assign(static_cast<std::size_t>(n), -2);
    for (Index start = 0; start < n; ++start) {
        if (out.of[static_cast<std::size_t>(start)] != -2) continue;
        // A walk that goes on from a level that does not lead back ends in a closed class.
        Index level = start;
        std::vector<bool> ahead, behind;
        for (bool closed = false; !closed;) {
            base::poll();
            ahead = reached(rates, level, false);
            behind = reached(rates, level, true);
            closed = true;
            for (Index k = 0; k < n && closed; ++k)
                if (ahead[static_cast<std::size_t>(k)] && !behind[static_cast<std::size_t>(k)]) {
                    level = k;
                    closed = false;
                }
        }
        const bool fresh = out.of[static_cast<std::size_t>(level)] == -2;
        if (fresh) out.members.emplace_back();
        for (Index k = 0; k < n; ++k) {
            if (ahead[static_cast<std::size_t>(k)] && fresh) {
                out.of[static_cast<std::size_t>(k)] = static_cast<Index>(out.members.size()) - 1;
                out.members.back().push_back(k);
            } else if (behind[static_cast<std::size_t>(k)] && out.of[static_cast<std::size_t>(k)] == -2) {
                out.of[static_cast<std::size_t>(k)] = -1;
            }
        }
    }
    for (Index k = 0; k < n; ++k)
        if (out.of[static_cast<std::size_t>(k)] == -1) out.transient.push_back(k);
    return out;
}

/// The level in [0, end) that is left at the largest rate, and that rate: no quotient by it exceeds one.
template <class Leaving>
Index fastest(Index end, const Leaving& leaving, double& sum) {
    Index chosen = 0;
    sum = -1.0;
    for (Index i = 0; i < end; ++i) {
        const double rate = leaving(i);
        if (rate > sum) {
            sum = rate;
            chosen = i;
        }
    }
    sum = std::max(sum, std::numeric_limits<double>::min());  // products of tiny rates underflow
    return chosen;
}

/// The stationary distribution of one class. w(j, i) is the rate from i to j.
RealVector of_class(RealMatrix w) {
    const Index n = w.rows();
    w.diagonal().setZero();
    Levels order(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
    for (Index end = n; end > 1; --end) {
        base::poll();
        const Index last = end - 1;
        double sum = 0.0;
        const Index chosen = fastest(end, [&](Index i) { return w.col(i).head(end).sum(); }, sum);
        w.row(chosen).swap(w.row(last));
        w.col(chosen).swap(w.col(last));
        std::swap(order[static_cast<std::size_t>(chosen)], order[static_cast<std::size_t>(last)]);
        w.row(last).head(last) /= sum;
        for (Index i = 0; i < last; ++i) {
            const double share = w(last, i);
            if (share == 0.0) continue;
            w.col(i).head(last) += share * w.col(last).head(last);
            w(i, i) = 0.0;
        }
    }
    RealVector p = RealVector::Zero(n), out(n);
    p[0] = 1.0;
    for (Index j = 1; j < n; ++j) {
        p[j] = w.row(j).head(j).dot(p.head(j));
        if (p[j] > 1.0) p.head(j + 1) /= p[j];  // shares may add up to more than doubles hold
    }
    p /= p.sum();
    for (Index i = 0; i < n; ++i) out[order[static_cast<std::size_t>(i)]] = p[i];
    return out;
}

/// (T, C), where the transient levels end. w(j, i) is the rate from i to j among them, out(c, i) that
/// into class c.
RealMatrix absorbed(RealMatrix w, RealMatrix out) {
    const Index n = w.rows();
    w.diagonal().setZero();
    Levels order(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
    for (Index end = n; end > 0; --end) {
        base::poll();
        const Index last = end - 1;
        double sum = 0.0;
        const Index chosen =
            fastest(end, [&](Index i) { return w.col(i).head(end).sum() + out.col(i).sum(); }, sum);
        w.row(chosen).swap(w.row(last));
        w.col(chosen).swap(w.col(last));
        out.col(chosen).swap(out.col(last));
        std::swap(order[static_cast<std::size_t>(chosen)], order[static_cast<std::size_t>(last)]);
        w.col(last).head(last) /= sum;
        out.col(last) /= sum;
        for (Index i = 0; i < last; ++i) {
            const double share = w(last, i);
            if (share == 0.0) continue;
            w.col(i).head(last) += share * w.col(last).head(last);
            out.col(i) += share * out.col(last);
            w(i, i) = 0.0;
        }
    }
    RealMatrix ends(n, out.rows());
    for (Index j = 0; j < n; ++j) {
        for (Index i = 0; i < j; ++i) out.col(j) += w(i, j) * out.col(i);
        ends.row(order[static_cast<std::size_t>(j)]) = out.col(j).transpose();
    }
    return ends;
}

RealMatrix taken(const RealMatrix& rates, const Levels& rows, const Levels& columns) {
    RealMatrix out(static_cast<Index>(rows.size()), static_cast<Index>(columns.size()));
    for (std::size_t c = 0; c < columns.size(); ++c)
        for (std::size_t r = 0; r < rows.size(); ++r)
            out(static_cast<Index>(r), static_cast<Index>(c)) = rates(rows[r], columns[c]);
    return out;
}

}  // namespace

Stationary stationary(const RealMatrix& rates) {
    const Index n = rates.rows();
    RealMatrix scaled = rates;
    scaled.diagonal().setZero();
    const Classes classes = closed_classes(scaled);
    // The middle of the rates becomes 1, so that neither end leaves the range of doubles.
    double least = std::numeric_limits<double>::max(), most = 0.0;
    for (const double rate : scaled.reshaped())
        if (rate > 0.0) {
            least = std::min(least, rate);
            most = std::max(most, rate);
        }
    if (most > 0.0) scaled = scaled / std::sqrt(least) / std::sqrt(most);
    const auto count = static_cast<Index>(classes.members.size());
    Stationary out{RealMatrix::Zero(n, count), RealMatrix::Zero(count, n)};
    for (Index c = 0; c < count; ++c) {
        const Levels& levels = classes.members[static_cast<std::size_t>(c)];
        const RealVector p = of_class(taken(scaled, levels, levels));
        for (std::size_t i = 0; i < levels.size(); ++i) {
            out.distributions(levels[i], c) = p[static_cast<Index>(i)];
            out.absorption(c, levels[i]) = 1.0;
        }
    }
    const Levels& transient = classes.transient;
    if (transient.empty()) return out;
    RealMatrix into(count, static_cast<Index>(transient.size()));
    for (Index c = 0; c < count; ++c)
        into.row(c) =
            taken(scaled, classes.members[static_cast<std::size_t>(c)], transient).colwise().sum();
    const RealMatrix ends = absorbed(taken(scaled, transient, transient), into);
    for (std::size_t i = 0; i < transient.size(); ++i)
        out.absorption.col(transient[i]) =
            ends.row(static_cast<Index>(i)).transpose() / ends.row(static_cast<Index>(i)).sum();
    return out;
}

}  // namespace redfield::equation
