#include "redfield/trajectories/eigenstate_jumps.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "trajectories/groups.hpp"

namespace redfield::trajectories {

EigenstateJumps::EigenstateJumps(RealVector energies, RealMatrix rates, ComplexMatrix dephasing)
    : energies_(std::move(energies)), rates_(std::move(rates)), dephasing_(std::move(dephasing)) {
    const Index n = energies_.size();
    require(n > 0, "EigenstateJumps: there are no energies");
    require(rates_.rows() == n && rates_.cols() == n && dephasing_.rows() == n,
            "EigenstateJumps: rates and dephasing do not have the ", n, " levels of the energies");
    rates_.diagonal().setZero();
    require(energies_.allFinite() && rates_.allFinite() && dephasing_.allFinite(),
            "EigenstateJumps: an energy, a rate or a dephasing is not finite");
    require(rates_.minCoeff() >= 0.0, "EigenstateJumps: a rate is negative, ", rates_.minCoeff());
    leaving_ = rates_.colwise().sum().transpose();
    dephasing_rate_ = dephasing_.rowwise().squaredNorm();
}

/// One trajectory: a superposition that decays, then a level.
class EigenstateJumps::One {
  public:
    One(const EigenstateJumps& of, Random random, double now, Eigen::VectorXcd ket)
        : of_(of), random_(random), now_(now), ket_(std::move(ket)) {
        if ((ket_.array() != Complex(0.0)).count() == 1) ket_.cwiseAbs().maxCoeff(&level_);
        wait();
    }

    double next_jump() const { return next_; }

    /// The unnormalised ket at a time before the next jump.
    Eigen::VectorXcd at(double time) const {
        const Index n = of_.dimension();
        if (level_ >= 0)
            return Eigen::VectorXcd::Unit(n, level_) *
                   std::polar(1.0, -of_.energies_[level_] * (time - now_));
        Eigen::VectorXcd out(n);
        for (Index m = 0; m < n; ++m)
            out[m] = ket_[m] * std::polar(std::exp(-0.5 * (decay(m) - least_) * (time - now_)),
                                          -of_.energies_[m] * (time - now_));
        return out;
    }
    Index level() const { return level_; }

    /// Makes the jump; its channel.
    std::int64_t jump() {
        const Index n = of_.dimension();
        if (level_ < 0) ket_ = at(next_);
        now_ = next_;
        Index from = level_;
        if (from < 0) {
            const RealVector p = ket_.cwiseAbs2();
            RealVector weights(2 * n);
            weights << p.cwiseProduct(of_.leaving_), p.cwiseProduct(of_.dephasing_rate_);
            from = random_.choose(weights);
            if (from >= n) return dephase(p);
        }
        level_ = random_.choose(of_.rates_.col(from));
        wait();
        return level_ + n * from;
    }

  private:
    double decay(Index m) const { return of_.leaving_[m] + of_.dephasing_rate_[m]; }

    std::int64_t dephase(const RealVector& p) {
        const Index n = of_.dimension();
        const Index channel = random_.choose(of_.dephasing_.cwiseAbs2().transpose() * p);
        ket_ = ket_.cwiseProduct(of_.dephasing_.col(channel)).eval();
        wait();
        return n * n + channel;
    }

