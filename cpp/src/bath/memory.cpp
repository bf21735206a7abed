#include "bath/memory.hpp"

#include <cmath>
#include <string>

#include "bath/edges.hpp"
#include "bath/expansion.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::bath {

namespace {

/// t|C(t)| below this part of its largest ends the memory; more than the second one, where numbers or
/// their digits end, leaves ∫C unknown.
constexpr double end_of_memory = 1e-14, unfinished_memory = 1e-9;
/// Panels are halved until their error is this part of ∫|C|.
constexpr double memory_tol = 1e-13;
/// Phase of the fastest oscillation on a panel, and panels after which a memory counts as endless.
constexpr double turns_a_panel = 12.0, most_turns = 2000.0;

}  // namespace

Panels<Complex> memory(const Bath& bath, double window, double fastest) {
    require(window > 0.0, "the window must be positive, got ", window);
    const double tau = bath.time_scale();
    const Sampled<Complex> c = [&](const double* t, Complex* out, Index count) {
        bath.correlation(t, out, count);
    };
    OutwardOptions options;
    options.weighted = true;
    options.laws = false;
    options.tol = end_of_memory;
    options.noise = bath.noise();
    const Outward found = outward(c, 0.0, tau, 1.0, options);
    if (found.edges.empty())
        throw ConvergenceError("its time scale of " + brief(tau, 6) + " is beyond the range of numbers");
    const double last = found.edges.back();
    if (std::isinf(window)) {
        if (found.left > unfinished_memory)
            throw ConvergenceError("the correlation function decays too slowly: at t = " + brief(last) +
                                   ", where t|C| is still " + brief(found.left, 2) +
                                   " of its largest, it is lost in its own rounding, or does not end");
        if (fastest * last > most_turns * turns_a_panel)
            throw ConvergenceError("the correlation function does not end: at t = " +
                                   brief(most_turns * turns_a_panel / fastest) +
                                   " t|C| is not negligible, as with a spectrum that "
                                   "ends abruptly; give it soft edges");
    }
    std::vector<double> edges{0.0, 1e-6 * tau, 1e-3 * tau};
    edges.insert(edges.end(), found.edges.begin(), found.edges.end());
    if (window < last) {
        while (edges.back() >= window) edges.pop_back();
        edges.push_back(window);
    }
    try {
        return expand(c, std::move(edges), {memory_tol, false, true});
    } catch (const ConvergenceError& error) {
        throw ConvergenceError(std::string("the correlation function can not be integrated: ") +
                               error.what());
    }
}

Windowed windowed_over_times(const Bath& bath, const RealVector& w, double window) {
    const Panels<Complex> panels = memory(bath, window);
    Windowed out{Eigen::VectorXcd(w.size()), Eigen::VectorXcd(w.size())};
    for_each_index(w.size(), [&](Index k) {
        Complex moment = 0.0;
        out.value[k] = panels.fourier(-w[k], &moment);
        out.derivative[k] = Complex(0.0, 1.0) * moment;
    });
    return out;
}

}  // namespace redfield::bath
