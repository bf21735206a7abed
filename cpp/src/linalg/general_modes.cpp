#include <Eigen/Eigenvalues>

#include "linalg/decompositions.hpp"

namespace redfield::linalg {

GeneralModes general_modes(const RealMatrix& a, const char* what) {
    const Eigen::EigenSolver<RealMatrix> solver(a);
    require_converged(solver.info() == Eigen::Success, what);
    return {solver.eigenvalues(), solver.eigenvectors()};
}

GeneralModes general_modes(const ComplexMatrix& a, const char* what) {
    const Eigen::ComplexEigenSolver<ComplexMatrix> solver(a);
    require_converged(solver.info() == Eigen::Success, what);
    return {solver.eigenvalues(), solver.eigenvectors()};
}

VectorOf<Complex> general_values(const RealMatrix& a, const char* what) {
    const Eigen::EigenSolver<RealMatrix> solver(a, false);
    require_converged(solver.info() == Eigen::Success, what);
    return solver.eigenvalues();
}

Schur schur(const ComplexMatrix& a, const char* what) {
    const Eigen::ComplexSchur<ComplexMatrix> solver(a);
    require_converged(solver.info() == Eigen::Success, what);
    return {solver.matrixU(), solver.matrixT()};
}

}  // namespace redfield::linalg