    /// When ‖ψ‖² = Σ|c_m|² e^{−g_m τ} has fallen to a random number; its logarithm is convex, so that
    /// Newton's method from τ = 0 never passes the root.
    void wait() {
        constexpr double never = std::numeric_limits<double>::infinity();
        const double target = random_.uniform();
        if (level_ >= 0) {
            // Dephasing multiplies an eigenstate by a phase.
            const double rate = of_.leaving_[level_];
            next_ = rate > 0.0 ? now_ - std::log(target) / rate : never;
            return;
        }
        ket_.normalize();
        const RealVector p = ket_.cwiseAbs2();
        least_ = std::numeric_limits<double>::infinity();
        for (Index m = 0; m < p.size(); ++m)
            if (p[m] > 0.0) least_ = std::min(least_, decay(m));
        double tau = 0.0;
        for (int i = 0; i < 200; ++i) {
            double sum = 0.0, slope = 0.0;  // of Σ p e^{−(g − least)τ}, which does not underflow
            for (Index m = 0; m < p.size(); ++m) {
                if (p[m] == 0.0) continue;
                const double each = p[m] * std::exp(-(decay(m) - least_) * tau);
                sum += each;
                slope += decay(m) * each;
            }
            const double value = std::log(sum) - least_ * tau - std::log(target);
            if (!(slope > 0.0)) {
                tau = never;
                break;
            }
            const double step = value * sum / slope;
            if (!(step > 1e-15 * tau)) break;
            tau += step;
        }
        next_ = now_ + tau;
    }

    const EigenstateJumps& of_;
    Random random_;
    double now_, next_ = 0.0, least_ = 0.0;
    Eigen::VectorXcd ket_;
    Index level_ = -1;  // of an eigenstate
};

namespace {

Complex expectation(const Operator& op, const Eigen::VectorXcd& ket, Index level) {
    return std::visit(
        [&](const auto& o) -> Complex {
            if (level >= 0) return o.coeff(level, level);
            return ket.dot(o * ket) / ket.squaredNorm();
        },
        op);
}

}  // namespace

void EigenstateJumps::run(std::int64_t count, const Start& start, const std::vector<double>& times,
                          const Operators& observables, const Options& options,
                          const Record& record) const {
    const Index n = dimension(), steps = static_cast<Index>(times.size());
    check(count, n, start, times, observables, options, record);
    const base::Caller caller;
    const auto solve = [&](std::size_t i) {
        const auto s = static_cast<Index>(i);
        Random random(options.seed, options.first + static_cast<std::int64_t>(i));
        Eigen::VectorXcd ket = chosen(start, random);
        One one(*this, random, times.front(), std::move(ket));
        for (Index t = 0; t < steps; ++t) {
            const double time = times[static_cast<std::size_t>(t)];
            while (one.next_jump() < time) {
                base::poll();
                const double when = one.next_jump();
                const std::int64_t channel = one.jump();
                if (record.jumps != nullptr) record.jumps[i].push_back({when, channel});
            }
            const bool whole = record.kets != nullptr || one.level() < 0;
            const Eigen::VectorXcd now = whole ? one.at(time) : Eigen::VectorXcd();
            for (std::size_t e = 0; e < observables.size(); ++e)
                record.expectations[(s * static_cast<Index>(observables.size()) + static_cast<Index>(e)) *
                                        steps +
                                    t] = expectation(observables[e], now, one.level());
            if (record.kets != nullptr)
                Eigen::Map<Eigen::VectorXcd>(record.kets + (s * steps + t) * n, n) = now.normalized();
        }
    };
    for (const std::exception_ptr& error : ensemble::for_each_member(
             static_cast<std::size_t>(count), options.threads, options.monitor, solve))
        if (error) std::rethrow_exception(error);
}

RealVector EigenstateJumps::survival(const Eigen::VectorXcd& ket, const std::vector<double>& times,
                                     double least, const Monitor&) const {
    const Index n = dimension();
    check(ket, n, times, least);
    const bool eigenstate = (ket.array() != Complex(0.0)).count() == 1;
    RealVector decay = leaving_;
    if (!eigenstate) decay += dephasing_rate_;
    RealVector out = RealVector::Zero(static_cast<Index>(times.size()));
    for (std::size_t i = 0; i < times.size(); ++i) {
        double& left = out[static_cast<Index>(i)];
        for (Index m = 0; m < n; ++m)
            if (ket[m] != 0.0) left += std::norm(ket[m]) * std::exp(-decay[m] * (times[i] - times[0]));
        left = left < least ? 0.0 : std::min(1.0, left);
    }
    return out;
}

}  // namespace redfield::trajectories
