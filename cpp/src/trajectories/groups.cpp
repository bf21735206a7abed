#include "trajectories/groups.hpp"

#include <cmath>

#include "system/require_operator.hpp"

namespace redfield::trajectories {

void check(const Operators& observables, Index n) {
    for (std::size_t e = 0; e < observables.size(); ++e)
        system::require_operator(observables[e], n, "e_ops[", e, "]");
}

template <class Scalar>
Observed<Scalar>::Observed(Index n, const std::vector<double>& times, const Operators& observables)
    : n_(n), times_(static_cast<Index>(times.size())) {
    check(observables, n);
    for (const Operator& o : observables) operators_.emplace_back(o);
}

template <class Scalar>
void Observed<Scalar>::write(const Due& due, const Scalar* x, Scalar* y, const Record& record) const {
    const Sums<Scalar> norms = squared_norms(x, n_);
    Sums<Scalar> re, im;
    for (Index e = 0; e < count(); ++e) {
        operators_[static_cast<std::size_t>(e)].expectation(x, y, re, im);
        for (Index l = 0; l < lanes<Scalar>; ++l) {
            const Index output = due.output[static_cast<std::size_t>(l)];
            if (output >= 0)
                record.expectations[(l * count() + e) * times_ + output] =
                    Complex(re[l] / norms[l], im[l] / norms[l]);
        }
    }
    if (record.kets == nullptr) return;
    Eigen::VectorXcd ket(n_);
    for (Index l = 0; l < lanes<Scalar>; ++l) {
        const Index output = due.output[static_cast<std::size_t>(l)];
        if (output < 0) continue;
        take(x, n_, l, ket);
        Eigen::Map<Eigen::VectorXcd>(record.kets + (l * times_ + output) * n_, n_) =
            ket / std::sqrt(norms[l]);
    }
}

template <class Scalar>
void put(const Eigen::VectorXcd& ket, Scalar* panel, Index n, Index l) {
    constexpr Index width = lanes<Scalar>;
    for (Index c = 0; c < n; ++c) {
        panel[width * c + l] = static_cast<Scalar>(ket[c].real());
        panel[width * (n + c) + l] = static_cast<Scalar>(ket[c].imag());
    }
}

template <class Scalar>
void take(const Scalar* panel, Index n, Index l, Eigen::VectorXcd& ket) {
    constexpr Index width = lanes<Scalar>;
    for (Index c = 0; c < n; ++c) ket[c] = Complex(panel[width * c + l], panel[width * (n + c) + l]);
}

template class Observed<double>;
template class Observed<float>;
template void put<double>(const Eigen::VectorXcd&, double*, Index, Index);
template void put<float>(const Eigen::VectorXcd&, float*, Index, Index);
template void take<double>(const double*, Index, Index, Eigen::VectorXcd&);
template void take<float>(const float*, Index, Index, Eigen::VectorXcd&);

Eigen::VectorXcd chosen(const Start& start, Random& random) {
    const Index one = start.kets.cols() == 1 ? 0 : random.choose(start.probabilities);
    return start.kets.col(one);
}

void check(const std::vector<double>& times) {
    require(!times.empty(), "trajectories: times is empty");
    for (std::size_t i = 0; i < times.size(); ++i)
        require(std::isfinite(times[i]) && (i == 0 || times[i] >= times[i - 1]),
                "trajectories: times must be finite and ascend, times[", i, "] does not");
}

namespace {

/// Tolerance of a norm or a sum of probabilities that must be 1.
constexpr double normalised = 1e-8;

}  // namespace

void check(const Eigen::VectorXcd& ket, Index n, const std::vector<double>& times, double least) {
    require(ket.size() == n, "trajectories: a ket has ", ket.size(), " entries, the system ", n,
            " levels");
    require(std::abs(ket.squaredNorm() - 1.0) <= normalised, "trajectories: a ket has the norm ",
            ket.norm(), ", not 1");
    check(times);
    require(least >= 0.0, "trajectories: least must not be negative, got ", least);
}

void check(std::int64_t count, Index n, const Start& start, const std::vector<double>& times,
           const Operators& observables, const Options& options, const Record& record) {
    require(count > 0, "trajectories: samples must be positive, got ", count);
    require(start.kets.rows() == n, "trajectories: a ket has ", start.kets.rows(),
            " entries, the system ", n, " levels");
    require(start.kets.cols() > 0 && start.kets.cols() == start.probabilities.size(),
            "trajectories: each ket needs its probability");
    for (Index m = 0; m < start.kets.cols(); ++m) {
        require(std::abs(start.kets.col(m).squaredNorm() - 1.0) <= normalised, "trajectories: ket ", m,
                " has the norm ", start.kets.col(m).norm(),
                ", not 1; give what it counts as its probability");
        require(start.probabilities[m] >= 0.0, "trajectories: probability ", m, " is ",
                start.probabilities[m]);
    }
    require(std::abs(start.probabilities.sum() - 1.0) <= normalised,
            "trajectories: the probabilities have the sum ", start.probabilities.sum(), ", not 1");
    check(times);
    require(options.rtol > 0.0 && std::isfinite(options.rtol),
            "trajectories: rtol must be positive and finite, got ", options.rtol);
    require(options.threads >= 0, "trajectories: threads must not be negative, got ", options.threads);
    require(options.first >= 0, "trajectories: first must not be negative, got ", options.first);
    check(observables, n);
    require(observables.empty() || record.expectations != nullptr,
            "trajectories: there are observables, but record.expectations is null");
    if (options.precision == Precision::single) integrators::check_single(options.rtol);
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
