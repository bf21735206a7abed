#include "redfield/driven/evolve.hpp"

#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "driven/commutator_free.hpp"
#include "driven/run.hpp"
#include "evolve/methods.hpp"
#include "evolve/runge_kutta.hpp"
#include "redfield/driven/table.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::driven {

namespace {

/// No picture: ρ itself, and 𝓛 of the moment.
class Laboratory : public integrators::Picture {
  public:
    /// 𝓛 is smooth between these, near which it may have the value of the other side.
    void within(const std::pair<double, double>& ends) { std::tie(first_, last_) = ends; }
    void start(double now) final { now_ = now; }
    void derivative(double tau, const RealMatrix& y, RealMatrix& out) final {
        apply(std::clamp(now_ + tau, first_, last_), y, out);
    }
    void leave(double, const RealMatrix& y, RealMatrix& out) final { out = y; }

  protected:
    virtual void apply(double t, const RealMatrix& y, RealMatrix& out) = 0;

  private:
    double now_ = 0.0, first_ = 0.0, last_ = 0.0;
};

/// The generator of the moment.
class Made final : public Laboratory {
  public:
    Made(const GeneratorAt& generator, linalg::Workspace& ws) : generator_(generator), ws_(ws) {}

  private:
    void apply(double t, const RealMatrix& y, RealMatrix& out) override {
        generator_(Moment(t))->apply_in_given_basis(y, out, ws_);
    }

    const GeneratorAt& generator_;
    linalg::Workspace& ws_;
};

/// 𝓛 from a table.
class Tabulated final : public Laboratory {
  public:
    explicit Tabulated(const Table& table) : table_(table), matrix_(table.generator.components()) {}

    /// A bound on ‖d𝓛/du‖_F: |dT_k/dx| ≤ k².
    double steepest() const {
        const Pieces& f = table_.generator;
        double out = 0.0;
        RealVector slope(f.components());
        for (Index p = 0; p + 1 < static_cast<Index>(f.breaks().size()); ++p) {
            slope.setZero();
            const auto piece = static_cast<std::size_t>(p);
            for (Index k = 1; k < f.terms(); ++k)
                slope.array() += static_cast<double>(k * k) * f.coefficients(p, k).array().abs();
            out = std::max(out, 2.0 * slope.norm() / (f.breaks()[piece + 1] - f.breaks()[piece]));
        }
        return out;
    }
    /// The largest column sum of |𝓛| at t.
    double norm(double t) {
        look_up(t);
        const auto size = static_cast<Index>(std::lround(std::sqrt(static_cast<double>(matrix_.size()))));
        return Eigen::Map<const RealMatrix>(matrix_.data(), size, size)
            .cwiseAbs()
            .colwise()
            .sum()
            .maxCoeff();
    }

  private:
    void look_up(double t) {
        double u = t;
        if (table_.control) table_.control->at(t, &u);
        table_.generator.at(u, matrix_.data());
    }
    void apply(double t, const RealMatrix& y, RealMatrix& out) override {
        look_up(t);
        Eigen::Map<RealVector>(out.data(), out.size()).noalias() =
            Eigen::Map<const RealMatrix>(matrix_.data(), y.size(), y.size())
                .lazyProduct(Eigen::Map<const RealVector>(y.data(), y.size()));
    }

    const Table& table_;
    RealVector matrix_;
};

SolveSmooth by_runge_kutta(Laboratory& picture, const EvolveOptions& options, double rate,
                           const Resolution& resolution, const integrators::Longest& longest,
                           EvolveStats& stats) {
    return
        [&picture, &options, rate, &resolution, &longest, &stats](
            const RealMatrix& rho, const std::vector<double>& inside, const integrators::Observe& each) {
            picture.within(resolution.clear_of_jumps(inside.front(), inside.back()));
            integrators::runge_kutta(picture, rho, inside, options, 0.1 / rate, longest, each, stats);
        };
}

double rate_of(const Generator& generator) {
    const SpectralBounds bounds = generator.bounds();
    return std::max({bounds.half_height, bounds.decay, 1e-300});
}

/// The same, which says when it could not be made.
GeneratorAt told(const GeneratorAt& generator, Index n) {
    return [&generator, n](const Moment& moment) {
        try {
            auto made = generator(moment);
            require(made != nullptr && made->dimension() == n,
                    "the generator does not have the state's dimension");
            return made;
        } catch (const std::invalid_argument& error) {
            require(false, "at t = ", moment.t, ": ", error.what());
            throw;
        }
    };
}

}  // namespace

