#include "evolve/reached.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "redfield/base/monitor.hpp"

namespace redfield::integrators {

namespace {

/// So few elements are not worth a search.
constexpr Index fewest = 16;
/// Applications after which a search that goes on is given up.
constexpr int most_searches = 64;

std::vector<Index> all_of(Index size) {
    std::vector<Index> out(static_cast<std::size_t>(size));
    std::iota(out.begin(), out.end(), Index{0});
    return out;
}

std::vector<Index> not_zero(const RealMatrix& x) {
    std::vector<Index> out;
    for (Index i = 0; i < x.size(); ++i)
        if (x.data()[i] != 0.0) out.push_back(i);
    return out;
}

/// Numbers between 1 and 2 of which no sum with simple coefficients vanishes.
double generic(Index i) {
    const double x = 0.6180339887498949 * static_cast<double>(i + 1);
    return 1.0 + std::sqrt(x - std::floor(x));
}

}  // namespace

std::vector<Index> reached_elements(const Generator& generator, const RealMatrix& rho0,
                                    linalg::Workspace& ws) {
    const Index size = rho0.size();
    if (size <= fewest) return all_of(size);
    std::vector<Index> elements = not_zero(rho0);
    if (elements.empty()) return all_of(size);
    RealMatrix x = RealMatrix::Zero(rho0.rows(), rho0.cols()), change = x;
    for (int search = 0; search < most_searches; ++search) {
        const std::size_t before = elements.size();
        if (static_cast<Index>(before) == size) return elements;
        for (const Index i : elements) x.data()[i] = generic(i);
        generator.apply(x, change, ws);
        // Elements that are there already need reach nothing, so that a state at rest in them stays.
        for (const Index i : elements) change.data()[i] = 1.0;
        elements = not_zero(change);
        if (elements.size() == before) return elements;
    }
    return all_of(size);
}

RealMatrix matrix_on(const Generator& generator, std::vector<Index>& elements, linalg::Workspace& ws) {
    const Index n = generator.dimension(), size = n * n;
    if (static_cast<Index>(elements.size()) == size) return generator.packed_matrix(ws);
    std::vector<bool> known(static_cast<std::size_t>(size), false);
    for (const Index i : elements) known[static_cast<std::size_t>(i)] = true;
    RealMatrix unit = RealMatrix::Zero(n, n), columns(size, static_cast<Index>(elements.size()));
    for (std::size_t j = 0; j < elements.size(); ++j) {
        base::poll();
        const auto column = static_cast<Index>(j);
        if (column == columns.cols()) columns.conservativeResize(size, std::min(size, 2 * column));
        unit.data()[elements[j]] = 1.0;
        generator.apply(unit, Eigen::Map<RealMatrix>(columns.col(column).data(), n, n), ws);
        unit.data()[elements[j]] = 0.0;
        for (Index i = 0; i < size; ++i) {
            if (columns(i, column) == 0.0 || known[static_cast<std::size_t>(i)]) continue;
            known[static_cast<std::size_t>(i)] = true;
            elements.push_back(i);
        }
    }
    const auto count = static_cast<Index>(elements.size());
    RealMatrix out(count, count);
    for (Index j = 0; j < count; ++j)
        for (Index i = 0; i < count; ++i) out(i, j) = columns(elements[static_cast<std::size_t>(i)], j);
    return out;
}

}  // namespace redfield::integrators
