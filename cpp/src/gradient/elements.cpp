#include "gradient/elements.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace redfield::gradient {

CoupledElements::CoupledElements(const RealVector& energies, double cutoff)
    : energies_(energies), cutoff_(cutoff) {
    const Index n = energies.size();
    std::vector<std::pair<double, Index>> sorted;
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) sorted.emplace_back(energies[l] - energies[k], k + n * l);
    std::sort(sorted.begin(), sorted.end());
    std::size_t first = 0, last = 0;
    for (const auto& [frequency, element] : sorted) {
        while (sorted[first].first < frequency - cutoff) ++first;
        while (last < sorted.size() && sorted[last].first <= frequency + cutoff) ++last;
        elements_.push_back({element % n, element / n, first, last, pairs_});
        pairs_ += last - first;
    }
}

void CoupledElements::mask(ComplexMatrix& matrix) const {
    const Index n = energies_.size();
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k)
            if (std::abs(energies_[k] - energies_[l]) > cutoff_) matrix(k, l) = 0.0;
}

void CoupledElements::add_gram(const ComplexMatrix& lambda, const ComplexMatrix& a,
                               std::vector<Complex>& gram) const {
    for (const Element& e : elements_) {
        const Complex here = lambda(e.k, e.l);
        if (here == 0.0) continue;
        for (std::size_t i = e.first; i < e.last; ++i)
            gram[e.start + i - e.first] += here * std::conj(a(elements_[i].k, elements_[i].l));
    }
}

ComplexMatrix CoupledElements::gained(const std::vector<Complex>& gram, const ComplexMatrix& x,
                                      bool adjoint) const {
    // (ΛρA†)_km takes ρ_ln; of the adjoint, Λ†XA has x_mk in the place of what ρ_ln was multiplied with.
    ComplexMatrix out = ComplexMatrix::Zero(x.rows(), x.cols());
    for_each_pair([&](std::size_t pair, const Element& e, const Element& o) {
        if (adjoint)
            out(o.l, e.l) += gram[pair] * x(o.k, e.k);
        else
            out(e.k, o.k) += gram[pair] * x(e.l, o.l);
    });
    return out;
}

}  // namespace redfield::gradient
