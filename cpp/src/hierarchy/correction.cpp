#include "redfield/hierarchy/correction.hpp"

#include "hierarchy/flow.hpp"
#include "hierarchy/inverse.hpp"
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

/// r of a packed state in the frame of a hierarchy of depth 2, −U D_1⁻¹ (Dρ + Uρ_2) without −i[H, ρ].
class Residual {
  public:
    Residual(const Hierarchy& hierarchy, int threads)
        : hierarchy_(hierarchy), tiers_(hierarchy), threads_(threads) {}

    RealMatrix operator()(const RealMatrix& state) const {
        const IndexSet& set = hierarchy_.indices();
        const Flow<double>& flow = hierarchy_.flow();
        const std::vector<Index>& first = set.tiers();
        const Index n = hierarchy_.dimension();
        RealMatrix y = RealMatrix::Zero(n, n * hierarchy_.planes()), sum = y;
        y.leftCols(n) = state;
        if (first.size() < 4) return RealMatrix::Zero(n, n);  // no bath acts
        const auto solve = [&](std::size_t tier, const RealMatrix& right) {
            const Index from = n * set.plane(first[tier]), to = n * set.plane(first[tier + 1]);
            y.middleCols(from, to - from) = -right.middleCols(from, to - from);
            tiers_.apply(first[tier], first[tier + 1], y.data(), threads_);
        };
        flow.add_couplings(first[1], first[2], Tiers::below, y.data(), sum.data(), threads_);
        solve(1, sum);
        flow.add_couplings(first[2], first[3], Tiers::below, y.data(), sum.data(), threads_);
        solve(2, sum);
        flow.add_couplings(first[1], first[2], Tiers::above, y.data(), sum.data(), threads_);
        solve(1, sum);
        RealMatrix out = RealMatrix::Zero(n, n);
        flow.add_couplings(0, 1, Tiers::above, y.data(), out.data(), 1);
        return out;
    }

  private:
    const Hierarchy& hierarchy_;
    TierInverse tiers_;
    int threads_;
};

}  // namespace

std::vector<ComplexMatrix> steady_corrections(const System& system,
                                              const std::vector<Exponentials>& exponentials,
                                              const std::vector<ComplexMatrix>& states, int threads,
                                              double max_bytes) {
    const Hierarchy hierarchy(system, exponentials, 2, max_bytes);
    const Eigensystem& eigen = system.eigensystem();
    const Index n = hierarchy.dimension();
    const int used = hierarchy.threads(threads);
    const Residual residual(hierarchy, used);
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
        const Frame inner = Frame::eigenbasis;
        RealMatrix r = residual(eigen.in_frame(hierarchy.frame(), {state, inner}, used));
        r = eigen.in_frame(inner, {r, hierarchy.frame()}, used);
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
