#include "steady/elimination.hpp"

#include <Eigen/OrderingMethods>
#include <numeric>

#include "base/apart.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::steady {

Elimination eliminate(const RealSparse& matrix, double most) {
    using Pattern = Eigen::SparseMatrix<double>;
    const Index n = matrix.rows();
    Elimination out;
    Pattern pattern = matrix;
    for (Index k = 0; k < pattern.nonZeros(); ++k) pattern.valuePtr()[k] = 1.0;
    pattern += Pattern(pattern.transpose());
    const auto ordered_by_degree = [pattern] {
        decltype(out.order) order;
        Eigen::AMDOrdering<int>()(pattern.selfadjointView<Eigen::Upper>(), order);
        return order;
    };
    constexpr Index long_pattern = 300000;  // from which it may take longer than an interrupt may wait
    out.order = pattern.nonZeros() < long_pattern ? ordered_by_degree() : base::apart(ordered_by_degree);
    out.order = out.order.inverse().eval();  // Eigen's has the unknown at each place
    Pattern ordered(n, n);                   // the rows of a column are in any order
    ordered = pattern.twistedBy(out.order);
    // Row k of L is the part of the tree between k and the entries of row k of the matrix.
    std::vector<Index> parent(static_cast<std::size_t>(n), -1), seen(static_cast<std::size_t>(n), -1),
        below(static_cast<std::size_t>(n), 0);
    for (Index k = 0; k < n; ++k) {
        if (k % 256 == 0) base::poll();
        seen[static_cast<std::size_t>(k)] = k;
        for (Pattern::InnerIterator entry(ordered, k); entry; ++entry) {
            if (entry.row() >= k) continue;
            for (auto i = static_cast<std::size_t>(entry.row()); seen[i] != k;
                 i = static_cast<std::size_t>(parent[i])) {
                if (parent[i] < 0) parent[i] = k;
                seen[i] = k;
                const auto length = static_cast<double>(++below[i]);
                // The square c² of the c rows below a pivot is updated; it grows by 2c − 1 with each.
                out.operations += 2.0 * length - 1.0;
                out.entries += 2.0;
            }
        }
        if (out.operations > most) return out;
    }
    out.entries += static_cast<double>(n);
    return out;
}

Components components(const RealSparse& matrix) {
    const Index n = matrix.rows();
    std::vector<Index> root(static_cast<std::size_t>(n));
    std::iota(root.begin(), root.end(), Index{0});
    const auto find = [&](Index i) {
        while (root[static_cast<std::size_t>(i)] != i)
            i = root[static_cast<std::size_t>(i)] =
                root[static_cast<std::size_t>(root[static_cast<std::size_t>(i)])];
        return i;
    };
    for (Index c = 0; c < n; ++c)
        for (RealSparse::InnerIterator entry(matrix, c); entry; ++entry)
            root[static_cast<std::size_t>(find(entry.row()))] = find(c);
    Components out{std::vector<Index>(static_cast<std::size_t>(n), -1), 0};
    for (Index i = 0; i < n; ++i) {
        Index& number = out.of[static_cast<std::size_t>(find(i))];
        if (number < 0) number = out.count++;
        out.of[static_cast<std::size_t>(i)] = number;
    }
    return out;
}

}  // namespace redfield::steady
