#pragma once

#include <utility>
#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/system/eigensystem.hpp"
#include "redfield/system/state.hpp"

namespace redfield::hierarchy {

/// Elements of an operator below this part of its largest are rounding.
constexpr double entry_noise = 1e-15;

/// Calls visit(row, column, value) of each element of an operator that is not rounding, column by column.
template <class Visit>
void visit_entries(const ComplexMatrix& a, const Visit& visit) {
    const double noise = entry_noise * a.cwiseAbs().maxCoeff();
    for (Index c = 0; c < a.cols(); ++c)
        for (Index r = 0; r < a.rows(); ++r)
            if (std::abs(a(r, c)) > noise) visit(r, c, a(r, c));
}

/// H and the couplings in the basis of a hierarchy's vectors.
struct Operators {
    Frame frame;
    RealVector energies;                   ///< of H in the eigenbasis; empty in the given basis
    ComplexMatrix hamiltonian;             ///< in the given basis; empty in the eigenbasis
    std::vector<ComplexMatrix> couplings;  ///< the distinct A_j
    Eigen::VectorXcd remainders;           ///< d_j of what acts at once, of each of them

    Index dimension() const { return energies.size() > 0 ? energies.size() : hamiltonian.rows(); }
    /// E_k − E_l in the eigenbasis; empty in the given basis.
    RealMatrix frequencies() const {
        const Index n = energies.size();
        return energies.replicate(1, n) - energies.transpose().replicate(n, 1);
    }
    /// Σ_j Im d_j A_j², by which remainders shift H.
    ComplexMatrix shift() const {
        ComplexMatrix out = ComplexMatrix::Zero(dimension(), dimension());
        for (Index j = 0; j < remainders.size(); ++j) {
            const ComplexMatrix& a = couplings[static_cast<std::size_t>(j)];
            out += remainders[j].imag() * a * a;
        }
        return out;
    }
};

/// H and the couplings, given in the basis of H, in the basis where their products cost less, of which
/// Product(A).cost() is that of one.
template <class Product>
Operators in_cheaper_basis(const Eigensystem& eigen, const ComplexMatrix& h,
                           std::vector<ComplexMatrix> couplings, const Eigen::VectorXcd& remainders) {
    const auto cost = [](const std::vector<ComplexMatrix>& all) {
        double out = 0.0;
        for (const ComplexMatrix& a : all) out += Product(a).cost();
        return out;
    };
    Operators turned{Frame::eigenbasis, eigen.energies(), {}, {}, remainders};
    for (const ComplexMatrix& a : couplings) turned.couplings.push_back(eigen.to_eigenbasis(a));
    const double in_given = cost(couplings) + Product(h).cost();
    if (cost(turned.couplings) <= in_given) return turned;
    return {Frame::given, {}, h, std::move(couplings), remainders};
}

}  // namespace redfield::hierarchy
