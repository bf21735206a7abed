#include "redfield/driven/memory.hpp"

#include <algorithm>
#include <cmath>

#include "driven/interaction.hpp"
#include "driven/past.hpp"
#include "driven/run.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::driven {

EvolveStats evolve(const Memory& memory, double max_step, StateView start,
                   const std::vector<double>& times, const EvolveOptions& options,
                   const Observer& observe) {
    const Index n = start.packed.rows();
    require(options.method == Method::automatic || options.method == Method::dopri5,
            "driven::evolve: the method of an equation with a memory is \"dopri5\"");
    require(memory.hamiltonian.dimension() == n, "driven::evolve: H does not have the state's dimension");
    const int threads = linalg::resolve_threads(options.threads, n);
    Past past(memory, threads);
    const Observer in_given_basis = [&](Index i, StateView state) {
        if (i == 0) past.keep(times.front(), std::nextafter(times.front(), times.back()));
        const ComplexMatrix u = past.propagator(times[static_cast<std::size_t>(i)]);
        const RealMatrix rho = pack(u * unpack(state.packed) * u.adjoint());
        observe(i, {rho, Frame::given});
    };
    Run run(start, times, options, max_step, in_given_basis);

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
