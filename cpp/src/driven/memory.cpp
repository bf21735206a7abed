#include "redfield/driven/memory.hpp"

#include <algorithm>
#include <cmath>

#include "driven/interaction.hpp"
#include "driven/past.hpp"
#include "driven/run.hpp"
#include "evolve/methods.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::driven {

namespace {

bool is_square(const ComplexMatrix& x) { return x.rows() == panel_points && x.cols() == panel_points; }

/// std::invalid_argument where a panel or a coupling asks for a history that is not there or has another
/// shape.
void require_histories(const Memory& memory) {
    if (memory.couplings.empty()) return;
    for (std::size_t p = 0; p < memory.length_of_panel.size(); ++p) {
        const Index length = memory.length_of_panel[p];
        require(length >= 0 && static_cast<std::size_t>(length) < memory.histories.size(),
                "driven::Memory: length_of_panel[", p, "] = ", length, " must be the index of one of ",
                memory.histories.size(), " lengths");
    }
    for (const std::vector<History>& of_length : memory.histories) {
        for (std::size_t j = 0; j < memory.bath_of_coupling.size(); ++j) {
            const Index bath = memory.bath_of_coupling[j];
            require(bath >= 0 && static_cast<std::size_t>(bath) < of_length.size(),
                    "driven::Memory: bath_of_coupling[", j, "] = ", bath, " must be the index of one of ",
                    of_length.size(), " baths");
            const auto b = static_cast<std::size_t>(bath);
            const History& h = of_length[b];
            const Index terms = memory.histories.front()[b].fade.rows();
            require(
                is_square(h.local) && h.fade.rows() == terms && h.gather.rows() == terms &&
                    (terms == 0 || (h.fade.cols() == panel_points && h.gather.cols() == panel_points)) &&
                    std::all_of(h.lags.begin(), h.lags.end(), is_square),
                "driven::Memory: the history of bath ", bath, " does not have ", panel_points,
                " points a panel, or as many exponentials at every length");
        }
    }
}

}  // namespace

EvolveStats evolve(const Memory& memory, double max_step, StateView start,
                   const std::vector<double>& times, const EvolveOptions& options,
                   const Observer& observe) {
    const Index n = start.packed.rows();
    require(options.method == Method::automatic || options.method == Method::dopri5,
            "driven::evolve: the method of an equation with a memory is \"dopri5\"");
    require(memory.hamiltonian.dimension() == n, "driven::evolve: H does not have the state's dimension");
    require_histories(memory);
    const int threads = linalg::resolve_threads(options.threads, n);
    Past past(memory, threads);
    const Observer in_given_basis = [&](Index i, StateView state) {
        if (i == 0) past.keep(times.front(), std::nextafter(times.front(), times.back()));
        const ComplexMatrix u = past.propagator(times[static_cast<std::size_t>(i)]);
        const RealMatrix rho = pack(u * unpack(state.packed) * u.adjoint());
        observe(i, {rho, Frame::given});
    };
    Run run(start, times, options, max_step, in_given_basis);
    integrators::refuse_short_steps(max_step, times.back() - times.front());

    const double longest = std::min(max_step, memory.longest_step);
    EvolveStats stats;
    Interaction picture(past, longest, threads);
    return run.solve(
        memory.breaks, Method::dopri5,
        [&](const RealMatrix& rho, const std::vector<double>& inside, const integrators::Observe& each) {
            picture.within(inside.front(), inside.back());
            integrators::runge_kutta(
                picture, rho, inside, options, 0.1 * longest, [longest](double) { return longest; }, each,
                stats);
        },
        stats);
}

}  // namespace redfield::driven
