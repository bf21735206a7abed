#include "evolve/checks.hpp"

#include <cmath>
#include <sstream>

#include "redfield/base/errors.hpp"

namespace redfield::integrators {

namespace {

/// Applications of the generator, and steps, that take a day of eight levels.
constexpr double most_applications = 1e11, most_steps = 1e10;

}  // namespace

void refuse_hopeless(double applications) {
    if (applications <= most_applications) return;
    std::ostringstream text;
    text << "evolve: this method needs about " << applications
         << " applications of the generator; the bandwidth or the rates times the time span are too "
            "large. Check the units, shorten the times, or use method \"exponential\" for a small system";
    throw ConvergenceError(text.str());
}

void refuse_short_steps(double max_step, double span) {
    require(span <= max_step * most_steps, "evolve: max_step = ", max_step, " must be at least ",
            1.0 / most_steps, " of the time span ", span);
}

void check_single(double rtol) {
    require(rtol >= least_rtol_of_single, "single precision is for rtol >= ", least_rtol_of_single,
            ", got ", rtol);
}

void check_rounding_of_single(double reach, double span, Index n, Frame frame, double rtol) {
    constexpr double farthest = 1e30;  // floats end at 3e38
    require(reach < farthest && (reach == 0.0 || reach > 1.0 / farthest),
            "single precision: energies of ", reach, " are out of its range, take other units");
    // Each application rounds the state, by chance; a matrix that is rounded errs the same way each time.
    const double applications = reach * span, unit = 6e-8;
    const double by_chance = unit * std::sqrt(static_cast<double>(n) * applications);
    const double error = by_chance + (frame == Frame::given ? 0.25 * unit * applications : 0.0);
    require(error <= rtol, "single precision: rounding leaves an error of about ", error,
            " after a time of ", span, " with energies of ", reach, ", more than rtol = ", rtol,
            "; take double precision, a shorter time or a larger rtol");
}

void check(Index n, const RealMatrix& rho0, const std::vector<double>& times,
           const IntegrationOptions& options) {
    require(rho0.rows() == n && rho0.cols() == n, "evolve: rho0 is ", rho0.rows(), " x ", rho0.cols(),
            ", the system has ", n, " levels");
    require(rho0.allFinite(), "evolve: rho0 has an entry that is NaN or infinite");
    require(!times.empty(), "evolve: times is empty");
    for (std::size_t i = 0; i < times.size(); ++i) {
        require(std::isfinite(times[i]), "evolve: times[", i, "] is not finite");
        require(i == 0 || times[i] >= times[i - 1], "evolve: times must ascend, times[", i, "] does not");
    }
    require(std::isfinite(times.back() - times.front()), "evolve: the times span more than 1e308");
    require(options.rtol >= 0.0 && options.atol >= 0.0 && options.rtol + options.atol > 0.0,
            "evolve: rtol and atol must not be negative, nor both zero");
}

}  // namespace redfield::integrators
