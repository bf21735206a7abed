#include "redfield/trajectories/driven_jumps.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/lanczos.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "trajectories/bracket.hpp"
#include "trajectories/groups.hpp"
#include "trajectories/panels.hpp"

namespace redfield::trajectories {

struct DrivenJumps::Parts {
    DrivenForm form;
    std::vector<double> times;
    std::vector<Panel> panels;
};

namespace {

/// Trajectories that are moved by one product.
constexpr Index width = 8;
using Kets = Eigen::Matrix<Complex, Eigen::Dynamic, width>;
/// |ln(‖ψ‖²/target)| at the time of a jump, and the most trials to find it.
constexpr double at_target = 1e-12;
constexpr int trials = 80;
/// Relative difference of the rates of jumps from what ‖ψ‖² falls by; spectra are tabulated.
constexpr double form_tolerance = 1e-6;

/// ψ → L_cψ/‖L_cψ‖ with a probability ∝ ‖L_cψ‖²; the channel.
std::int64_t leap(const DrivenForm& form, double t, Eigen::VectorXcd& ket, Random& random) {
    const Leaps leaps = form.leaps(t, ket);
    const RealVector weights = leaps.kets.colwise().squaredNorm();
    if (!(weights.size() > 0 && weights.maxCoeff() > 0.0 && weights.allFinite()))
        throw ConvergenceError(
            "trajectories: a ket decayed without any jump that it can make; check that rates and "
            "energies "
            "are not farther apart than 1e10");
    const Index which = random.choose(weights);
    ket = leaps.kets.col(which) / std::sqrt(weights[which]);
    return leaps.channels[static_cast<std::size_t>(which)];
}

/// Trajectories of one group, all at the same time but where one jumps.
class Group {
  public:
    Group(const DrivenForm& form, const std::vector<double>& times, const std::vector<Panel>& panels,
          const Operators& observables)
        : form_(form), times_(times), panels_(panels), observables_(observables), n_(form.dimension) {}

    void run(std::int64_t first, Index count, const Start& start, std::uint64_t seed,
             const Record& record) {
        record_ = record;
        kets_ = Kets::Zero(n_, width);
        lanes_.clear();
        for (Index l = 0; l < count; ++l) {
            lanes_.push_back({Random(seed, first + l)});
            kets_.col(l) = chosen(start, lanes_.back().random);
            lanes_.back().target = lanes_.back().random.uniform();
        }
        for (Index i = 0; i < static_cast<Index>(times_.size()); ++i)
            if (times_[static_cast<std::size_t>(i)] == times_.front())
                for (Index l = 0; l < count; ++l) observe(l, i, kets_.col(l));
        for (const Panel& panel : panels_) cross(panel);
    }

  private:
    struct Lane {
        Random random;
        double target = 1.0;  // ‖ψ‖² of the next jump
    };

    void cross(const Panel& panel) {
        base::poll();
        const Index last = driven::panel_points - 1;
        const Kets ends = panel.at_node(last) * kets_;
        std::vector<bool> jumps(lanes_.size());
        bool any = false;
        for (std::size_t l = 0; l < lanes_.size(); ++l) {
            jumps[l] = ends.col(static_cast<Index>(l)).squaredNorm() <= lanes_[l].target;
            any = any || jumps[l];
        }
        for (const auto& [output, propagator] : panel.outputs) {
            const Kets there = propagator * kets_;
            for (std::size_t l = 0; l < lanes_.size(); ++l)
                if (!jumps[l]) observe(static_cast<Index>(l), output, there.col(static_cast<Index>(l)));
        }
        Kets next = ends;
        if (any)
            for (std::size_t l = 0; l < lanes_.size(); ++l)
                if (jumps[l]) next.col(static_cast<Index>(l)) = jumping(panel, static_cast<Index>(l));
        kets_ = next;
    }

    /// The ket at the end of a panel in which it jumps, once or more often.
    Eigen::VectorXcd jumping(const Panel& panel, Index l) {
        Lane& lane = lanes_[static_cast<std::size_t>(l)];
        Eigen::VectorXcd from = kets_.col(l), end;
        double now = panel.first;
        std::size_t output = 0;
        for (;;) {
            ComplexMatrix nodes(n_, driven::panel_points);
            for (Index i = 0; i < driven::panel_points; ++i)
                nodes.col(i).noalias() = panel.at_node(i) * from;
            end = nodes.col(driven::panel_points - 1);
            const bool jumps = end.squaredNorm() <= lane.target && now < panel.last;
            const double until = jumps ? time_of_jump(panel, nodes, now, lane.target) : panel.last;
            for (; output < panel.outputs.size(); ++output) {
                const auto& [index, propagator] = panel.outputs[output];
                // An output at the time of a jump is of the ket before it.
                if (times_[static_cast<std::size_t>(index)] > until) break;
                observe(l, index, propagator * from);
            }
            if (!jumps) return end;
            Eigen::VectorXcd ket = nodes * panel.place(until);
            const std::int64_t channel = leap(form_, until, ket, lane.random);
            lane.target = lane.random.uniform();
            if (record_.jumps != nullptr) record_.jumps[l].push_back({until, channel});
            // The ket that would have become this one had it started with the panel.
            from = panel.propagator(until).partialPivLu().solve(ket);
            now = until;
        }
    }

