#include "redfield/hierarchy/correction.hpp"

#include "hierarchy/inverse.hpp"
#include "hierarchy/two_tiers.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/linalg/gmres.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::hierarchy {

namespace {

/// The relative residual to which 𝓛_R⁻¹ is applied: δ is an estimate.
constexpr double enough = 1e-9;
/// Corrections of one state: the first takes away what differs from Redfield's state in second order,
/// whose coherences enter r to first order in another way than 𝓛_R, so that the second is needed.
constexpr int steps = 2;

}  // namespace

std::vector<ComplexMatrix> steady_corrections(const System& system,
                                              const std::vector<Exponentials>& exponentials,
                                              const std::vector<ComplexMatrix>& states, int threads,
                                              double max_bytes) {
    const Hierarchy hierarchy(system, exponentials, 0, max_bytes);
    const Eigensystem& eigen = system.eigensystem();
    const Index n = hierarchy.dimension();
    const TwoTiers of_baths(hierarchy, threads, max_bytes);
    const int used = hierarchy.threads(threads);
    const std::unique_ptr<const Generator> generator = redfield_of(hierarchy);
    steady::PackedMap redfield(*generator, used);
    const double weight = redfield.rate();
    require(weight > 0.0, "steady_state: error=True needs baths that dissipate");
    const auto inverse = state_inverse(redfield, weight);
    const linalg::LinearMap<double> bordered = [&](const RealVector& x, RealVector& out) {
        redfield(x, out);
        const double share = weight / static_cast<double>(n) * redfield.trace(x);
        for (Index k = 0; k < n; ++k) out[k * (n + 1)] += share;
    };
    const linalg::Preconditioner<double> nearly(
        [&](const RealVector& r, RealVector& out) { out = inverse(r); });
    const auto correction = [&](const RealMatrix& state) -> RealMatrix {
        RealMatrix r = of_baths(state);
        add_free_rotation(eigen.energies(), state, r, used);
        const RealVector right = -Eigen::Map<const RealVector>(r.data(), r.size());
        const linalg::Solution<double> solved = linalg::gmres(bordered, nearly, right, enough);
        if (right.norm() > 0.0 && !(solved.residual < 1e-3))
            throw ConvergenceError(
                "steady_state: the correction of the steady state is not found, Redfield's equation may "
                "have "
                "several steady states");
        return Eigen::Map<const RealMatrix>(solved.x.data(), n, n);
    };
    std::vector<ComplexMatrix> out;
    for (const ComplexMatrix& state : states) {
        const RealMatrix given = pack(state);
        const RealMatrix start = eigen.in_frame(Frame::eigenbasis, {given, Frame::given}, used);
        RealMatrix change = RealMatrix::Zero(n, n);
        for (int step = 0; step < steps; ++step) change += correction(start + change);
        out.push_back(unpack(eigen.in_frame(Frame::given, {change, Frame::eigenbasis}, used)));
    }
    return out;
}

}  // namespace redfield::hierarchy
