#pragma once

#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::gradient {

/// Matrix elements e = (k, l) sorted by their frequency E_l − E_k, and of each those that it couples to:
/// the ones whose frequencies are at most a cutoff away, neighbours in that order.
class CoupledElements {
  public:
    struct Element {
        Index k, l;
        std::size_t first, last;  ///< the elements [first, last) that it couples to
        std::size_t start;        ///< the number of its first pair
    };

    CoupledElements(const RealVector& energies, double cutoff);

    const std::vector<Element>& elements() const { return elements_; }
    std::size_t pairs() const { return pairs_; }

    /// Calls body(pair, e, o) for all pairs of coupled elements.
    template <class Body>
    void for_each_pair(const Body& body) const {
        for (const Element& e : elements_)
            for (std::size_t i = e.first; i < e.last; ++i) body(e.start + i - e.first, e, elements_[i]);
    }

    /// Zero between levels more than the cutoff apart.
    void mask(ComplexMatrix& matrix) const;

    /// gram += Σ Λ_e A*_o of all pairs.
    void add_gram(const ComplexMatrix& lambda, const ComplexMatrix& a, std::vector<Complex>& gram) const;

    /// Σ gram x of a Hermitian x: what ΛρA† is to ρ, or of the adjoint Λ†XA to X.
    ComplexMatrix gained(const std::vector<Complex>& gram, const ComplexMatrix& x, bool adjoint) const;

  private:
    RealVector energies_;
    double cutoff_;
    std::vector<Element> elements_;
    std::size_t pairs_ = 0;
};

}  // namespace redfield::gradient
