#include "trajectories/expansion.hpp"

#include <algorithm>

namespace redfield::trajectories {

template <class Scalar>
Expansion<Scalar>::Expansion(const KetOperator<Scalar>& drift, const integrators::Ellipse& ellipse)
    : drift_(drift),
      ellipse_(integrators::exactly_in<Scalar>(ellipse)),
      terms_(panel_size<Scalar>(drift.dimension()), 1) {}

template <class Scalar>
std::vector<double> Expansion<Scalar>::coefficients(double tau, double tolerance) const {
    if (tau == 0.0 || ellipse_.reach() == 0.0) return {1.0};
    return integrators::faber_coefficients(ellipse_, tau, tolerance, false);
}

template <class Scalar>
void Expansion<Scalar>::Weights::set(Index lane, const std::vector<double>& coefficients) {
    if (weights_.size() < coefficients.size()) weights_.resize(coefficients.size(), Lanes::Zero());
    for (std::size_t k = 0; k < weights_.size(); ++k)
        weights_[k][lane] = static_cast<Scalar>(k < coefficients.size() ? coefficients[k] : 0.0);
}

template <class Scalar>
void Expansion<Scalar>::expand(Index count) {
    if (terms_.cols() < count) terms_.conservativeResize(Eigen::NoChange, count + 8);
    const auto scale = static_cast<Scalar>(1.0 / ellipse_.radius());
    const auto centre = static_cast<Scalar>(ellipse_.centre), q = static_cast<Scalar>(ellipse_.q());
    for (Index k = 1; k < count; ++k)
        drift_.multiply(terms_.col(k - 1).data(), terms_.col(k).data(), scale, centre,
                        k == 1 ? Scalar(0) : (k == 2 ? 2 * q : q),
                        k == 1 ? nullptr : terms_.col(k - 2).data());
}

template <class Scalar>
void Expansion<Scalar>::sum(const Weights& weights, Scalar* out) const {
    constexpr Index width = lanes<Scalar>, block = 64 * width;  // stays in the first level of cache
    for (Index first = 0; first < terms_.rows(); first += block) {
        const Index end = std::min(first + block, terms_.rows());
        for (Index k = 0; k < weights.terms(); ++k) {
            const Lanes b = weights.of(k);
            const Scalar* term = terms_.col(k).data();
            for (Index at = first; at < end; at += width) {
                linalg::LanesOut<Scalar> to(out + at);
                if (k == 0)
                    to = b * linalg::LanesIn<Scalar>(term + at);
                else
                    to += b * linalg::LanesIn<Scalar>(term + at);
            }
        }
    }
}

template class Expansion<double>;
template class Expansion<float>;

}  // namespace redfield::trajectories
