#include "redfield/trajectories/quantum_jumps.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lanczos.hpp"
#include "redfield/base/errors.hpp"
#include "trajectories/bracket.hpp"
#include "trajectories/columns.hpp"
#include "trajectories/expansion.hpp"
#include "trajectories/form.hpp"
#include "trajectories/groups.hpp"

namespace redfield::trajectories {

namespace {

constexpr double step_reach = 12.0;   // Bohr periods of a step, about
constexpr double step_bytes = 256e6;  // for the terms of a step

/// The longest step whose terms fit in memory.
double longest_step(const integrators::Ellipse& ellipse, double panel_bytes) {
    const double most = step_bytes / panel_bytes;
    const double reach = std::clamp(0.4 * (most - 15.0), 3.0, step_reach);
    return ellipse.reach() > 0.0 ? std::min(reach / ellipse.reach(), ellipse.longest_step)
                                 : std::numeric_limits<double>::infinity();
}

/// Jumping trajectories, each at a time of its own.
template <class Scalar>
class Jumping {
    static constexpr Index width = lanes<Scalar>;

  public:
    Jumping(const Form& form, const KetOperator<Scalar>& drift, const std::vector<double>& times,
            const Observed<Scalar>& observed, double rtol)
        : form_(form),
          n_(form.dimension()),
          times_(times),
          observed_(observed),
          size_(static_cast<std::size_t>(panel_size<Scalar>(n_))),
          expansion_(drift, form.ellipse),
          longest_(longest_step(form.ellipse, sizeof(Scalar) * static_cast<double>(size_))),
          ket_(n_),
          next_(size_),
          scratch_(size_),
          product_(size_) {
        const double span = times.back() - times.front();
        integrators::refuse_hopeless(step_reach * span / longest_);
        tolerance_ = span > 0.0 ? 0.1 * rtol / std::max(1.0, span / longest_) : rtol;
        tolerance_ = std::max(tolerance_, std::is_same_v<Scalar, double> ? 1e-14 : 1e-7);
    }

    void run(std::int64_t first, Index count, const Start& start, std::uint64_t seed,
             const Record& record) {
        lanes_.clear();
        std::fill(expansion_.start(), expansion_.start() + size_, Scalar(0));
        for (Index l = 0; l < count; ++l) {
            lanes_.push_back(Lane{Random(seed, first + l), times_.front()});
            Lane& lane = lanes_.back();
            ket_ = chosen(start, lane.random);
            put(ket_, expansion_.start(), n_, l);
            lane.target = lane.random.uniform();
        }
        record_ = record;
        while (advance()) base::poll();
    }

  private:
    struct Lane {
        Random random;
        double now;
        double target = 1.0;     // ‖ψ‖² of the next jump
        std::size_t output = 0;  // the next one
        long jumps = 0;
        double step = 0.0;
        bool jumps_now = false;
    };

    double end() const { return times_.back(); }
    bool ended(const Lane& lane) const { return lane.output == times_.size(); }

    /// A step of each; false where all have ended.
    bool advance() {
        bool any = false;
        for (Lane& lane : lanes_) {
            // Where jumps are many a long step would mostly be thrown away.
            const double before = lane.now - times_.front();
            const double usual = std::isfinite(longest_)
                                     ? 1.5 * (before + longest_) / static_cast<double>(lane.jumps + 1)
                                     : longest_;
            lane.step = ended(lane) ? 0.0 : std::min({longest_, usual, end() - lane.now});
            any = any || !ended(lane);
        }
        if (!any) return false;
        weights_.clear();
        for (std::size_t l = 0; l < lanes_.size(); ++l) weigh(l, lanes_[l].step);
        expansion_.expand(weights_.terms());
        expansion_.sum(weights_, next_.data());
        const Sums<Scalar> norms = squared_norms(next_.data(), n_);
        bool jump = false;
        for (std::size_t l = 0; l < lanes_.size(); ++l) {
            Lane& lane = lanes_[l];
            lane.jumps_now = lane.step > 0.0 && norms[static_cast<Index>(l)] <= lane.target;
            jump = jump || lane.jumps_now;
        }
        if (jump) find_jumps(norms);
        observe();
        if (jump) {
            for (std::size_t l = 0; l < lanes_.size(); ++l) weigh(l, lanes_[l].step);
            expansion_.sum(weights_, next_.data());
        }
        for (std::size_t l = 0; l < lanes_.size(); ++l) {
            Lane& lane = lanes_[l];
            // The last step ends at the end, not a rounding before it.
            lane.now = !lane.jumps_now && lane.step == end() - lane.now ? end() : lane.now + lane.step;
            if (lane.jumps_now) leap(lane, static_cast<Index>(l));
        }
        std::copy(next_.begin(), next_.end(), expansion_.start());
        return true;
    }

