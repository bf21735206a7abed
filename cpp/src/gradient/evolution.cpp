#include "redfield/gradient/evolution.hpp"

#include <cmath>
#include <memory>
#include <utility>

#include "gradient/expansions.hpp"
#include "gradient/exponential.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/evolve/evolve.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

namespace {

/// The two ways of the equation; backwards, transposed operators move as states do.
gradient::Ways ways_of(const Generator& generator, std::shared_ptr<const Generator> adjoint,
                       Sensitivity& sensitivity) {
    const auto expand = [](const Generator& of, const RealMatrix& start, const std::vector<double>& times,
                           const EvolveOptions& options, const auto& tell) {
        return evolve(of, {start, of.frame()}, times, options,
                      Observer<StateView>([&](Index i, StateView state) { tell(i, state.packed); }));
    };
    gradient::Ways out;
    out.forward = [&generator, expand](const RealMatrix& start, const std::vector<double>& times,
                                       const EvolveOptions& options, const Observer<RealMatrix>& tell) {
        return expand(generator, start, times, options, tell);
    };
    out.back = [adjoint = std::move(adjoint), expand](
                   const RealMatrix& start, const std::vector<double>& times,
                   const EvolveOptions& options, const Observer<RealMatrix>& tell) {
        return expand(*adjoint, start.transpose(), times, options,
                      [&](Index i, const auto& y) { tell(i, y.transpose()); });
    };
    out.add = [&sensitivity](const RealMatrix& rho, const RealMatrix& y, double weight) {
        sensitivity.add(unpack(rho), unpack(y), weight);
    };
    return out;
}

}  // namespace

EvolutionGradient add_gradient(const Generator& generator, Sensitivity& sensitivity,
                               const ComplexMatrix& rho0, const std::vector<double>& times,
                               const std::vector<ComplexMatrix>& weights,
                               const EvolutionGradientOptions& options) {
    const Index n = generator.dimension();
    gradient::check_outputs(times, weights, n);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const Eigensystem& eigensystem = generator.eigensystem();
    const int threads = base::resolve_threads(options.threads, n);
    const auto inside = [&](const ComplexMatrix& x) {
        return eigensystem.in_frame(generator.frame(), {pack(x), Frame::given}, threads);
    };
    std::vector<RealMatrix> packed;
    for (const ComplexMatrix& w : weights) packed.push_back(inside(w));
    const RealMatrix start = inside(unpack(pack_state(rho0, n)));

    EvolutionGradient out{0.0, {}, RealVector::Zero(static_cast<Index>(times.size())), {}};
    out.stats.frame = generator.frame();
    const auto ws = generator.lease(options.threads);
    RealMatrix change(n, n);
    const gradient::Visit visit = [&](std::size_t i, const RealMatrix& rho, RealMatrix& y) {
        // ρ and y just after times[i].
        generator.apply(rho, change, *ws);
        out.times[static_cast<Index>(i)] =
            i > 0 ? packed[i].cwiseProduct(change).sum() : -y.cwiseProduct(change).sum();
        out.value += packed[i].cwiseProduct(rho).sum();
        y += packed[i];
    };
    RealMatrix y = RealMatrix::Zero(n, n);
    if (gradient::exponential_is_cheaper(generator, times, options.max_bytes)) {
        out.stats.method = name_of(method_names, Method::exponential);
        gradient::by_exponentials(generator, sensitivity, start, times, visit, y, options.threads);
    } else {
        out.stats.method = name_of(method_names, Method::chebyshev);
        gradient::Expansions expansions(
            ways_of(generator, generator.adjoint(options.max_bytes), sensitivity), generator.bounds(),
            start.size(), times, options);
        expansions.walk(times, start, visit, y, out.stats);
    }
    out.rho0 = unpack(eigensystem.in_frame(Frame::given, {y, generator.frame()}, threads));
    return out;
}

}  // namespace redfield
