#include "redfield/driven/time_convolutionless.hpp"

#include <algorithm>
#include <cmath>

#include "driven/memory_integral.hpp"
#include "driven/run.hpp"
#include "evolve/checks.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::driven {

namespace {

bool is_square(const ComplexMatrix& x) { return x.rows() == panel_points && x.cols() == panel_points; }

bool is_on_panel(const CorrelationWeights& w, Index terms) {
    const bool exponentials =
        w.fade.rows() == terms && w.gather.rows() == terms &&
        (terms == 0 || (w.fade.cols() == panel_points && w.gather.cols() == panel_points));
    return exponentials && is_square(w.local) && std::all_of(w.lags.begin(), w.lags.end(), is_square);
}

/// std::invalid_argument where a panel or a coupling asks for weights that are missing or have another
/// shape.
void require_weights(const TimeConvolutionless& equation) {
    require(equation.panels.size() == equation.length_of_panel.size() + 1 && equation.panels.size() > 1,
            "driven::TimeConvolutionless: a panel has two ends and a length");
    require(equation.couplings.size() == equation.bath_of_coupling.size(),
            "driven::TimeConvolutionless: a coupling has a bath");
    if (equation.couplings.empty()) return;
    for (std::size_t p = 0; p < equation.length_of_panel.size(); ++p) {
        const Index length = equation.length_of_panel[p];
        require(length >= 0 && static_cast<std::size_t>(length) < equation.weights.size(),
                "driven::TimeConvolutionless: length_of_panel[", p, "] = ", length,
                " must be the index of one of ", equation.weights.size(), " lengths");
    }
    for (const std::vector<CorrelationWeights>& of_length : equation.weights)
        for (std::size_t j = 0; j < equation.bath_of_coupling.size(); ++j) {
            const Index bath = equation.bath_of_coupling[j];
            require(bath >= 0 && static_cast<std::size_t>(bath) < of_length.size(),
                    "driven::TimeConvolutionless: bath_of_coupling[", j, "] = ", bath,
                    " must be the index of one of ", of_length.size(), " baths");
            const auto b = static_cast<std::size_t>(bath);
            require(is_on_panel(of_length[b], equation.weights.front()[b].fade.rows()),
                    "driven::TimeConvolutionless: the weights of bath ", bath, " do not have ",
                    panel_points, " points a panel, or as many exponentials at every length");
        }
}

}  // namespace

EvolveStats evolve(const TimeConvolutionless& equation, double max_step, StateView start,
                   const std::vector<double>& times, const IntegrationOptions& options,
                   const Observer<StateView>& observe) {
    const Index n = equation.hamiltonian.dimension();
    const Run run(n, start, times, options, max_step, observe);
    integrators::refuse_short_steps(max_step, times.back() - times.front());
    require_weights(equation);
    const int threads = base::resolve_threads(options.threads, n);
    MemoryIntegral operators(equation, threads);
    operators.keep(times.front(), std::nextafter(times.front(), times.back()));
    const auto tell = [&](Index i, const RealMatrix& rho) {
        const ComplexMatrix u = operators.propagator(times[static_cast<std::size_t>(i)]);
        observe(i, {pack(u * unpack(rho) * u.adjoint()), Frame::given});
    };
    InteractionEquation picture(operators, std::min(max_step, equation.longest_step), threads,
                                Resolution(equation.panels));
    return run.dopri5(picture, start.packed, equation.breaks, tell);
}

}  // namespace redfield::driven