    void weigh(std::size_t l, double tau) {
        weights_.set(static_cast<Index>(l), expansion_.coefficients(tau, tolerance_));
    }

    /// The times at which ‖ψ‖² is each target, by false position on its logarithm (Illinois), for all
    /// that jump at once.
    void find_jumps(const Sums<Scalar>& norms) {
        const Sums<Scalar> begin = squared_norms<Scalar>(expansion_.start(), n_);
        std::array<Bracket, width> brackets;
        for (std::size_t l = 0; l < lanes_.size(); ++l) {
            const Lane& lane = lanes_[l];
            if (!lane.jumps_now) continue;
            const auto at = static_cast<Index>(l);
            brackets[l] = {0.0, lane.step, std::log(begin[at] / lane.target),
                           std::log(std::max(norms[at], 1e-300) / lane.target)};
        }
        for (int i = 0; i < 60; ++i) {
            bool busy = false;
            for (std::size_t l = 0; l < lanes_.size(); ++l) {
                if (!lanes_[l].jumps_now || brackets[l].done(tolerance_)) continue;
                brackets[l].propose();
                weigh(l, brackets[l].middle);
                busy = true;
            }
            if (!busy) break;
            expansion_.sum(weights_, scratch_.data());
            const Sums<Scalar> found = squared_norms(scratch_.data(), n_);
            for (std::size_t l = 0; l < lanes_.size(); ++l)
                if (lanes_[l].jumps_now && !brackets[l].done(tolerance_))
                    brackets[l].take(
                        std::log(std::max(found[static_cast<Index>(l)], 1e-300) / lanes_[l].target));
        }
        for (std::size_t l = 0; l < lanes_.size(); ++l)
            if (lanes_[l].jumps_now) lanes_[l].step = brackets[l].best;
    }

    /// Every output within the steps.
    void observe() {
        for (;;) {
            typename Observed<Scalar>::Due due;
            for (std::size_t l = 0; l < lanes_.size(); ++l) {
                Lane& lane = lanes_[l];
                if (ended(lane)) continue;
                const double tau = times_[lane.output] - lane.now;
                // An output at the time of a jump is of the ket before it.
                if (tau > lane.step) continue;
                due.output[l] = static_cast<Index>(lane.output++);
                weigh(l, std::max(tau, 0.0));
                due.any = true;
            }
            if (!due.any) return;
            expansion_.sum(weights_, scratch_.data());
            observed_.write(due, scratch_.data(), product_.data(), record_);
        }
    }

    void leap(Lane& lane, Index l) {
        take(next_.data(), n_, l, ket_);
        const std::size_t channel = form_.jump(ket_, lane.random);
        put(ket_, next_.data(), n_, l);
        lane.target = lane.random.uniform();
        ++lane.jumps;
        if (record_.jumps != nullptr)
            record_.jumps[l].push_back({lane.now, static_cast<std::int64_t>(channel)});
    }

    const Form& form_;
    Index n_;
    const std::vector<double>& times_;
    const Observed<Scalar>& observed_;
    std::size_t size_;  // of a panel
    Expansion<Scalar> expansion_;
    double longest_, tolerance_;
    Eigen::VectorXcd ket_;
    Aligned<Scalar> next_, scratch_, product_;
    typename Expansion<Scalar>::Weights weights_;
    std::vector<Lane> lanes_;
    Record record_;
};

}  // namespace

QuantumJumps::QuantumJumps(Operator drift, Operators jumps)
    : form_(std::make_unique<const Form>(form_of(std::move(drift), std::move(jumps)))) {}

QuantumJumps::~QuantumJumps() = default;
QuantumJumps::QuantumJumps(QuantumJumps&&) noexcept = default;

Index QuantumJumps::dimension() const { return form_->dimension(); }

void QuantumJumps::run(std::int64_t count, const Start& start, const std::vector<double>& times,
                       const Operators& observables, const Options& options, const Record& record) const {
    check(count, dimension(), start, times, observables, options, record);
    in_precision(options, form_->ellipse, times, [&](auto zero) {
        using Scalar = decltype(zero);
        std::optional<KetOperator<Scalar>> made;
        const auto& drift = given_or_made(form_->drift, made, form_->drift);
        const Observed<Scalar> observed(dimension(), times, observables);
        in_groups(count, dimension(), start, times, options, record, observed,
                  [&] { return Jumping<Scalar>(*form_, drift, times, observed, options.rtol); });
    });
}

RealVector QuantumJumps::survival(const Eigen::VectorXcd& ket, const std::vector<double>& times,
                                  double least, const Monitor& monitor) const {
    check(ket, dimension(), times, least);
    const base::Caller caller;
    const base::Watch watch(monitor);
    return survival_of(*form_, ket, times, least);
}

}  // namespace redfield::trajectories
