#include "hierarchy/conserved.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "linalg/decompositions.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::hierarchy {

namespace {

/// Levels within this part of the largest energy are one.
constexpr double one_level = 1e-13;
/// Numbers of an operator that commutes with H, up to which those that commute with the couplings are
/// sought.
constexpr Index most_numbers = 1024;

/// Elements (k, l), k ≤ l, of levels that are one: packed, a Hermitian operator of them has an R_kl and
/// an R_lk.
std::vector<std::pair<Index, Index>> commuting_elements(const RealVector& energies) {
    const Index n = energies.size();
    const double near = one_level * static_cast<double>(n) * energies.cwiseAbs().maxCoeff();
    std::vector<std::pair<Index, Index>> out;
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k)
            if (k == l || std::abs(energies[k] - energies[l]) <= near) out.emplace_back(k, l);
    return out;
}

/// The Hermitian operators that commute with H and with Hermitian couplings in its eigenbasis: the null
/// space of Σ_j ‖[A_j, X]‖² as a quadratic form of X; of levels apart X is diagonal, and the form the
/// Laplacian of the weights |A_kl|².
RealMatrix commuting_with(const Eigensystem& eigen, const std::vector<ComplexMatrix>& couplings) {
    const Index n = eigen.dimension();
    const std::vector<std::pair<Index, Index>> elements = commuting_elements(eigen.energies());
    const auto count = static_cast<Index>(elements.size());
    RealMatrix identity = RealMatrix::Identity(n, n) / std::sqrt(static_cast<double>(n));
    const RealMatrix one = identity.reshaped(n * n, 1);
    if (count > n && count > most_numbers) return one;
    RealMatrix form = RealMatrix::Zero(count, count);
    for (const ComplexMatrix& a : couplings) {
        if (count == n) {
            const RealMatrix weights = a.cwiseAbs2();
            form -= 2.0 * weights;
            form.diagonal() += 2.0 * weights.colwise().sum().transpose();
            continue;
        }
        RealMatrix images(n * n, count);
        RealMatrix packed = RealMatrix::Zero(n, n);
        for (Index e = 0; e < count; ++e) {
            const auto [k, l] = elements[static_cast<std::size_t>(e)];
            packed(k, l) = 1.0;
            const ComplexMatrix x = unpack(packed);
            packed(k, l) = 0.0;
            images.col(e) = pack(Complex(0.0, 1.0) * (a * x - x * a)).reshaped();
        }
        form.noalias() += images.transpose() * images;
    }
    const auto [values, vectors] = linalg::hermitian_modes(form, "the operators that commute with H");
    const double zero = 1e-15 * static_cast<double>(n) * std::max(values[count - 1], 0.0);
    Index dimension = 1;
    while (dimension < count && values[dimension] <= zero) ++dimension;
    if (dimension == 1) return one;
    RealMatrix out = RealMatrix::Zero(n * n, dimension);
    for (Index e = 0; e < count; ++e) {
        const auto [k, l] = elements[static_cast<std::size_t>(e)];
        out.row(k + n * l) = vectors.row(e).head(dimension);
    }
    return out;
}

/// An operator of a hierarchy in the eigenbasis.
template <class AnyHierarchy>
ComplexMatrix in_eigenbasis(const AnyHierarchy& hierarchy, const ComplexMatrix& a) {
    return hierarchy.frame() == Frame::given ? hierarchy.system().eigensystem().to_eigenbasis(a) : a;
}

}  // namespace

RealMatrix conserved_quantities(const Hierarchy& hierarchy) {
    std::vector<ComplexMatrix> couplings;
    for (const ComplexMatrix& a : hierarchy.couplings()) couplings.push_back(in_eigenbasis(hierarchy, a));
    return commuting_with(hierarchy.system().eigensystem(), couplings);
}

/// An operator that commutes with a + a† and i(a − a†) commutes with both, and so does its even part.
RealMatrix conserved_quantities(const FermionicHierarchy& hierarchy) {
    const Eigensystem& eigen = hierarchy.system().eigensystem();
    const Index n = hierarchy.dimension();
    std::vector<ComplexMatrix> couplings;
    for (std::size_t j = 0; j < hierarchy.couplings().size(); j += 2) {
        const ComplexMatrix a = in_eigenbasis(hierarchy, hierarchy.couplings()[j]);
        couplings.emplace_back(a + a.adjoint());
        couplings.emplace_back(Complex(0.0, 1.0) * (a - a.adjoint()));
    }
    const RealMatrix all = commuting_with(eigen, couplings);
    if (all.cols() == 1) return all;
    RealMatrix even(all.rows(), all.cols());
    for (Index i = 0; i < all.cols(); ++i) {
        const RealMatrix packed = all.col(i).reshaped(n, n);
        const RealMatrix kept =
            hierarchy.even(eigen.in_frame(hierarchy.frame(), {packed, Frame::eigenbasis}, 1));
        even.col(i) = eigen.in_frame(Frame::eigenbasis, {kept, hierarchy.frame()}, 1).reshaped();
    }
    // The projection is orthogonal and keeps their space: the squares of its singular values are 1 and 0.
    const auto [squares, right] = linalg::hermitian_modes(RealMatrix(even.transpose() * even),
                                                          "the even operators that commute with H");
    const auto count = (squares.array() > 0.25).count();
    return even * right.rightCols(count);
}

}  // namespace redfield::hierarchy
