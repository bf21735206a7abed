#include "trajectories/expansion.hpp"

#include <algorithm>

namespace redfield::trajectories {

using linalg::Lanes;
using linalg::LanesIn;
using linalg::LanesOut;

Expansion::Expansion(const Form& form) : form_(form), terms_(panel_size(form.dimension()), 1) {}

std::vector<double> Expansion::coefficients(double tau, double tolerance) const {
    if (tau == 0.0 || form_.ellipse.reach() == 0.0) return {1.0};
    return integrators::faber_coefficients(form_.ellipse, tau, tolerance, false);
}

void Expansion::Weights::set(Index lane, const std::vector<double>& coefficients) {
    if (weights_.size() < coefficients.size()) weights_.resize(coefficients.size(), Lanes::Zero());
    for (std::size_t k = 0; k < weights_.size(); ++k)
        weights_[k][lane] = k < coefficients.size() ? coefficients[k] : 0.0;
}

void Expansion::expand(Index count) {
    if (terms_.cols() < count) terms_.conservativeResize(Eigen::NoChange, count + 8);
    const double scale = 1.0 / form_.ellipse.radius();
    for (Index k = 1; k < count; ++k)
        form_.drift.multiply(terms_.col(k - 1).data(), terms_.col(k).data(), scale, form_.ellipse.centre,
                             k == 1 ? 0.0 : (k == 2 ? 2.0 : 1.0) * form_.ellipse.q(),
                             k == 1 ? nullptr : terms_.col(k - 2).data());
}

void Expansion::sum(const Weights& weights, double* out) const {
    constexpr Index block = 64 * lanes;  // stays in the first level of cache
    for (Index first = 0; first < terms_.rows(); first += block) {
        const Index end = std::min(first + block, terms_.rows());
        for (Index k = 0; k < weights.terms(); ++k) {
            const Lanes b = weights.of(k);
            const double* term = terms_.col(k).data();
            for (Index at = first; at < end; at += lanes) {
                LanesOut to(out + at);
                if (k == 0)
                    to = b * LanesIn(term + at);
                else
                    to += b * LanesIn(term + at);
            }
        }
    }
}

}  // namespace redfield::trajectories
