#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "bath/principal_values.hpp"
#include "equation/eigen_couplings.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/equation/kinds.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::equation {

namespace {

/// The energies, degenerate ones exactly equal: γ may jump at ω = 0.
RealVector without_rounding(const RealVector& energies) {
    const double zero = degeneracy_tol(energies);
    RealVector out = energies;
    for (Index k = 1; k < out.size(); ++k)
        if (energies[k] - energies[k - 1] <= zero) out[k] = out[k - 1];
    return out;
}

/// Σ_j (A_j)*_ea (A_j)_ec over the couplings of one bath, a level e at a time.
class Strength {
  public:
    Strength(const System& system, std::size_t bath) : columns_(system.dimension(), 0) {
        const Baths::Sorted sorted = system.baths().by_bath();
        const auto first = static_cast<std::size_t>(sorted.first[bath]);
        const auto last = static_cast<std::size_t>(sorted.first[bath + 1]);
        if (std::holds_alternative<SiteProjectors>(system.couplings())) {
            columns_ = projector_columns(system).v.middleCols(static_cast<Index>(first),
                                                              static_cast<Index>(last - first));
            return;
        }
        for (std::size_t i = first; i < last; ++i)
            operators_.push_back(system.operator_in_eigenbasis(sorted.order[i]));
    }

    ComplexMatrix operator()(Index e) const {
        if (operators_.empty())
            return columns_ * columns_.row(e).cwiseAbs2().asDiagonal() * columns_.adjoint();
        ComplexMatrix rows(static_cast<Index>(operators_.size()), operators_[0].cols());
        for (std::size_t i = 0; i < operators_.size(); ++i)
            rows.row(static_cast<Index>(i)) = operators_[i].row(e);
        return rows.adjoint() * rows;
    }

  private:
    ComplexMatrix columns_;  ///< v_j of projectors, A_j = ±v_j v_j†
    std::vector<ComplexMatrix> operators_;
};

/// Matrix elements below this part of the largest are rounding.
constexpr double unused = 1e-12;

/// The levels that have any element of the coupling with a given one, of whose |A_ea|² `strength` is the
/// diagonal: there h may be infinite that nothing asks for, as h(0, 0) where γ jumps at ω = 0.
std::vector<Index> coupled(const ComplexMatrix& strength) {
    const RealVector squares = strength.diagonal().real();
    const double least = unused * unused * squares.maxCoeff();
    std::vector<Index> out;
    for (Index k = 0; k < squares.size(); ++k)
        if (squares[k] > least) out.push_back(k);
    return out;
}

}  // namespace

ComplexMatrix universal_lamb_shift(const System& system) {
    const Index n = system.dimension();
    const RealVector energies = without_rounding(system.eigensystem().energies());
    ComplexMatrix total = ComplexMatrix::Zero(n, n);
    for (std::size_t bath = 0; bath < system.baths().tables.size(); ++bath) {
        const Strength strength(system, bath);
        try {
            bath::PrincipalValues values(system.baths().bath(bath));
            for (Index e = 0; e < n; ++e) {
                const ComplexMatrix a = strength(e);
                const std::vector<Index> levels = coupled(a);
                if (levels.empty()) continue;
                const RealVector w = energies(levels).array() - energies[e];
                const RealMatrix h = values.among(w);
                total(levels, levels) += a(levels, levels).cwiseProduct(h.cast<Complex>());
            }
        } catch (const ConvergenceError& error) {
            throw ConvergenceError("bath " + std::to_string(bath) + ": " + error.what());
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument("bath " + std::to_string(bath) + ": " + error.what());
        }
    }
    return 0.5 * (total + total.adjoint());
}

}  // namespace redfield::equation
