#include "bath/legendre.hpp"

#include <cmath>

namespace redfield::bath {

namespace {

/// |x| up to which the forward recurrence loses nothing that matters.
constexpr double beside_the_cut = 1.004;
/// Start of a backward recurrence, and the size at which it is scaled down.
constexpr double small_start = 1e-290, large_stop = 1e200;

}  // namespace

void second_kind(double x, double q_0, double* q, Index order) {
    q[0] = q_0;
    if (std::abs(x) <= beside_the_cut) {
        q[1] = x * q[0] - 1.0;
        for (Index n = 1; n + 1 < order; ++n) {
            const auto d = static_cast<double>(n);
            q[n + 1] = ((2.0 * d + 1.0) * x * q[n] - d * q[n - 1]) / (d + 1.0);
        }
        return;
    }
    // Q_n falls as ρ^{−n}, the other solution rises as ρⁿ: after so many steps it is below rounding.
    const double size = std::abs(x), rho = std::log(size + std::sqrt((size - 1.0) * (size + 1.0)));
    const auto start = order + static_cast<Index>(20.0 / rho) + 1;
    double lower = small_start, upper = 0.0;
    for (Index n = start; n > 0; --n) {
        const auto d = static_cast<double>(n);
        const double next = ((2.0 * d + 1.0) * x * lower - (d + 1.0) * upper) / d;
        upper = lower;
        lower = next;
        if (n - 1 < order) q[n - 1] = lower;
        if (std::abs(lower) > large_stop) {
            lower /= large_stop;
            upper /= large_stop;
            for (Index k = n - 1; k < order; ++k) q[k] /= large_stop;
        }
    }
    const double scale = q_0 / q[0];
    for (Index n = 0; n < order; ++n) q[n] *= scale;
}

void spherical_bessel(double z, double* j, Index order) {
    const double zeroth = std::sin(z) / z, first = (zeroth - std::cos(z)) / z;
    if (z > static_cast<double>(order)) {
        j[0] = zeroth;
        j[1] = first;
        for (Index n = 1; n + 1 < order; ++n)
            j[n + 1] = (2.0 * static_cast<double>(n) + 1.0) / z * j[n] - j[n - 1];
        return;
    }
    double above = 0.0, here = small_start;
    for (Index n = order + 40; n-- > 0;) {
        const double below = (2.0 * static_cast<double>(n) + 3.0) / z * here - above;
        above = here;
        here = below;
        if (n < order) j[n] = here;
    }
    // j_0 and j_1 do not vanish together.
    const double scale = std::abs(zeroth) > std::abs(first) ? zeroth / j[0] : first / j[1];
    for (Index n = 0; n < order; ++n) j[n] *= scale;
}

}  // namespace redfield::bath
