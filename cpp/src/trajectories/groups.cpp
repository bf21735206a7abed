#include "trajectories/groups.hpp"

#include <cmath>

#include "system/require_operator.hpp"

namespace redfield::trajectories {

using linalg::Lanes;

void check(const Operators& observables, Index n) {
    for (std::size_t e = 0; e < observables.size(); ++e)
        require_operator(observables[e], n, "e_ops[", e, "]");
}

Observed::Observed(Index n, const std::vector<double>& times, const Operators& observables)
    : n_(n), times_(static_cast<Index>(times.size())) {
    check(observables, n);
    for (const Operator& o : observables) operators_.emplace_back(o);
}

void Observed::write(const Due& due, const double* x, double* y, const Record& record) const {
    const Lanes norms = squared_norms(x, n_);
    Lanes re, im;
    for (Index e = 0; e < count(); ++e) {
        operators_[static_cast<std::size_t>(e)].expectation(x, y, re, im);
        for (Index l = 0; l < lanes; ++l) {
            const Index output = due.output[static_cast<std::size_t>(l)];
            if (output >= 0)
                record.expectations[(l * count() + e) * times_ + output] =
                    Complex(re[l] / norms[l], im[l] / norms[l]);
        }
    }
    if (record.kets == nullptr) return;
    Eigen::VectorXcd ket(n_);
    for (Index l = 0; l < lanes; ++l) {
        const Index output = due.output[static_cast<std::size_t>(l)];
        if (output < 0) continue;
        take(x, n_, l, ket);
        Eigen::Map<Eigen::VectorXcd>(record.kets + (l * times_ + output) * n_, n_) =
            ket / std::sqrt(norms[l]);
    }
}

void put(const Eigen::VectorXcd& ket, double* panel, Index n, Index l) {
    for (Index c = 0; c < n; ++c) {
        panel[lanes * c + l] = ket[c].real();
        panel[lanes * (n + c) + l] = ket[c].imag();
    }
}

void take(const double* panel, Index n, Index l, Eigen::VectorXcd& ket) {
    for (Index c = 0; c < n; ++c) ket[c] = Complex(panel[lanes * c + l], panel[lanes * (n + c) + l]);
}

Eigen::VectorXcd chosen(const Start& start, Random& random) {
    const Index one = start.kets.cols() == 1 ? 0 : random.choose(start.probabilities);
    return start.kets.col(one).normalized();
}

void check(const std::vector<double>& times) {
    require(!times.empty(), "trajectories: times is empty");
    for (std::size_t i = 0; i < times.size(); ++i)
        require(std::isfinite(times[i]) && (i == 0 || times[i] >= times[i - 1]),
                "trajectories: times must be finite and ascend, times[", i, "] does not");
}

void check(std::int64_t count, Index n, const Start& start, const std::vector<double>& times,
           const Options& options) {
    require(count > 0, "trajectories: samples must be positive, got ", count);
    require(start.kets.rows() == n, "trajectories: a ket has ", start.kets.rows(),
            " entries, the system ", n, " levels");
    require(start.kets.cols() > 0 && start.kets.cols() == start.probabilities.size(),
            "trajectories: each ket needs its probability");
    require(start.kets.allFinite() && start.kets.colwise().norm().minCoeff() > 0.0,
            "trajectories: a ket is zero or not finite");
    require(start.probabilities.minCoeff() >= 0.0 && start.probabilities.sum() > 0.0,
            "trajectories: probabilities must not be negative, nor all zero");
    check(times);
    require(options.rtol > 0.0, "trajectories: rtol must be positive, got ", options.rtol);
}

Record part_of(const Record& record, std::int64_t first, Index n, Index times, Index observables) {
    Record out = record;
    const auto at = static_cast<Index>(first);
    if (out.expectations != nullptr) out.expectations += at * observables * times;
    if (out.kets != nullptr) out.kets += at * times * n;
    if (out.weights != nullptr) out.weights += at * times;
    if (out.jumps != nullptr) out.jumps += at;
    return out;
}

}  // namespace redfield::trajectories
