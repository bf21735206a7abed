#include "hierarchy/bounds.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "hierarchy/index_set.hpp"

namespace redfield::hierarchy {

namespace {

/// The largest eigenvalue of b + b† with at most `depth` quanta.
double ladder_norm(int depth) {
    if (depth == 0) return 0.0;
    const RealVector diagonal = RealVector::Zero(depth + 1);
    RealVector beside(depth);
    for (int d = 0; d < depth; ++d) beside[d] = std::sqrt(d + 1.0);
    Eigen::SelfAdjointEigenSolver<RealMatrix> solver;
    solver.computeFromTridiagonal(diagonal, beside, Eigen::EigenvaluesOnly);
    return solver.eigenvalues()[depth];
}

}  // namespace

SpectralBounds bounds(const Hierarchy& hierarchy) {
    const IndexSet& set = hierarchy.indices();
    const Index n = hierarchy.dimension();
    const std::vector<ComplexMatrix>& couplings = hierarchy.couplings();
    ComplexMatrix squares = ComplexMatrix::Zero(n, n);
    double fastest = 0.0, turning = 0.0;
    for (const Term& term : set.terms()) {
        const ComplexMatrix& a = couplings[static_cast<std::size_t>(term.operator_index)];
        squares += term.scale * term.scale * a * a;
        fastest = std::max(fastest, term.rate.real());
        turning = std::max(turning, std::abs(term.rate.imag()));
    }
    const Eigen::SelfAdjointEigenSolver<ComplexMatrix> solver(squares, Eigen::EigenvaluesOnly);
    const double strength = 2.0 * std::sqrt(std::max(0.0, solver.eigenvalues()[n - 1]));
    const double moved = strength * ladder_norm(set.depth());
    const double depth = set.depth();
    return {hierarchy.system().eigensystem().bandwidth() + depth * turning + moved,
            depth * fastest + moved};
}

}  // namespace redfield::hierarchy
