#include "bath/frequency_window.hpp"

#include <algorithm>
#include <cmath>

#include "bath/pi.hpp"
#include "bath/sampled.hpp"
#include "redfield/base/errors.hpp"

namespace redfield::bath {

namespace {

/// Phase νT over half a part of a panel: Gauss's rule integrates γ times the kernel to rounding.
constexpr double phase_of_part = 4.0;
/// Nodes times frequencies of an integral that takes seconds.
constexpr double most_work = 5e7;
/// |z| up to which φ and φ' are summed as power series, of so many terms.
constexpr double small_phase = 0.3;
constexpr int phase_terms = 14;

/// φ(iy) and φ'(iy), given e^{iy}.
struct Kernel {
    Complex value, slope;
};
Kernel kernel(double y, Complex turned) {
    if (std::abs(y) >= small_phase) {
        const Complex inverse(0.0, -1.0 / y), value = inverse * (turned - 1.0);
        return {value, inverse * (turned - value)};
    }
    const Complex z(0.0, y);
    Complex term = 1.0, value = 0.0, slope = 0.0;  // term is zⁿ/n!
    for (int n = 0; n < phase_terms; ++n) {
        value += term / (n + 1.0);
        slope += term / (n + 2.0);
        term *= z / (n + 1.0);
    }
    return {value, slope};
}

double parts_of(double half, double window) {
    return std::max(1.0, std::ceil(half * window / phase_of_part));
}

}  // namespace

template <Index order>
bool has_narrow_laws(const Panels<double, order>& gamma, double window) {
    return std::all_of(gamma.laws().begin(), gamma.laws().end(), [&](const PowerLaw& law) {
        return law.inner && law.reach * window < 1e-4 && law.power > -0.5;
    });
}

template <Index order>
Windowed windowed_over_frequencies(const Panels<double, order>& gamma, const RealVector& w,
                                   double window) {
    double parts = 0.0;
    for (const auto& panel : gamma.panels()) parts += parts_of(panel.half, window);
    if (parts * static_cast<double>(order * w.size()) > most_work)
        throw ConvergenceError("its correlation function turns " + brief(parts * phase_of_part / pi, 2) +
                               " times within the window " + brief(window) +
                               ", as with a spectrum that is wide and ends "
                               "abruptly; give it a narrower " +
                               "band or soft edges");
    // Nodes, their weights times γ, and their phases.
    std::vector<double> nodes, weights;
    const GaussRule& gauss = Panels<double, order>::rule();
    for (const auto& panel : gamma.panels()) {
        const double count = parts_of(panel.half, window), half = panel.half / count;
        for (double part = 0.0; part < count; part += 1.0)
            for (Index k = 0; k < order; ++k) {
                nodes.push_back(panel.left + half * (2.0 * part + gauss.x[k] + 1.0));
                weights.push_back(half * gauss.weight[k] * gamma(nodes.back()));
            }
    }
    for (const PowerLaw& law : gamma.laws()) {
        nodes.push_back(law.start);
        weights.push_back(law.value * law.reach / (1.0 + law.power));
    }
    std::vector<Complex> phase;
    phase.reserve(nodes.size());
    for (const double node : nodes) phase.push_back(std::polar(1.0, -window * node));
    Windowed out{Eigen::VectorXcd(w.size()), Eigen::VectorXcd(w.size())};
    for_each_index(w.size(), [&](Index k) {
        const Complex own = std::polar(1.0, window * w[k]);
        Complex value = 0.0, slope = 0.0;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const Kernel here = kernel(window * (w[k] - nodes[i]), own * phase[i]);
            value += weights[i] * here.value;
            slope += weights[i] * here.slope;
        }
        out.value[k] = window / (2.0 * pi) * value;
        out.derivative[k] = window * window / (2.0 * pi) * Complex(0.0, 1.0) * slope;
    });
    return out;
}

template bool has_narrow_laws(const Panels<double, 24>&, double);
template bool has_narrow_laws(const Panels<double, 12>&, double);
template Windowed windowed_over_frequencies(const Panels<double, 24>&, const RealVector&, double);
template Windowed windowed_over_frequencies(const Panels<double, 12>&, const RealVector&, double);

}  // namespace redfield::bath
