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

}  // namespace redfield::driven
