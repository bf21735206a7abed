#pragma once

#include <array>
#include <vector>

#include "ensemble/members.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"
#include "redfield/trajectories/options.hpp"
#include "trajectories/ket_operator.hpp"
#include "trajectories/random.hpp"

namespace redfield::trajectories {

using AlignedDoubles = std::vector<double, Eigen::aligned_allocator<double>>;

/// std::invalid_argument where observables do not fit n levels.
void check(const Operators& observables, Index n);

/// What is asked of kets, and where it goes.
class Observed {
  public:
    Observed(Index n, const std::vector<double>& times, const Operators& observables);

    /// The output each ket has reached; −1: none.
    struct Due {
        Due() { output.fill(-1); }
        std::array<Index, lanes> output;
        bool any = false;
    };

    Index count() const { return static_cast<Index>(operators_.size()); }
    /// Writes what is due of panel x to each ket's place; y is scratch.
    void write(const Due& due, const double* x, double* y, const Record& record) const;

  private:
    Index n_, times_;
    std::vector<KetOperator> operators_;
};

/// Ket l of a panel.
void put(const Eigen::VectorXcd& ket, double* panel, Index n, Index l);
void take(const double* panel, Index n, Index l, Eigen::VectorXcd& ket);

/// One of the kets a trajectory may start from.
Eigen::VectorXcd chosen(const Start& start, Random& random);

/// std::invalid_argument where there are no times, or they are not finite or descend.
void check(const std::vector<double>& times);
/// The same, where what is asked makes no sense.
void check(std::int64_t count, Index n, const Start& start, const std::vector<double>& times,
           const Options& options);

/// Record of the trajectories from number `first` of these on.
Record part_of(const Record& record, std::int64_t first, Index n, Index times, Index observables);

/// Runs trajectories, checked, eight at a time, eights in parallel; make() is a solver of eight with
/// run(first, count, start, seed, record).
template <class Make>
void in_groups(std::int64_t count, Index n, const Start& start, const std::vector<double>& times,
               const Options& options, const Record& record, const Observed& observed, Make&& make) {
    const linalg::Caller caller;
    const auto groups = static_cast<std::size_t>((count + lanes - 1) / lanes);
    const auto solve = [&](std::size_t g) {
        const auto first = static_cast<std::int64_t>(g) * lanes;
        auto eight = make();
        eight.run(options.first + first, std::min<Index>(lanes, static_cast<Index>(count - first)), start,
                  options.seed,
                  part_of(record, first, n, static_cast<Index>(times.size()), observed.count()));
    };
    for (const std::exception_ptr& error :
         ensemble::for_each_member(groups, options.threads, options.monitor, solve))
        if (error) std::rethrow_exception(error);
}

}  // namespace redfield::trajectories