EvolveStats evolve(const Drive& drive, StateView start, const std::vector<double>& times,
                   const EvolveOptions& options, const Observer& observe) {
    Run run(start, times, options, drive.max_step, observe);
    require(options.method == Method::automatic || options.method == Method::dopri5 ||
                options.method == Method::magnus,
            "driven::evolve: the methods are \"dopri5\" and \"magnus\"");
    require(drive.has_means || options.method != Method::magnus,
            "driven::evolve: method \"magnus\" needs a drive that knows means of H");
    const Index n = start.packed.rows();
    const double span = times.back() - times.front();
    integrators::refuse_short_steps(drive.max_step, span);
    const Drive whole{told(drive.generator, n), drive.breaks, drive.max_step, drive.has_means,
                      drive.resolution};
    const integrators::Longest longest = [&](double t) {
        return std::min(whole.max_step, whole.resolution.longest(t));
    };
    const double rate = rate_of(*whole.generator(Moment(times.front())));
    const Method method = options.method == Method::magnus ? Method::magnus : Method::dopri5;
    EvolveStats stats;
    linalg::Workspace ws(linalg::resolve_threads(options.threads, n));
    Made picture(whole.generator, ws);
    const SolveSmooth exponentials = [&](const RealMatrix& rho, const std::vector<double>& inside,
                                         const integrators::Observe& each) {
        commutator_free(whole, rho, inside, span, options, each, stats);
    };
    return run.solve(drive.breaks, method,
                     method == Method::magnus
                         ? exponentials
                         : by_runge_kutta(picture, options, rate, whole.resolution, longest, stats),
                     stats);
}

RealMatrix packed_in_given_basis(const Generator& generator, linalg::Workspace& ws) {
    const Index n = generator.dimension();
    RealMatrix out(n * n, n * n), unit = RealMatrix::Zero(n, n), change(n, n);
    for (Index i = 0; i < n * n; ++i) {
        unit.data()[i] = 1.0;
        generator.apply_in_given_basis(unit, change, ws);
        unit.data()[i] = 0.0;
        out.col(i) = Eigen::Map<const RealVector>(change.data(), n * n);
    }
    return out;
}

EvolveStats evolve(const Table& table, const std::vector<double>& breaks, double max_step,
                   StateView start, const std::vector<double>& times, const EvolveOptions& options,
                   const Observer& observe) {
    Run run(start, times, options, max_step, observe);
    const auto size = static_cast<double>(start.packed.size());
    require(static_cast<double>(table.generator.components()) == size * size,
            "driven::evolve: the table is not of matrices on the states");
    EvolveStats stats;
    Tabulated picture(table);
    integrators::refuse_short_steps(max_step, times.back() - times.front());
    picture.within({times.front(), times.back()});
    const Resolution resolution =
        table.control ? Resolution(*table.control, RealMatrix::Constant(1, 1, picture.steepest()), breaks,
                                   Resolution::action_of(options))
                      : Resolution();
    const integrators::Longest longest = [&](double t) {
        return std::min(max_step, resolution.longest(t));
    };
    const double rate = std::max(picture.norm(times.front()), 1e-300);
    return run.solve(breaks, Method::dopri5,
                     by_runge_kutta(picture, options, rate, resolution, longest, stats), stats);
}

}  // namespace redfield::driven
