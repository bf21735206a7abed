#include "redfield/hierarchy/gradient.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "base/memory.hpp"
#include "evolve/faber_evolution.hpp"
#include "gradient/expansions.hpp"
#include "hierarchy/adjoint.hpp"
#include "hierarchy/integrate.hpp"
#include "hierarchy/vector_sensitivity.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/gmres.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::hierarchy {

namespace {

/// The relative residual of the adjoint equation beyond which there is no answer.
constexpr double usable = 1e-7;
/// Krylov vectors before GMRES restarts.
constexpr Index adjoint_vectors = 60;

void check_observable(const ComplexMatrix& matrix, Index n) {
    require(matrix.rows() == n && matrix.cols() == n, "gradient: observable is ", matrix.rows(), " x ",
            matrix.cols(), ", the system has ", n, " levels");
    require(matrix.allFinite(), "gradient: observable has an entry that is not finite");
    require((matrix - matrix.adjoint()).norm() <= 1e-8 * matrix.norm(),
            "gradient: observable is not Hermitian");
}

/// Adds w tr[y_0 𝓛_R x_0].
void add_states(const Hierarchy& hierarchy, const RealMatrix& x, const RealMatrix& y, double weight,
                Sensitivity& sensitivity) {
    const Index n = hierarchy.dimension();
    const auto inside = [&](const RealMatrix& vector) {
        const RealMatrix state = vector.leftCols(n);
        return unpack(
            hierarchy.system().eigensystem().in_frame(Frame::eigenbasis, {state, hierarchy.frame()}, 1));
    };
    sensitivity.add(inside(x), inside(y), weight);
}

/// The solution of 𝓛†y + w tr(y_0) 1/N = right, each tier's rows in its units.
linalg::Solution<double> solve_adjoint(const Hierarchy& hierarchy, const RealVector& right,
                                       const SteadyOptions& options, int threads, long& applications) {
    const Index n = hierarchy.dimension();
    base::require_bytes(hierarchy.vector_bytes() * 2.0 * (adjoint_vectors + 6), options.max_bytes,
                        "take a smaller depth or fewer exponentials", "the Krylov space of ",
                        hierarchy.planes(), " auxiliary operators");
    const Flow<double> flow = hierarchy.adjoint();
    const std::unique_ptr<const Generator> generator = redfield_of(hierarchy);
    const std::shared_ptr<const Generator> adjoint = generator->adjoint(options.max_bytes);
    steady::PackedMap redfield(*adjoint, options.threads, generator.get());
    const double weight = redfield.rate();
    require(weight > 0.0, "gradient: nothing dissipates, every function of H is stationary");
    const AdjointInverse inverse(hierarchy, flow, redfield, weight, threads);
    const RealVector units = tier_units(hierarchy);
    const linalg::LinearMap<double> map = [&](const RealVector& y, RealVector& out) {
        base::poll();
        ++applications;
        out.resize(y.size());
        flow.apply(y.data(), out.data(), threads);
        const double trace = y(Eigen::seqN(0, n, n + 1)).sum();
        out(Eigen::seqN(0, n, n + 1)).array() += weight * trace / static_cast<double>(n);
        out.array() *= units.array();
    };
    const linalg::Preconditioner<double> nearly(
        [&](const RealVector& r, RealVector& out) { inverse(r.cwiseQuotient(units), out); },
        adjoint_vectors);
    linalg::GmresOptions reporting;
    reporting.progress = [](double fraction) { base::poll(fraction); };
    return linalg::gmres<double>(map, nearly, right.cwiseProduct(units), options.tol, reporting);
}

/// 𝓛 or 𝓛† of vectors, expanded.
gradient::Ways::Evolve expanded(const Flow<double>& flow, const integrators::Region& region,
                                int threads) {
    return [&flow, region, threads](const RealMatrix& start, const std::vector<double>& times,
                                    const EvolveOptions& options, const Observer<RealMatrix>& tell) {
        EvolveStats stats;
        linalg::Workspace ws(threads);
        integrators::expand<double>(map_of<double>(flow), region, start, start.cols(), times, options, ws,
                                    tell, stats);
        return stats;
    };
}

}  // namespace