    static double time_of_jump(const Panel& panel, const ComplexMatrix& nodes, double now,
                               double target) {
        const auto height = [&](double t) {
            return std::log(std::max((nodes * panel.place(t)).squaredNorm(), 1e-300) / target);
        };
        const double length = panel.last - now, begin = height(now);
        if (begin <= 0.0) return now;
        Bracket bracket{0.0, length, begin, std::min(height(panel.last), 0.0)};
        for (int i = 0; i < trials && !bracket.done(at_target); ++i) {
            bracket.propose();
            bracket.take(height(now + bracket.middle));
        }
        return std::min(now + bracket.best, panel.last);
    }

    template <class Ket>
    void observe(Index l, Index output, const Ket& given) {
        const Eigen::VectorXcd ket = given.normalized();
        const auto steps = static_cast<Index>(times_.size());
        const auto count = static_cast<Index>(observables_.size());
        for (Index e = 0; e < count; ++e)
            record_.expectations[(l * count + e) * steps + output] =
                std::visit([&](const auto& o) { return ket.dot(Eigen::VectorXcd(o * ket)); },
                           observables_[static_cast<std::size_t>(e)]);
        if (record_.kets != nullptr)
            Eigen::Map<Eigen::VectorXcd>(record_.kets + (l * steps + output) * n_, n_) = ket;
    }

    const DrivenForm& form_;
    const std::vector<double>& times_;
    const std::vector<Panel>& panels_;
    const Operators& observables_;
    Index n_;
    Kets kets_;
    std::vector<Lane> lanes_;
    Record record_;
};

/// ‖ψ‖² falls as the jumps' probabilities say, or this is no equation of Lindblad form.
void require_conserved(const DrivenForm& form, double t) {
    const Eigen::VectorXcd ket = linalg::without_symmetry(form.dimension), change = form.drift(t) * ket;
    const double rates = form.leaps(t, ket).kets.squaredNorm(), falls = -2.0 * ket.dot(change).real();
    require(std::abs(rates - falls) <= form_tolerance * (rates + change.norm() * ket.norm()),
            "trajectories: the drift and the jump operators do not belong together, ‖ψ‖² falls by ",
            falls, " at t = ", t, " where the jumps have a rate of ", rates);
}

void require_times(const std::vector<double>& made, const std::vector<double>& asked) {
    require(made == asked, "trajectories: the panels were made for other times");
}

}  // namespace

DrivenJumps::DrivenJumps(DrivenForm form, std::vector<double> times, double rtol, double max_bytes,
                         const Monitor& monitor) {
    check(times);
    require(form.dimension > 0 && form.drift && form.leaps, "trajectories: a driven form is empty");
    require(rtol > 0.0 && std::isfinite(rtol), "trajectories: rtol must be positive and finite, got ",
            rtol);
    require(form.max_step > 0.0, "trajectories: max_step must be positive, got ", form.max_step);
    const base::Caller caller;
    const base::Watch watch(monitor);
    require_conserved(form, times.front());
    std::vector<Panel> panels = panels_of(form, times, rtol, max_bytes);
    parts_ = std::make_unique<const Parts>(Parts{std::move(form), std::move(times), std::move(panels)});
}

DrivenJumps::~DrivenJumps() = default;
DrivenJumps::DrivenJumps(DrivenJumps&&) noexcept = default;

Index DrivenJumps::dimension() const { return parts_->form.dimension; }
std::size_t DrivenJumps::panels() const { return parts_->panels.size(); }

void DrivenJumps::run(std::int64_t count, const Start& start, const std::vector<double>& times,
                      const Operators& observables, const Options& options, const Record& record) const {
    check(count, dimension(), start, times, observables, options, record);
    require_times(parts_->times, times);
    require(options.precision == Precision::full,
            "trajectories: dtype must be float64 for a driven equation");
    const base::Caller caller;
    const auto groups = static_cast<std::size_t>((count + width - 1) / width);
    const auto solve = [&](std::size_t g) {
        const auto first = static_cast<std::int64_t>(g) * width;
        Group group(parts_->form, parts_->times, parts_->panels, observables);
        group.run(options.first + first, std::min<Index>(width, static_cast<Index>(count - first)), start,
                  options.seed,
                  part_of(record, first, dimension(), static_cast<Index>(times.size()),
                          static_cast<Index>(observables.size())));
    };
    const int threads = parts_->form.concurrent ? options.threads : 1;
    for (const std::exception_ptr& error :
         ensemble::for_each_member(groups, threads, options.monitor, solve))
        if (error) std::rethrow_exception(error);
}

RealVector DrivenJumps::survival(const Eigen::VectorXcd& ket, const std::vector<double>& times,
                                 double least, const Monitor& monitor) const {
    check(ket, dimension(), times, least);
    require_times(parts_->times, times);
    const base::Caller caller;
    const base::Watch watch(monitor);
    RealVector out = RealVector::Zero(static_cast<Index>(times.size()));
    Eigen::VectorXcd now = ket.normalized();
    for (std::size_t i = 0; i < times.size() && times[i] == times.front(); ++i)
        out[static_cast<Index>(i)] = 1.0;
    for (const Panel& panel : parts_->panels) {
        for (const auto& [output, propagator] : panel.outputs)
            out[output] = std::min(1.0, (propagator * now).squaredNorm());
        now = panel.at_node(driven::panel_points - 1) * now;
        if (now.squaredNorm() < least) break;
    }
    for (Index i = 0; i < out.size(); ++i)
        if (out[i] < least) out[i] = 0.0;
    return out;
}

}  // namespace redfield::trajectories
