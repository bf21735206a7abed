#include "redfield/system/eigensystem.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "linalg/decompositions.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

namespace {

bool is_real(const ComplexMatrix& x) { return x.imag().cwiseAbs().maxCoeff() == 0.0; }

/// max|x| within √2, without a square root for each entry.
double largest_part(const ComplexMatrix& x) {
    return std::max(x.real().cwiseAbs().maxCoeff(), x.imag().cwiseAbs().maxCoeff());
}

void require_dimension(Index rows, Index cols, Index n) {
    require(rows == n && cols == n, "Eigensystem: a matrix is ", rows, " x ", cols, ", the system has ",
            n, " levels");
}

constexpr const char* problem = "Eigensystem: the diagonalisation of the Hamiltonian";

}  // namespace

Eigensystem::Eigensystem(const ComplexMatrix& h) {
    require(h.rows() == h.cols(), "Eigensystem: the Hamiltonian must be square, got ", h.rows(), " x ",
            h.cols());
    require(h.rows() > 0, "Eigensystem: the Hamiltonian is empty");
    require(h.allFinite(), "Eigensystem: the Hamiltonian has an entry that is NaN or infinite");
    const double defect = largest_part(h - h.adjoint());
    require(defect <= 1e-10 * largest_part(h),
            "Eigensystem: the Hamiltonian is not Hermitian, max|H - H†| = ", defect);
    if (is_real(h)) {
        const auto [values, vectors] = linalg::hermitian_modes(RealMatrix(h.real()), problem);
        data_ = std::make_shared<const Data>(
            Data{values, linalg::Factor(vectors), linalg::Factor(RealMatrix(vectors.transpose()))});
    } else {
        const auto [values, vectors] = linalg::hermitian_modes(h, problem);
        set(values, vectors);
    }
}

Eigensystem::Eigensystem(RealVector energies, const ComplexMatrix& u) {
    const Index n = energies.size();
    require(n > 0, "Eigensystem: no energies were given");
    require(u.rows() == n && u.cols() == n, "Eigensystem: energies and eigenvectors differ in size");
    require(energies.allFinite() && u.allFinite(), "Eigensystem: an entry is NaN or infinite");
    for (Index k = 1; k < n; ++k)
        require(energies[k] >= energies[k - 1], "Eigensystem: energies must be ascending");
    const linalg::Factor vectors(u), adjoint(ComplexMatrix(u.adjoint()));
    const RealMatrix gram = linalg::congruence(adjoint, vectors, RealMatrix::Identity(n, n), 1);
    require((gram - RealMatrix::Identity(n, n)).cwiseAbs().maxCoeff() < 1e-8,
            "Eigensystem: the eigenvectors are not orthonormal");
    set(std::move(energies), u);
}

void Eigensystem::set(RealVector energies, const ComplexMatrix& u) {
    data_ = std::make_shared<const Data>(
        Data{std::move(energies), linalg::Factor(u), linalg::Factor(ComplexMatrix(u.adjoint()))});
}

Eigensystem Eigensystem::given_basis(Index n) {
    require(n > 0, "Eigensystem: a system needs at least one level");
    Eigensystem out;
    out.data_ = std::make_shared<const Data>(Data{RealVector::Zero(n), {}, {}});
    return out;
}

bool Eigensystem::operator==(const Eigensystem& other) const {
    if (data_ == other.data_) return true;
    return is_given_basis() == other.is_given_basis() && energies() == other.energies() &&
           (is_given_basis() || eigenvectors() == other.eigenvectors());
}

ComplexMatrix Eigensystem::eigenvectors() const {
    if (is_given_basis()) return ComplexMatrix::Identity(dimension(), dimension());
    ComplexMatrix u = vectors().re().cast<Complex>();
    if (!vectors().is_real()) u.imag() = -vectors().minus_im();
    return u;
}

namespace {

/// Q X Q† of any X = H₁ + iH₂ by the planar congruence, which both Hermitian parts have.
ComplexMatrix congruence_of(const linalg::Factor& q, const linalg::Factor& adjoint,
                            const ComplexMatrix& x) {
    require_dimension(x.rows(), x.cols(), q.cols());
    if (q.is_real() && is_real(x)) {
        const RealMatrix half = q.re() * x.real();
        return (half * adjoint.re()).cast<Complex>();
    }
    Split parts = split(x);
    parts.hermitian = linalg::congruence(q, adjoint, parts.hermitian, 1);
    if (parts.antihermitian.size() != 0)
        parts.antihermitian = linalg::congruence(q, adjoint, parts.antihermitian, 1);
    ComplexMatrix out(x.rows(), x.cols());
    join(parts.hermitian, parts.antihermitian, out.data());
    return out;
}

}  // namespace

ComplexMatrix Eigensystem::to_eigenbasis(const ComplexMatrix& x) const {
    if (is_given_basis()) return x;
    return congruence_of(adjoint(), vectors(), x);
}

ComplexMatrix Eigensystem::from_eigenbasis(const ComplexMatrix& x) const {
    if (is_given_basis()) return x;
    return congruence_of(vectors(), adjoint(), x);
}

RealMatrix Eigensystem::to_eigenbasis(const ConstRef& packed, int threads) const {
    require_dimension(packed.rows(), packed.cols(), dimension());
    if (is_given_basis()) return packed;
    return linalg::congruence(this->adjoint(), vectors(), packed, threads);
}

RealMatrix Eigensystem::from_eigenbasis(const ConstRef& packed, int threads) const {
    require_dimension(packed.rows(), packed.cols(), dimension());
    if (is_given_basis()) return packed;
    return linalg::congruence(vectors(), this->adjoint(), packed, threads);
}

RealMatrix Eigensystem::in_frame(Frame frame, StateView state, int threads) const {
    require_dimension(state.packed.rows(), state.packed.cols(), dimension());
    if (frame == state.frame) return state.packed;
    return frame == Frame::eigenbasis ? to_eigenbasis(state.packed, threads)
                                      : from_eigenbasis(state.packed, threads);
}

}  // namespace redfield