SteadyGradient steady_gradient(const Hierarchy& hierarchy, const RealMatrix& x,
                               const ComplexMatrix& observable, const SteadyOptions& options,
                               Sensitivity* second_order) {
    const Index n = hierarchy.dimension();
    require(x.rows() == n && x.cols() == n * hierarchy.planes(), "gradient: the vector must be (", n,
            ", ", n * hierarchy.planes(), "), got (", x.rows(), ", ", x.cols(), ")");
    check_observable(observable, n);
    require(options.tol > 0.0, "gradient: tol must be positive, got ", options.tol);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const int threads = hierarchy.threads(options.threads);
    const RealMatrix weight = hierarchy.system().eigensystem().in_frame(
        hierarchy.frame(), {pack(observable), Frame::given}, threads);
    const double mean = weight.cwiseProduct(x.leftCols(n)).sum() / x.leftCols(n).trace();
    RealMatrix right = RealMatrix::Zero(n, x.cols());
    right.leftCols(n) = weight - mean * RealMatrix::Identity(n, n);
    VectorSensitivity sensitivity(hierarchy, threads);
    if (right.norm() <= 1e-15 * weight.norm()) return {sensitivity.gradient(), 0.0, 0};
    SteadyGradient out{{}, 0.0, 0};
    const linalg::Solution<double> found =
        solve_adjoint(hierarchy, right.reshaped(), options, threads, out.applications);
    out.residual = found.residual;
    if (!found.x.allFinite() || !(found.residual <= usable)) {
        std::ostringstream text;
        text << "gradient: the adjoint hierarchy is solved to a relative residual of " << found.residual
             << " alone; the steady state may not be the only one, or the coupling is too strong for "
                "Redfield's equation to precondition it";
        throw ConvergenceError(text.str());
    }
    const RealMatrix y = found.x.reshaped(n, x.cols());
    sensitivity.add(x, y, -1.0);
    if (second_order != nullptr) add_states(hierarchy, x, y, -1.0, *second_order);
    out.gradient = sensitivity.gradient();
    return out;
}

PathGradient evolution_gradient(const Hierarchy& hierarchy, const ComplexMatrix& rho0,
                                const std::vector<double>& times,
                                const std::vector<ComplexMatrix>& weights,
                                const EvolutionGradientOptions& options, Sensitivity* second_order) {
    const Index n = hierarchy.dimension();
    gradient::check_outputs(times, weights, n);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const Eigensystem& eigensystem = hierarchy.system().eigensystem();
    const int threads = hierarchy.threads(options.threads);
    const auto inside = [&](const RealMatrix& packed) {
        return eigensystem.in_frame(hierarchy.frame(), {packed, Frame::given}, threads);
    };
    std::vector<RealMatrix> packed;
    for (const ComplexMatrix& w : weights) packed.push_back(inside(pack(w)));
    const RealMatrix start = uncorrelated(hierarchy, inside(pack_state(rho0, n)));

    PathGradient out;
    out.value = 0.0;
    out.times = RealVector::Zero(static_cast<Index>(times.size()));
    out.stats.frame = hierarchy.frame();
    out.stats.method = name_of(method_names, Method::chebyshev);
    VectorSensitivity sensitivity(hierarchy, threads);
    RealMatrix change(n, start.cols());
    const gradient::Visit visit = [&](std::size_t i, const RealMatrix& x, RealMatrix& y) {
        // x and y just after times[i].
        hierarchy.flow().apply(x.data(), change.data(), threads);
        out.times[static_cast<Index>(i)] =
            i > 0 ? packed[i].cwiseProduct(change.leftCols(n)).sum() : -y.cwiseProduct(change).sum();
        out.value += packed[i].cwiseProduct(x.leftCols(n)).sum();
        y.leftCols(n) += packed[i];
    };
    const integrators::Region spectrum = region(hierarchy);
    const Flow<double> adjoint = hierarchy.adjoint();
    gradient::Ways ways{expanded(hierarchy.flow(), spectrum, threads),
                        expanded(adjoint, spectrum, threads),
                        [&](const RealMatrix& x, const RealMatrix& y, double weight) {
                            sensitivity.add(x, y, weight);
                            if (second_order != nullptr)
                                add_states(hierarchy, x, y, weight, *second_order);
                        }};
    gradient::Expansions expansions(std::move(ways), spectrum.box, start.size(), times, options);
    RealMatrix y = RealMatrix::Zero(n, start.cols());
    expansions.walk(times, start, visit, y, out.stats);
    const RealMatrix first = y.leftCols(n);
    out.rho0 = unpack(eigensystem.in_frame(Frame::given, {first, hierarchy.frame()}, threads));
    out.gradient = sensitivity.gradient();
    return out;
}

}  // namespace redfield::hierarchy
