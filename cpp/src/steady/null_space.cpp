#include "steady/null_space.hpp"

#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <random>

#include "redfield/linalg/monitor.hpp"
#include "steady/gmres.hpp"

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
    return Eigen::HouseholderQR<RealMatrix>(vectors).householderQ() * RealMatrix::Identity(n, n - rank);
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

namespace {

void orthogonalise(const std::vector<RealVector>& basis, RealVector& x) {
    for (int pass = 0; pass < 2; ++pass)
        for (const RealVector& v : basis) x -= v.dot(x) * v;
}

}  // namespace

NullSpace null_space(Bordered& system, const Preconditioner& inverse, const RealVector& known) {
    constexpr int starts = 2;        // random operators in a row that add nothing end the search
    constexpr int passes = 4;        // each takes what decays 1e-8 times slower
    constexpr double solved = 1e-8;  // relative residual of 𝓛Z = 𝓛X
    constexpr double fresh = 1e-5;   // what of X − Z lies outside the basis, X of norm 1, and counts
    PackedMap& map = system.map();
    const double zero = map.rounding();
    const LinearMap liouvillian = [&](const RealVector& v, RealVector& w) { system.stationarity(v, w); };
    const Preconditioner precondition = system.preconditioner(inverse);
    NullSpace out{{known.normalized()}, true};
    std::mt19937_64 engine(12345);
    RealVector right;
    for (int nothing = 0; nothing < starts && static_cast<Index>(out.basis.size()) < map.size();) {
        RealVector x = random_operator(engine, map.size());
        orthogonalise(out.basis, x);
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
            const Solution z = gmres(liouvillian, precondition, right, rtol);
            if (z.residual > std::max(std::sqrt(solved), rtol)) break;
            x -= z.x;
            orthogonalise(out.basis, x);
            if (x.norm() <= fresh) break;
        }
        const double left = x.norm();
        if (left <= fresh) continue;
        if (!stationary) {
            system.stationarity(x, right);
            stationary = right.norm() <= 10.0 * zero * left;
        }
        if (!stationary) {
            out.whole = false;
            continue;
        }
        out.basis.push_back(x / left);
        nothing = 0;
    }
    for (std::size_t i = 0; out.basis.size() > 1 && i < out.basis.size(); ++i) {
        const std::vector<RealVector> before(out.basis.begin(),
                                             out.basis.begin() + static_cast<std::ptrdiff_t>(i));
        orthogonalise(before, out.basis[i]);
        out.basis[i].normalize();
    }
    return out;
}

}  // namespace redfield::steady
