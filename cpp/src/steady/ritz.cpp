#include "steady/ritz.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "linalg/arnoldi.hpp"
#include "linalg/decompositions.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::steady {

namespace {

std::vector<Index> by_modulus(const VectorOf<Complex>& values) {
    std::vector<Index> order(static_cast<std::size_t>(values.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return std::abs(values[a]) > std::abs(values[b]); });
    return order;
}

}  // namespace

RitzPairs ritz_pairs(const LinearMap& a, const RealVector& start, Index wanted, double tol,
                     Index longest) {
    linalg::Arnoldi<double> krylov(start, longest);
    while (!krylov.ended()) {
        krylov.extend(a);
        const Index k = krylov.size(), count = std::min(wanted, k);
        if (k < wanted && !krylov.ended()) continue;
        const RealMatrix h = krylov.hessenberg();
        const auto [values, eigenvectors] =
            linalg::general_modes(RealMatrix(h.topRows(k)), "spectrum: the small problem");
        const std::vector<Index> order = by_modulus(values);
        RitzPairs out{VectorOf<Complex>(count), ComplexMatrix(k, count)};
        bool converged = true;
        for (Index i = 0; i < count; ++i) {
            const Index c = order[static_cast<std::size_t>(i)];
            out.values[i] = values[c];
            out.vectors.col(i) = eigenvectors.col(c).normalized();
            const double residual = h(k, k - 1) * std::abs(out.vectors(k - 1, i));
            converged = converged && residual <= tol * std::abs(out.values[i]);
        }
        if (!converged && !krylov.invariant()) continue;
        out.vectors = krylov.basis() * out.vectors;
        return out;
    }
    throw ConvergenceError("spectrum: " + std::to_string(krylov.size()) +
                           " Krylov vectors do not find the modes asked for; ask for fewer, loosen tol, "
                           "or use method=\"direct\"");
}

}  // namespace redfield::steady
