#include "evolve/runge_kutta.hpp"

#include <cmath>

#include "evolve/output_check.hpp"

namespace redfield::integrators {

RungeKutta::RungeKutta(const Tableau& tableau, StepEquation& equation, const RealMatrix& start,
                       const IntegrationOptions& options, long& applications)
    : tableau_(tableau),
      equation_(equation),
      rtol_(options.rtol),
      atol_(options.atol),
      applications_(applications),
      y_(start),
      next_(start.rows(), start.cols()),
      error_(start.rows(), start.cols()),
      k_(static_cast<std::size_t>(tableau.stages), RealMatrix(start.rows(), start.cols())) {}

double RungeKutta::begin(double first, double last) {
    fresh_ = true;
    equation_.enter(first, last);
    return equation_.first_step();
}

void RungeKutta::derivative(double tau, const RealMatrix& y, RealMatrix& out) {
    ++applications_;
    equation_.derivative(tau, y, out);
}

Trial RungeKutta::attempt(double t, double h) {
    h_ = h;
    equation_.start(t);
    if (fresh_) derivative(0.0, y_, k_[0]);
    fresh_ = false;
    const auto stages = static_cast<std::size_t>(tableau_.stages);
    for (std::size_t stage = 1; stage < stages; ++stage) {
        next_ = y_;
        for (std::size_t j = 0; j < stage; ++j)
            if (tableau_.a[stage][j] != 0.0) next_ += (h * tableau_.a[stage][j]) * k_[j];
        derivative(tableau_.c[stage] * h, next_, k_[stage]);
    }
    error_.setZero();
    for (std::size_t j = 0; j < stages; ++j)
        if (tableau_.e[j] != 0.0) error_ += (h * tableau_.e[j]) * k_[j];
    // ‖X‖₁ ≤ √N‖X‖_F, and a state that is zero and stays so has no error.
    const double error = std::sqrt(static_cast<double>(y_.rows())) * error_.norm();
    const double allowed = std::max(allowed_error(y_, rtol_, atol_), atol_ + rtol_ * next_.norm());
    const double ratio = error == 0.0 ? 0.0 : error / allowed;
    return {ratio <= 1.0, ratio};
}

void RungeKutta::advance() {
    equation_.leave(h_, next_, y_);                 // the next step starts its own variables here
    equation_.leave(h_, last_derivative(), k_[0]);  // first same as last
}

const RealMatrix& RungeKutta::state(double tau) {
    if (tau == 0.0) return y_;
    equation_.leave(tau, interpolated(tau / h_), output_);
    return output_;
}

/// y₀ + θ(Δ + (1−θ)(s + θ(Δ − hk_last − s + (1−θ)r))), of fourth order for every θ in [0, 1] where d
/// gives r.
RealMatrix RungeKutta::interpolated(double theta) const {
    const RealMatrix difference = next_ - y_;
    const RealMatrix slope = h_ * k_[0] - difference;
    RealMatrix rest = RealMatrix::Zero(y_.rows(), y_.cols());
    for (std::size_t i = 0; i < k_.size(); ++i)
        if (tableau_.d[i] != 0.0) rest += (h_ * tableau_.d[i]) * k_[i];
    const RealMatrix inner = difference - h_ * last_derivative() - slope;
    return y_ + theta * (difference + (1.0 - theta) * (slope + theta * (inner + (1.0 - theta) * rest)));
}

}  // namespace redfield::integrators
