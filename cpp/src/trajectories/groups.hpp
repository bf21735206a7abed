#pragma once

#include <array>
#include <vector>

#include "ensemble/members.hpp"
#include "evolve/checks.hpp"
#include "evolve/faber.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/trajectories/options.hpp"
#include "trajectories/ket_operator.hpp"
#include "trajectories/random.hpp"

namespace redfield::trajectories {

template <class Scalar>
using Aligned = std::vector<Scalar, Eigen::aligned_allocator<Scalar>>;

/// std::invalid_argument where observables do not fit n levels.
void check(const Operators& observables, Index n);

/// Observables of kets, whose values and whose kets are written to a record.
template <class Scalar>
class Observed {
  public:
    Observed(Index n, const std::vector<double>& times, const Operators& observables);

    /// The output each ket has reached; −1: none.
    struct Due {
        Due() { output.fill(-1); }
        std::array<Index, lanes<Scalar>> output;
        bool any = false;
    };

    Index count() const { return static_cast<Index>(operators_.size()); }
    /// Writes what is due of panel x to each ket's place; y is scratch.
    void write(const Due& due, const Scalar* x, Scalar* y, const Record& record) const;

  private:
    Index n_, times_;
    std::vector<KetOperator<Scalar>> operators_;
};

/// Ket l of a panel.
template <class Scalar>
void put(const Eigen::VectorXcd& ket, Scalar* panel, Index n, Index l);
template <class Scalar>
void take(const Scalar* panel, Index n, Index l, Eigen::VectorXcd& ket);

/// One of the kets a trajectory may start from.
Eigen::VectorXcd chosen(const Start& start, Random& random);

/// std::invalid_argument where there are no times, or they are not finite or descend.
void check(const std::vector<double>& times);
/// std::invalid_argument where a ket is not one of n levels and norm 1, the times do not ascend, or
/// `least` is negative.
void check(const Eigen::VectorXcd& ket, Index n, const std::vector<double>& times, double least);
/// std::invalid_argument where any argument of a run makes no sense.
void check(std::int64_t count, Index n, const Start& start, const std::vector<double>& times,
           const Operators& observables, const Options& options, const Record& record);

/// Record of the trajectories from number `first` of these on.
Record part_of(const Record& record, std::int64_t first, Index n, Index times, Index observables);

/// Calls run(0.0) or, in single precision, run(0.0f); std::invalid_argument where rounding would pass
/// rtol.
template <class Run>
void in_precision(const Options& options, const integrators::Ellipse& ellipse,
                  const std::vector<double>& times, Run&& run) {
    if (options.precision == Precision::full) {
        run(0.0);
        return;
    }
    integrators::check_rounding_of_single(ellipse.reach(), times.back() - times.front(), 1, Frame::given,
                                          options.rtol);
    run(0.0F);
}

/// Runs trajectories, checked, a panel at a time, panels in parallel; make() is a solver of one with
/// run(first, count, start, seed, record).
template <class Scalar, class Make>
void in_groups(std::int64_t count, Index n, const Start& start, const std::vector<double>& times,
               const Options& options, const Record& record, const Observed<Scalar>& observed,
               Make&& make) {
    const base::Caller caller;
    constexpr Index width = lanes<Scalar>;
    const auto groups = static_cast<std::size_t>((count + width - 1) / width);
    const auto solve = [&](std::size_t g) {
        const auto first = static_cast<std::int64_t>(g) * width;
        auto panel = make();
        panel.run(options.first + first, std::min<Index>(width, static_cast<Index>(count - first)), start,
                  options.seed,
                  part_of(record, first, n, static_cast<Index>(times.size()), observed.count()));
    };
    for (const std::exception_ptr& error :
         ensemble::for_each_member(groups, options.threads, options.monitor, solve))
        if (error) std::rethrow_exception(error);
}

}  // namespace redfield::trajectories
