#include "steady/null_space.hpp"

#include <Eigen/QR>
#include <cmath>
#include <random>

#include "redfield/linalg/monitor.hpp"
#include "steady/gmres.hpp"

namespace redfield::steady {

RealMatrix null_space(const RealMatrix& matrix, double zero) {
    const Index n = matrix.cols();
    const Eigen::ColPivHouseholderQR<RealMatrix> qr(matrix);
    const auto diagonal = qr.matrixR().diagonal();
    Index rank = n - 1;
    while (rank > 0 && std::abs(diagonal[rank - 1]) <= zero) --rank;
    // R₁₁X + R₁₂ = 0
    RealMatrix vectors = RealMatrix::Zero(n, n - rank);
    vectors.topRows(rank) = -qr.matrixR().topRightCorner(rank, n - rank);
    auto head = vectors.topRows(rank);
    qr.matrixR().topLeftCorner(rank, rank).triangularView<Eigen::Upper>().solveInPlace(head);
    vectors.bottomRows(n - rank).setIdentity();
    vectors = (qr.colsPermutation() * vectors).eval();
    return Eigen::HouseholderQR<RealMatrix>(vectors).householderQ() * RealMatrix::Identity(n, n - rank);
}

namespace {

void orthogonalise(const std::vector<RealVector>& basis, RealVector& x) {
    for (int pass = 0; pass < 2; ++pass)
        for (const RealVector& v : basis) x -= v.dot(x) * v;
}

}  // namespace

NullSpace null_space(PackedMap& map, const LinearMap& inverse, const RealVector& known) {
    constexpr int starts = 2;        // random operators in a row that add nothing end the search
    constexpr double solved = 1e-8;  // relative residual of 𝓛Z = 𝓛X
    constexpr double fresh = 1e-5;   // what of X − Z lies outside the basis, X of norm 1, and counts
    const double zero = map.rounding() * map.fastest(), rate = std::max(map.decay(), zero);
    NullSpace out{{known.normalized()}, true};
    std::mt19937_64 engine(12345);
    RealVector right, change;
    for (int nothing = 0; nothing < starts && static_cast<Index>(out.basis.size()) < map.size();) {
        RealVector x = random_operator(engine, map.size());
        orthogonalise(out.basis, x);
        x.normalize();
        map(x, right);
        ++nothing;
        if (right.norm() > zero) {
            const Solution z =
                gmres([&](const RealVector& v, RealVector& w) { map(v, w); }, inverse, right, solved);
            if (z.residual > std::sqrt(solved)) {
                out.whole = false;
                continue;
            }
            x -= z.x;
        }
        orthogonalise(out.basis, x);
        const double left = x.norm();
        // What remains must be stationary before it may count.
        if (left <= fresh) continue;
        map(x, change);
        if (change.norm() > fresh * left * rate) continue;
        out.basis.push_back(x / left);
        nothing = 0;
    }
    if (out.basis.size() == 1) return out;
    // What is told of several should be as good as the one state is.
    for (RealVector& v : out.basis) {
        map(v, right);
        v -= gmres([&](const RealVector& x, RealVector& y) { map(x, y); }, inverse, right, 1e-5).x;
    }
    for (std::size_t i = 0; i < out.basis.size(); ++i) {
        const std::vector<RealVector> before(out.basis.begin(),
                                             out.basis.begin() + static_cast<std::ptrdiff_t>(i));
        orthogonalise(before, out.basis[i]);
        out.basis[i].normalize();
    }
    return out;
}

}  // namespace redfield::steady
