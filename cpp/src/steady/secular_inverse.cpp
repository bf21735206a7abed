#include "redfield/steady/secular_inverse.hpp"

#include <algorithm>
#include <cmath>

namespace redfield {

SecularInverse::SecularInverse(const Davies& davies, double shift, double trace_weight)
    : energies_(davies.eigensystem().energies()) {
    const Index n = energies_.size();
    const equation::SecularRates& rates = davies.rates();
    re_.resize(n, n);
    im_.resize(n, n);
    // A coherence that neither turns nor decays has no inverse; the smallest that rounding can tell has.
    const double smallest = 1e-13 * std::max(1e-290, davies.eigensystem().bandwidth() +
                                                         rates.coherence_re.cwiseAbs().maxCoeff());
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) {
            Complex bracket(rates.coherence_re(k, l) - shift,
                            rates.coherence_im(k, l) - (energies_[k] - energies_[l]));
            if (std::abs(bracket) < smallest) bracket = -smallest;
            const Complex inverse = 1.0 / bracket;
            re_(k, l) = inverse.real();
            im_(k, l) = inverse.imag();
        }
    RealMatrix populations = rates.population;
    populations.diagonal().array() -= shift;
    populations.array() += trace_weight / static_cast<double>(n);
    populations_.compute(populations);
}

void SecularInverse::apply(const ConstRef& x, MutableRef out) const {
    const Index n = energies_.size();
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < l; ++k) {
            const double re = 0.5 * (x(k, l) + x(l, k)), im = 0.5 * (x(k, l) - x(l, k));
            const double a = re_(k, l) * re - im_(k, l) * im, b = re_(k, l) * im + im_(k, l) * re;
            out(k, l) = a + b;
            out(l, k) = a - b;
        }
    const RealVector diagonal = x.diagonal();
    out.diagonal() = populations_.solve(diagonal);
}

}  // namespace redfield
