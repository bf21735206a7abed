#include "reference.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "linalg/product_kernels.hpp"

namespace reference {

namespace {

/// Taylor's series of e^{A/2^s}, ‖A/2^s‖ ≤ 1/4, squared s times.
template <class Matrix>
Matrix exponential_of(Matrix a) {
    const double size = a.norm();
    const int squarings = size > 0.25 ? static_cast<int>(std::ceil(std::log2(4.0 * size))) : 0;
    a *= std::ldexp(1.0, -squarings);
    Matrix out = Matrix::Identity(a.rows(), a.cols()), term = out;
    for (int k = 1; k <= 14; ++k) {  // the next is below 1e-21
        term = (term * a / k).eval();
        out += term;
    }
    for (int s = 0; s < squarings; ++s) out = (out * out).eval();
    return out;
}

/// The eigenvectors (v, ±u) and eigenvalues ±σ of the Hermitian matrix with A† above and A below its
/// diagonal, which has the singular values and vectors of A without squaring them.
Eigenpairs singular_pairs(const ComplexMatrix& a) {
    ComplexMatrix both = ComplexMatrix::Zero(a.rows() + a.cols(), a.rows() + a.cols());
    both.topRightCorner(a.cols(), a.rows()) = a.adjoint();
    both.bottomLeftCorner(a.rows(), a.cols()) = a;
    return diagonalise(both);
}

}  // namespace

ComplexMatrix random_matrix(Index n, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal;
    ComplexMatrix a(n, n);
    for (Index i = 0; i < a.size(); ++i) a.data()[i] = Complex(normal(engine), normal(engine));
    return a;
}

ComplexMatrix random_hermitian(Index n, unsigned seed) {
    const ComplexMatrix a = random_matrix(n, seed);
    return 0.5 * (a + a.adjoint());
}

ComplexMatrix random_state(Index n, unsigned seed) {
    const ComplexMatrix a = random_matrix(n, seed);
    const ComplexMatrix rho = a * a.adjoint();
    return rho / rho.trace();
}

redfield::SparseMatrix random_sparse(Index n, unsigned seed) {
    ComplexMatrix a = random_matrix(n, seed);
    const ComplexMatrix mask = random_matrix(n, seed + 1000);
    for (Index i = 0; i < a.size(); ++i)
        if (mask.data()[i].real() < 0.4) a.data()[i] = 0.0;
    return a.sparseView();
}

ComplexMatrix dense(const redfield::CsrMatrix& m) {
    ComplexMatrix out = ComplexMatrix::Zero(m.rows, m.cols);
    for (Index r = 0; r < m.rows; ++r)
        for (std::int32_t i = m.row_start[static_cast<std::size_t>(r)];
             i < m.row_start[static_cast<std::size_t>(r) + 1]; ++i)
            out(r, m.column[static_cast<std::size_t>(i)]) = m.value[static_cast<std::size_t>(i)];
    return out;
}

Eigenpairs diagonalise(const ComplexMatrix& h) {
    const Eigen::SelfAdjointEigenSolver<ComplexMatrix> solver(h);
    return {solver.eigenvalues(), solver.eigenvectors()};
}

std::vector<Complex> eigenvalues(const ComplexMatrix& matrix) {
    const Eigen::ComplexEigenSolver<ComplexMatrix> solver(matrix, false);
    std::vector<Complex> out(solver.eigenvalues().begin(), solver.eigenvalues().end());
    std::sort(out.begin(), out.end(), [](Complex a, Complex b) { return std::abs(a) < std::abs(b); });
    return out;
}

Eigen::VectorXcd null_vector(const ComplexMatrix& matrix) {
    const Eigenpairs pairs = singular_pairs(matrix);
    // σ = 0 has the vectors (v, 0) and (0, u), in any mixture; each has a multiple of v above.
    std::vector<Index> order(static_cast<std::size_t>(pairs.energies.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::partial_sort(order.begin(), order.begin() + 2, order.end(), [&](Index i, Index j) {
        return std::abs(pairs.energies[i]) < std::abs(pairs.energies[j]);
    });
    const Eigen::VectorXcd one = pairs.vectors.col(order[0]).head(matrix.cols());
    const Eigen::VectorXcd other = pairs.vectors.col(order[1]).head(matrix.cols());
    return (one.norm() > other.norm() ? one : other).normalized();
}

RealMatrix exponential(const RealMatrix& matrix) { return exponential_of(matrix); }

double trace_norm(const ComplexMatrix& a) { return 0.5 * singular_pairs(a).energies.cwiseAbs().sum(); }

Complex one_sided_gamma(double w, double strength) {
    const double x = std::abs(w) < 1e-12 ? 1.0 : w / -std::expm1(-w);
    return strength * Complex(0.5 * x * std::exp(-std::abs(w) / 4.0), 0.2 * std::sin(w) - 0.1);
}

ComplexMatrix lambda(const ComplexMatrix& h, const ComplexMatrix& a, const redfield::Bath& bath) {
    const auto [energies, u] = diagonalise(h);
    ComplexMatrix inner = u.adjoint() * a * u;
    for (Index k = 0; k < h.rows(); ++k)
        for (Index l = 0; l < h.rows(); ++l) inner(k, l) *= bath(energies[l] - energies[k]);
    return u * inner * u.adjoint();
}

ComplexMatrix commutator(const ComplexMatrix& h, const ComplexMatrix& x) {
    return Complex(0.0, -1.0) * (h * x - x * h);
}

ComplexMatrix redfield_rhs(const ComplexMatrix& h, const std::vector<ComplexMatrix>& couplings,
                           const std::vector<redfield::Bath>& baths, const ComplexMatrix& rho) {
    ComplexMatrix out = commutator(h, rho);
    for (std::size_t j = 0; j < couplings.size(); ++j) {
        const ComplexMatrix& a = couplings[j];
        const ComplexMatrix l = lambda(h, a, baths[baths.size() == 1 ? 0 : j]);
        out +=
            l * rho * a.adjoint() + a * rho * l.adjoint() - a.adjoint() * l * rho - rho * l.adjoint() * a;
    }
    return out;
}

ComplexMatrix evolve(const std::function<ComplexMatrix(const ComplexMatrix&)>& rhs,
                     const ComplexMatrix& rho, double t) {
    const Index n = rho.rows();
    ComplexMatrix dense(n * n, n * n), unit = ComplexMatrix::Zero(n, n);
    for (Index i = 0; i < n * n; ++i) {
        unit.data()[i] = 1.0;
        const ComplexMatrix image = rhs(unit);
        dense.col(i) = Eigen::Map<const Eigen::VectorXcd>(image.data(), n * n);
        unit.data()[i] = 0.0;
    }
    const Eigen::VectorXcd out =
        exponential_of<ComplexMatrix>(dense * t) * Eigen::Map<const Eigen::VectorXcd>(rho.data(), n * n);
    return Eigen::Map<const ComplexMatrix>(out.data(), n, n);
}

std::vector<ComplexMatrix> projectors(Index n) {
    std::vector<ComplexMatrix> out;
    for (Index j = 0; j < n; ++j) {
        out.push_back(ComplexMatrix::Zero(n, n));
        out.back()(j, j) = 1.0;
    }
    return out;
}

redfield::EvolveOptions with(redfield::Method method, double rtol, double atol) {
    redfield::EvolveOptions options;
    options.method = method;
    options.rtol = rtol;
    options.atol = atol;
    return options;
}

}  // namespace reference
