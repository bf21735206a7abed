#include "linalg/markov_chain.hpp"

#include <algorithm>
#include <cmath>

namespace redfield::linalg {

namespace {

/// Beyond this θt one product with e^{Rt} is cheaper than the Poisson sum of products with a vector.
double squaring_pays_off(Index n) { return 40.0 * static_cast<double>(std::max<Index>(n, 8)); }

void normalise_columns(RealMatrix& p) {
    for (Index c = 0; c < p.cols(); ++c) p.col(c) /= p.col(c).sum();
}

}  // namespace

MarkovChain::MarkovChain(const RealMatrix& rates) : theta_(-rates.diagonal().minCoeff()), jump_(rates) {
    if (theta_ > 0.0) jump_ /= theta_;
    jump_.diagonal().array() += 1.0;
    jump_ = jump_.cwiseMax(0.0);  // 1 − R_kk/θ may round to −0
}

RealVector MarkovChain::advance(const RealVector& p, double dt,
                                const std::function<void(double)>& proceed) {
    if (theta_ == 0.0 || dt == 0.0) return p;
    // Equal steps share one matrix as soon as they have shown that they repeat.
    const bool repeats = dt == cached_dt_;
    repeats_ = repeats ? repeats_ + 1 : 0;
    if (!repeats) {
        cached_.resize(0, 0);
        cached_dt_ = dt;
    }
    const double total = p.sum();
    const double sum_cost = theta_ * dt + 20.0;  // products with a vector
    const bool use_matrix =
        cached_.size() != 0 || sum_cost * std::max(1, repeats_) > squaring_pays_off(p.size());
    RealVector out = use_matrix ? RealVector(transition(dt, proceed) * p) : uniformized(p, dt);
    // Only a signed p (a coherence-free operator rather than a state) may have a vanishing total.
    const double sum = out.sum();
    if (total != 0.0 && sum != 0.0 && std::abs(sum / total - 1.0) < 1e-6) out *= total / sum;
    return out;
}

RealVector MarkovChain::uniformized(RealVector p, double dt) const {
    // Pieces of θt ≤ 64 keep e^{−θt} far from underflow.
    const int pieces = std::max(1, static_cast<int>(std::ceil(theta_ * dt / 64.0)));
    const double x = theta_ * dt / pieces;
    for (int piece = 0; piece < pieces; ++piece) {
        double weight = std::exp(-x);
        RealVector term = p;
        RealVector sum = weight * term;
        for (int n = 1; n < 1000; ++n) {
            term = (jump_ * term).eval();
            weight *= x / n;
            sum += weight * term;
            if (n > x && weight < 1e-18) break;
        }
        p = sum;
    }
    return p;
}

const RealMatrix& MarkovChain::transition(double dt, const std::function<void(double)>& proceed) {
    if (cached_.size() != 0) return cached_;
    const Index n = jump_.rows();
    const double turns = std::min(theta_ * dt, 1e300);  // by then all is at rest
    const int squarings = std::max(0, static_cast<int>(std::ceil(std::log2(std::max(turns, 1e-300)))));
    const double x = std::ldexp(turns, -squarings);  // ≤ 1
    double weight = std::exp(-x);
    RealMatrix term = RealMatrix::Identity(n, n);
    cached_ = weight * term;
    for (int k = 1; k < 60 && weight > 1e-18; ++k) {
        proceed(-1.0);
        term = (jump_ * term).eval();
        weight *= x / k;
        cached_ += weight * term;
    }
    normalise_columns(cached_);
    for (int s = 0; s < squarings; ++s) {
        proceed(-1.0);
        cached_ = (cached_ * cached_).eval();
        normalise_columns(cached_);
    }
    return cached_;
}

}  // namespace redfield::linalg
