#include <algorithm>
#include <functional>
#include <numeric>

#include "hierarchy/fermionic_flow.hpp"
#include "hierarchy/integrate.hpp"
#include "hierarchy/settled.hpp"
#include "redfield/hierarchy/fermionic.hpp"

namespace redfield::hierarchy {

namespace {

/// The part of a state, in Frobenius norm, that may be odd: rounding.
constexpr double odd_rounding = 1e-10;

void check_even(const FermionicHierarchy& hierarchy, const RealMatrix& state) {
    const double odd = (state - hierarchy.even(state)).norm();
    require(odd <= odd_rounding * state.norm(), "rho0 has coherences of size ", odd,
            " between an even number of fermions and an odd one, which no state has");
}

/// Σ of the largest `count` of non-negative numbers.
double largest(std::vector<double> x, int count) {
    std::sort(x.begin(), x.end(), std::greater<>());
    const auto last = std::min(x.size(), static_cast<std::size_t>(count));
    return std::accumulate(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(last), 0.0);
}

}  // namespace

RealMatrix uncorrelated(const FermionicHierarchy& hierarchy, const RealMatrix& state) {
    RealMatrix out = beside_equilibrium(hierarchy, state);
    check_even(hierarchy, state);
    return out;
}

/// With b_k of the exponentials 𝓛 has the parts −i Σ_k (s_k(a^σ̄ρ ∓ ρa^σ̄) b_k + b_k†(c_k a^σρ ±
/// c̃_kρa^σ)/s_k). What of them is antihermitian, of size ½(s + c/s), turns; what is Hermitian, ½(s −
/// c/s), damps.
integrators::Region region(const FermionicHierarchy& hierarchy) {
    const Subsets& set = hierarchy.indices();
    RealVector turning = RealVector::Zero(static_cast<Index>(hierarchy.couplings().size()));
    RealVector damping = turning;
    std::vector<double> rates, frequencies;
    for (const Term& term : set.terms()) {
        const Complex left = term.c / term.scale, right = term.conjugate / term.scale;
        const Index j = term.operator_index;
        const double square = hierarchy.couplings()[static_cast<std::size_t>(j)].squaredNorm() /
                              static_cast<double>(hierarchy.dimension());
        turning[j] += 0.5 * square * (std::norm(term.scale + left) + std::norm(term.scale + right));
        damping[j] += 0.5 * square * (std::norm(term.scale - left) + std::norm(term.scale - right));
        rates.push_back(term.rate.real());
        frequencies.push_back(std::abs(term.rate.imag()));
    }
    // ‖Kρ + ρK†‖ and the gains of a lead are at most 2(|d⁻| + |d⁺|)‖a‖² each.
    double at_once = 0.0;
    for (std::size_t b = 0; b < hierarchy.leads().size(); ++b) {
        const Lead& lead = hierarchy.leads()[b];
        const auto j = static_cast<std::size_t>(hierarchy.operator_of(b));
        at_once += 4.0 * (std::abs(lead.removed_at_once) + std::abs(lead.injected_at_once)) *
                   hierarchy.couplings()[j].squaredNorm();
    }
    const int depth = set.depth();
    const Turning together{largest(rates, depth), largest(frequencies, depth), slope_of(set.terms())};
    return together.region(hierarchy.system().eigensystem().bandwidth() + 2.0 * std::sqrt(turning.sum()),
                           2.0 * std::sqrt(damping.sum()) + at_once);
}

EvolveStats evolve(const FermionicHierarchy& hierarchy, const RealMatrix& start,
                   const std::vector<double>& times, const EvolveOptions& options,
                   const Observer<StateView>& observe, RealMatrix* last,
                   const Observer<RealMatrix>& lowest) {
    return integrate(hierarchy, start, times, options, observe, last, lowest);
}

SteadySolution steady_state(const FermionicHierarchy& hierarchy, const SteadyOptions& options) {
    return settled(hierarchy, nullptr, options);
}

SteadySolution steady_state(const FermionicHierarchy& hierarchy, const ComplexMatrix& rho0,
                            const SteadyOptions& options) {
    const Index n = hierarchy.dimension();
    if (rho0.rows() == n && rho0.cols() == n) {
        const RealMatrix given = pack(rho0);
        check_even(hierarchy, hierarchy.system().eigensystem().in_frame(hierarchy.frame(),
                                                                        {given, Frame::given}, 1));
    }
    return settled_from(hierarchy, rho0, options);
}

Index leading_planes(const FermionicHierarchy& hierarchy) {
    return hierarchy.indices().plane(hierarchy.indices().tiers()[2]);
}

std::vector<ComplexMatrix> bath_forces(const FermionicHierarchy& hierarchy, const RealMatrix& y) {
    const Subsets& set = hierarchy.indices();
    const Eigensystem& eigen = hierarchy.system().eigensystem();
    const Index n = hierarchy.dimension();
    require(y.rows() == n && y.cols() >= n * leading_planes(hierarchy), "hierarchy: a vector must have ",
            n, " rows and at least ", n * leading_planes(hierarchy), " columns, got (", y.rows(), ", ",
            y.cols(), ")");
    const ComplexMatrix rho = unpack(y.leftCols(n));
    std::vector<ComplexMatrix> out(2 * hierarchy.leads().size());
    Index k = 0;
    for (std::size_t b = 0; b < hierarchy.leads().size(); ++b) {
        const Lead& lead = hierarchy.leads()[b];
        const ComplexMatrix& a =
            hierarchy.couplings()[static_cast<std::size_t>(hierarchy.operator_of(b))];
        ComplexMatrix sum = Complex(0.0, -1.0) *
                            (lead.removed_at_once * a * rho - std::conj(lead.injected_at_once) * rho * a);
        for (Index l = 0; l < lead.rates.size(); ++l) {
            if (lead.removed[l] == 0.0 && lead.injected[l] == 0.0) continue;
            const Index plane = set.plane(set.up(0, k).member());
            const ComplexMatrix g = unpack(y.middleCols(n * plane, n));
            const ComplexMatrix f = unpack(y.middleCols(n * (plane + 1), n));
            sum += set.terms()[static_cast<std::size_t>(k)].scale * (g + Complex(0.0, 1.0) * f);
            k += 2;
        }
        if (hierarchy.frame() == Frame::eigenbasis) sum = eigen.from_eigenbasis(sum);
        out[lead.injection] = sum.adjoint();
        out[lead.removal] = std::move(sum);
    }
    return out;
}

}  // namespace redfield::hierarchy
