#include "linalg/decompositions.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <string>

#include "linalg/lu.hpp"
#include "redfield/base/errors.hpp"

template class Eigen::PartialPivLU<redfield::RealMatrix>;
template class Eigen::PartialPivLU<redfield::ComplexMatrix>;

namespace redfield::linalg {

void require_converged(bool converged, const char* what) {
    if (!converged) throw ConvergenceError(std::string(what) + " did not converge; is the input finite?");
}

namespace {

template <class Matrix>
HermitianModes<Matrix> modes_of_hermitian(const Matrix& a, const char* what) {
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(a);
    require_converged(solver.info() == Eigen::Success, what);
    return {solver.eigenvalues(), solver.eigenvectors()};
}

}  // namespace

HermitianModes<RealMatrix> hermitian_modes(const RealMatrix& a, const char* what) {
    return modes_of_hermitian(a, what);
}

HermitianModes<ComplexMatrix> hermitian_modes(const ComplexMatrix& a, const char* what) {
    return modes_of_hermitian(a, what);
}

RealVector hermitian_values(const ComplexMatrix& a, const char* what) {
    const Eigen::SelfAdjointEigenSolver<ComplexMatrix> solver(a, Eigen::EigenvaluesOnly);
    require_converged(solver.info() == Eigen::Success, what);
    return solver.eigenvalues();
}

HermitianModes<RealMatrix> tridiagonal_modes(const RealVector& diagonal, const RealVector& beside,
                                             const char* what) {
    Eigen::SelfAdjointEigenSolver<RealMatrix> solver;
    solver.computeFromTridiagonal(diagonal, beside);
    require_converged(solver.info() == Eigen::Success, what);
    return {solver.eigenvalues(), solver.eigenvectors()};
}

RealMatrix orthonormal_columns(const RealMatrix& a) {
    return Eigen::HouseholderQR<RealMatrix>(a).householderQ() * RealMatrix::Identity(a.rows(), a.cols());
}

ComplexMatrix triangle_of(const ComplexMatrix& a) {
    const Eigen::HouseholderQR<ComplexMatrix> qr(a);
    return qr.matrixQR().topRows(std::min(a.rows(), a.cols())).triangularView<Eigen::Upper>();
}

ComplexMatrix solve(const ComplexMatrix& a, const ComplexMatrix& b) {
    return Eigen::PartialPivLU<ComplexMatrix>(a).solve(b);
}

}  // namespace redfield::linalg
