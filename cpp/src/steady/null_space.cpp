#include "steady/null_space.hpp"

#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <random>

#include "linalg/decompositions.hpp"
#include "linalg/orthonormal_basis.hpp"

namespace redfield::steady {

namespace {

/// X of the columns P[X; 1] that a triangular factor sends to zero, R₁₁X + R₁₂ = 0.
template <class Triangle, class Permutation>
RealMatrix from_triangle(const Triangle& r, const Permutation& columns, double zero) {
    const Index n = r.cols();
    Index rank = n - 1;
    while (rank > 0 && std::abs(r(rank - 1, rank - 1)) <= zero) --rank;
    RealMatrix vectors = RealMatrix::Zero(n, n - rank);
    vectors.topRows(rank) = -r.topRightCorner(rank, n - rank);
    auto head = vectors.topRows(rank);
    r.topLeftCorner(rank, rank).template triangularView<Eigen::Upper>().solveInPlace(head);
    vectors.bottomRows(n - rank).setIdentity();
    vectors = (columns * vectors).eval();
    if (rank == n - 1) return vectors.normalized();
    return linalg::orthonormal_columns(vectors);
}

/// Sizes up to which LU with complete pivoting takes half the time of QR; beyond, its search for pivots
/// does not.
constexpr Index small_size = 64;

}  // namespace

RealMatrix null_space(const RealMatrix& matrix, double zero) {
    if (matrix.cols() <= small_size) {
        const Eigen::FullPivLU<RealMatrix> lu(matrix);
        return from_triangle(lu.matrixLU(), lu.permutationQ(), zero);
    }
    const Eigen::ColPivHouseholderQR<RealMatrix> qr(matrix);
    return from_triangle(qr.matrixR(), qr.colsPermutation(), zero);
}

NullSpace null_space(Bordered& system, const Preconditioner& inverse, const RealVector& known) {
    constexpr int starts = 2;        // random operators in a row that add nothing end the search
    constexpr int passes = 4;        // each takes what decays 1e-8 times slower
    constexpr double solved = 1e-8;  // relative residual of 𝓛Z = 𝓛X
    constexpr double fresh = 1e-5;   // what of X − Z lies outside the basis, X of norm 1, and counts
    PackedMap& map = system.map();
    const double zero = map.rounding();
    const LinearMap liouvillian = [&](const RealVector& v, RealVector& w) { system.stationarity(v, w); };
    const Preconditioner precondition = system.preconditioner(inverse);
    linalg::OrthonormalBasis<double> basis(map.size());
    basis.append_unit(known.normalized());
    bool complete = true;
    std::mt19937_64 engine(12345);
    RealVector right;
    for (int nothing = 0; nothing < starts && basis.size() < map.size();) {
        RealVector x = random_operator(engine, map.size());
        basis.orthogonalise(x);
        x.normalize();
        ++nothing;
        bool stationary = false;
        for (int pass = 0; pass < passes; ++pass) {
            system.stationarity(x, right);
            stationary = right.norm() <= zero * x.norm();
            if (stationary) break;
            // A residual below the rounding of 𝓛X is outside 𝓛's range, and what GMRES does to reach it
            // is a part of the null space without bound.
            const double rtol = std::max(solved, 0.3 * zero * x.norm() / right.norm());
            const Solution z = linalg::gmres<double>(liouvillian, precondition, right, rtol);
            if (z.residual > std::max(std::sqrt(solved), rtol)) break;
            x -= z.x;
            basis.orthogonalise(x);
            if (x.norm() <= fresh) break;
        }
        if (x.norm() <= fresh) continue;
        if (!stationary) {
            system.stationarity(x, right);
            stationary = right.norm() <= 10.0 * zero * x.norm();
        }
        if (stationary && basis.append(x, 0.0))
            nothing = 0;
        else
            complete = false;
    }
    return {basis.vectors(), complete};
}

}  // namespace redfield::steady
