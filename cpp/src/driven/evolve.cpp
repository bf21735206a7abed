#include "redfield/driven/evolve.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "driven/commutator_free.hpp"
#include "driven/run.hpp"
#include "driven/schroedinger_picture.hpp"
#include "evolve/checks.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/driven/table.hpp"

namespace redfield::driven {

namespace {

/// 𝓛 as the generator made for each moment.
class MadeGenerator final : public SchroedingerPicture {
  public:
    MadeGenerator(const Drive& drive, double begin, linalg::Workspace& ws)
        : SchroedingerPicture(drive.resolution, drive.max_step), generator_(drive.generator), ws_(ws) {
        const SpectralBounds bounds = generator_(Moment(begin))->bounds();
        rate_ = std::max({bounds.half_height, bounds.decay, rate_});
    }

  private:
    void apply(double t, const RealMatrix& y, RealMatrix& out) override {
        generator_(Moment(t))->apply_in_given_basis(y, out, ws_);
    }

    const GeneratorAt& generator_;
    linalg::Workspace& ws_;
};

/// 𝓛 from a table.
class TabulatedGenerator final : public SchroedingerPicture {
  public:
    TabulatedGenerator(const Table& table, const Resolution& resolution, double max_step, double begin)
        : SchroedingerPicture(resolution, max_step),
          table_(table),
          matrix_(table.generator.components()) {
        rate_ = std::max(norm(begin), rate_);
    }

  private:
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

/// A bound on ‖d𝓛/du‖_F: |dT_k/dx| ≤ k².
double steepest(const PiecewisePolynomial& f) {
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

/// The generators of a drive, which say when they could not be made.
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
                   const Options& options, const Observer<StateView>& observe) {
    const Index n = start.packed.rows();
    const Run run(n, start, times, options, drive.max_step, observe);
    const double span = times.back() - times.front();
    require(drive.has_means || options.method != Method::magnus,
            "driven::evolve: method \"magnus\" needs a drive that knows means of H");
    integrators::refuse_short_steps(drive.max_step, span);
    const Drive whole{told(drive.generator, n), drive.breaks, drive.max_step, drive.has_means,
                      drive.resolution};
    if (options.method == Method::magnus) {
        EvolveStats stats;
        stats.method = name_of(method_names, options.method);
        CommutatorFree stepper(whole, start.packed, span, options, stats);
        run.drive(stepper, start.packed, drive.breaks, in_given_basis(observe), stats);
        return stats;
    }
    linalg::Workspace ws(base::resolve_threads(options.threads, n));
    MadeGenerator picture(whole, times.front(), ws);
    return run.dopri5(picture, start.packed, drive.breaks, in_given_basis(observe));
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
                   StateView start, const std::vector<double>& times, const IntegrationOptions& options,
                   const Observer<StateView>& observe) {
    const Run run(start.packed.rows(), start, times, options, max_step, observe);
    const auto size = static_cast<double>(start.packed.size());
    require(static_cast<double>(table.generator.components()) == size * size,
            "driven::evolve: the table is not of matrices on the states");
    integrators::refuse_short_steps(max_step, times.back() - times.front());
    const Resolution resolution =
        table.control ? Resolution(*table.control, RealMatrix::Constant(1, 1, steepest(table.generator)),
                                   breaks, Resolution::action_of(options))
                      : Resolution();
    TabulatedGenerator picture(table, resolution, max_step, times.front());
    return run.dopri5(picture, start.packed, breaks, in_given_basis(observe));
}

}  // namespace redfield::driven
