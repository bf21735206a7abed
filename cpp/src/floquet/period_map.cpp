#include "floquet/period_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "evolve/matrix_exponential.hpp"
#include "evolve/output_check.hpp"
#include "evolve/solution.hpp"
#include "generator/packed_map.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::floquet {

namespace {

/// Tolerances of the two maps, relative to what the dissipator does in a period.
constexpr double fine_map = 1e-12, coarse_map = 1e-11;
/// Systems of more levels are integrated: a map has N⁴ entries.
constexpr Index most_levels = 16;

/// e^{−iεt}Xe^{iεt} of a packed X.
RealMatrix turned_back(const Modes& modes, double t, const RealMatrix& packed) {
    ComplexMatrix x = unpack(packed);
    const RealVector& e = modes.energies();
    for (Index l = 0; l < x.cols(); ++l)
        for (Index k = 0; k < x.rows(); ++k) x(k, l) *= std::polar(1.0, -(e[k] - e[l]) * t);
    return pack(x);
}

}  // namespace

bool period_map_pays_off(const Modes& modes, const std::vector<double>& times) {
    const auto size = static_cast<double>(modes.dimension() * modes.dimension());
    const double periods = (times.back() - times.front()) / modes.period();
    // A step of the map is finer than one of the solution asked for, by a few times.
    const double cost = 8.0 * (2.0 * size + static_cast<double>(times.size()));
    return modes.dimension() <= most_levels && periods > cost && periods < 9e15;
}

PeriodMap::PeriodMap(const Modes& modes, double start, double tolerance, const SolveBetween& solve) {
    const Index n = modes.dimension();
    for (Index k = 0; k < n; ++k) populations_.push_back(k * (n + 1));
    RealMatrix map = generator::matrix_of_packed(n, [&](const RealMatrix& unit, MutableRef column) {
        column =
            turned_back(modes, modes.period(), solve(unit, start, start + modes.period(), tolerance));
    });
    integrators::conserve_sum(map, populations_, 1.0);
    squares_.push_back(std::move(map));
}

void PeriodMap::advance(RealMatrix& sigma, std::size_t periods) {
    const double trace = sigma.trace();
    Eigen::Map<RealVector> vector(sigma.data(), sigma.size());
    for (std::size_t j = 0; periods != 0; ++j, periods >>= 1) {
        if (j == squares_.size()) {
            base::poll();
            RealMatrix square = squares_.back() * squares_.back();
            integrators::conserve_sum(square, populations_, 1.0);
            squares_.push_back(std::move(square));
        }
        if ((periods & 1U) == 0U) continue;
        vector = (squares_[j] * vector).eval();
        integrators::restore_trace(sigma, trace);
    }
}

void evolve_by_periods(const Modes& modes, const RealMatrix& rho0, const std::vector<double>& times,
                       const IntegrationOptions& options, const SolveBetween& solve, double change,
                       const Observer<RealMatrix>& observe) {
    const double first = times.front(), period = modes.period();
    const double root = std::sqrt(static_cast<double>(modes.dimension()));
    const double allowed =
        std::max(integrators::allowed_error(rho0, options), integrators::rounding_floor * rho0.norm());
    PeriodMap map(modes, first, fine_map * change, solve);
    PeriodMap other(modes, first, coarse_map * change, solve);
    RealMatrix sigma = rho0, second = rho0;
    double done = 0.0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        base::poll(static_cast<double>(i) / static_cast<double>(times.size()));
        const double slack =
            4.0 * std::numeric_limits<double>::epsilon() * std::max(std::abs(first), std::abs(times[i]));
        const double since = times[i] - first, periods = std::floor((since + slack) / period);
        for (PeriodMap* each : {&map, &other})
            each->advance(each == &map ? sigma : second, static_cast<std::size_t>(periods - done));
        done = periods;
        integrators::require_digits(static_cast<Index>(i), root * (sigma - second).norm(), allowed);
        RealMatrix coherences = sigma;
        coherences.diagonal().setZero();
        integrators::require_phases(static_cast<Index>(i), root * coherences.norm(),
                                    modes.energies().cwiseAbs().maxCoeff(), since, allowed);
        const double rest = since - periods * period;
        const RealMatrix within =
            rest > slack ? solve(sigma, first, first + rest, std::max(fine_map, 0.1 * allowed / root))
                         : sigma;
        observe(static_cast<Index>(i), turned_back(modes, -periods * period, within));
    }
}

}  // namespace redfield::floquet
