#include "redfield/linalg/hermitian.hpp"

#include <Eigen/Eigenvalues>

#include "redfield/linalg/errors.hpp"

namespace redfield {

RealMatrix pack(const ComplexMatrix& x) {
    require(x.rows() == x.cols(), "pack: the matrix must be square");
    const RealMatrix re = x.real(), im = x.imag();
    return 0.5 * (re + re.transpose() + im - im.transpose());
}

RealMatrix pack_antihermitian(const ComplexMatrix& x) {
    require(x.rows() == x.cols(), "pack: the matrix must be square");
    const RealMatrix re = x.real(), im = x.imag();
    return 0.5 * (im + im.transpose() - re + re.transpose());
}

ComplexMatrix unpack(const RealMatrix& packed) {
    ComplexMatrix x(packed.rows(), packed.cols());
    x.real() = 0.5 * (packed + packed.transpose());
    x.imag() = 0.5 * (packed - packed.transpose());
    return x;
}

void unpack_row_major(const RealMatrix& packed, Complex* out) {
    // Row-major ρ is column-major ρᵀ = ρ*.
    Eigen::Map<ComplexMatrix>(out, packed.rows(), packed.cols()) = unpack(packed).conjugate();
}

double hermitian_defect(const ComplexMatrix& x) {
    return x.size() == 0 ? 0.0 : (x - x.adjoint()).cwiseAbs().maxCoeff();
}

double trace_norm(const RealMatrix& packed) {
    if (packed.size() == 0) return 0.0;
    const Eigen::SelfAdjointEigenSolver<ComplexMatrix> solver(unpack(packed),
                                                              Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success)
        throw ConvergenceError("trace_norm: the eigenvalues did not converge; is the input finite?");
    return solver.eigenvalues().cwiseAbs().sum();
}

}  // namespace redfield
