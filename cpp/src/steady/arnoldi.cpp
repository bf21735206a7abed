#include "steady/arnoldi.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "redfield/linalg/errors.hpp"

namespace redfield::steady {

namespace {

std::vector<Index> by_modulus(const Eigen::VectorXcd& values) {
    std::vector<Index> order(static_cast<std::size_t>(values.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return std::abs(values[a]) > std::abs(values[b]); });
    return order;
}

}  // namespace

Ritz arnoldi(const LinearMap& map, const RealVector& start, Index wanted, double tol, Index longest) {
    longest = std::min(longest, start.size());
    std::vector<RealVector> basis{start.normalized()};
    RealMatrix hessenberg = RealMatrix::Zero(longest + 1, longest);
    RealVector next;
    for (Index m = 1; m <= longest; ++m) {
        const Index k = m - 1;
        next.resize(start.size());
        map(basis.back(), next);
        const double before = next.norm();
        for (int pass = 0; pass < 2; ++pass)
            for (Index i = 0; i < m; ++i) {
                const double along = basis[static_cast<std::size_t>(i)].dot(next);
                next -= along * basis[static_cast<std::size_t>(i)];
                hessenberg(i, k) += along;
            }
        const double rest = next.norm();
        const bool exhausted = rest <= 1e-13 * before || m == start.size();
        hessenberg(m, k) = exhausted ? 0.0 : rest;
        if (m < std::min(wanted, longest) && !exhausted) {
            basis.push_back(next / rest);
            continue;
        }
        const Eigen::EigenSolver<RealMatrix> small(hessenberg.topLeftCorner(m, m));
        if (small.info() != Eigen::Success)
            throw ConvergenceError("spectrum: the small eigenvalue problem does not converge");
        const std::vector<Index> order = by_modulus(small.eigenvalues());
        const ComplexMatrix inner = small.eigenvectors();
        const Index found = std::min(wanted, m);
        bool converged = true;
        for (Index i = 0; i < found; ++i) {
            const Index c = order[static_cast<std::size_t>(i)];
            const double error = hessenberg(m, k) * std::abs(inner(k, c)) / inner.col(c).norm();
            converged = converged && error <= tol * std::abs(small.eigenvalues()[c]);
        }
        if (!exhausted && !converged) {
            basis.push_back(next / rest);
            continue;
        }
        Ritz out{Eigen::VectorXcd(found), ComplexMatrix::Zero(start.size(), found)};
        for (Index i = 0; i < found; ++i) {
            const Index c = order[static_cast<std::size_t>(i)];
            out.values[i] = small.eigenvalues()[c];
            for (Index j = 0; j < m; ++j)
                out.vectors.col(i) += inner(j, c) * basis[static_cast<std::size_t>(j)].cast<Complex>();
            out.vectors.col(i).normalize();
        }
        return out;
    }
    throw ConvergenceError("spectrum: " + std::to_string(longest) +
                           " Krylov vectors do not find the modes asked for; ask for fewer, loosen tol, "
                           "or use method=\"direct\"");
}

}  // namespace redfield::steady
