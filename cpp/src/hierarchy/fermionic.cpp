#include "redfield/hierarchy/fermionic.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "hierarchy/fermionic_flow.hpp"
#include "hierarchy/parity.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

namespace {

using hierarchy::FermionicFlow;
using hierarchy::Subsets;

/// The part of an operator's largest element that counts as zero.
constexpr double operator_rounding = 1e-10;

bool is_small(const ComplexMatrix& a, double scale) {
    return a.cwiseAbs().maxCoeff() <= operator_rounding * scale;
}

std::vector<ComplexMatrix> matrices_of(const System& system) {
    const auto* operators = std::get_if<Operators>(&system.couplings());
    require(operators != nullptr, "hierarchy: projectors on sites exchange no fermions");
    std::vector<ComplexMatrix> out;
    for (const Operator& a : *operators)
        out.push_back(std::visit([](const auto& x) { return ComplexMatrix(x); }, a));
    return out;
}

/// Refuses couplings that are not the a and the a† of one lead each.
void check_pairs(const std::vector<ComplexMatrix>& couplings, const std::vector<Lead>& leads) {
    std::vector<int> uses(couplings.size(), 0);
    for (std::size_t b = 0; b < leads.size(); ++b) {
        const Lead& lead = leads[b];
        require(lead.removal < couplings.size() && lead.injection < couplings.size(), "hierarchy: leads[",
                b, "] names the couplings ", lead.removal, " and ", lead.injection, " of ",
                couplings.size());
        ++uses[lead.removal];
        ++uses[lead.injection];
        const ComplexMatrix &a = couplings[lead.removal], &other = couplings[lead.injection];
        require(is_small(a - other.adjoint(), a.cwiseAbs().maxCoeff()), "hierarchy: couplings[",
                lead.injection, "] is not the adjoint of couplings[", lead.removal, "], as leads[", b,
                "] has it");
    }
    for (std::size_t j = 0; j < uses.size(); ++j)
        require(uses[j] == 1, "hierarchy: couplings[", j, "] belongs to ", uses[j], " leads, not to one");
}

/// Refuses what is not of fermions: an H that is not even, couplings that are not odd, and operators of
/// different leads that do not anticommute.
void check_fermions(const ComplexMatrix& h, const std::vector<ComplexMatrix>& couplings,
                    const std::vector<Lead>& leads, const ComplexMatrix& parity) {
    const Index n = h.rows();
    require(parity.rows() == n && parity.cols() == n, "hierarchy: parity must be (", n, ", ", n,
            "), got (", parity.rows(), ", ", parity.cols(), ")");
    require(is_small(parity * parity - ComplexMatrix::Identity(n, n), 1.0) &&
                is_small(parity - parity.adjoint(), 1.0),
            "hierarchy: parity must be Hermitian and its square 1");
    require(is_small(parity * h - h * parity, h.cwiseAbs().maxCoeff()),
            "hierarchy: H is not even: it joins an even number of fermions to an odd one");
    for (const Lead& lead : leads) {
        const ComplexMatrix& a = couplings[lead.removal];
        require(is_small(parity * a + a * parity, a.cwiseAbs().maxCoeff()), "hierarchy: couplings[",
                lead.removal,
                "] is not odd: it must join an even number of fermions to an odd one and nothing else");
    }
    for (std::size_t b = 0; b < leads.size(); ++b)
        for (std::size_t c = 0; c < b; ++c) {
            const ComplexMatrix &one = couplings[leads[b].removal], &two = couplings[leads[c].removal];
            const double scale = one.cwiseAbs().maxCoeff() * two.cwiseAbs().maxCoeff();
            const ComplexMatrix both = one * two + two * one;
            const ComplexMatrix number =
                both.trace() / static_cast<double>(n) * ComplexMatrix::Identity(n, n);
            require(is_small(both - number, scale), "hierarchy: couplings[", leads[c].removal,
                    "] and couplings[", leads[b].removal,
                    "] do not anticommute, as annihilation operators of fermions do; those of spins need "
                    "Jordan and Wigner's strings");
        }
}

/// Terms 2p of a and 2p + 1 of a† of each rate.
std::vector<hierarchy::Term> terms_of(const std::vector<Lead>& leads,
                                      const std::vector<Index>& operator_of) {
    std::vector<hierarchy::Term> terms;
    for (std::size_t b = 0; b < leads.size(); ++b) {
        const Lead& lead = leads[b];
        const Index count = lead.rates.size();
        require(lead.removed.size() == count && lead.injected.size() == count, "hierarchy: leads[", b,
                "] has ", lead.removed.size(), " and ", lead.injected.size(), " coefficients and ", count,
                " rates");
        for (Index l = 0; l < count; ++l) {
            const Complex r = lead.removed[l], i = lead.injected[l], rate = lead.rates[l];
            require(
                std::isfinite(std::abs(r)) && std::isfinite(std::abs(i)) && std::isfinite(std::abs(rate)),
                "hierarchy: leads[", b, "] is not finite: ", r, " and ", i, " of exp(-", rate, " t)");
            require(rate.real() > 0.0, "hierarchy: leads[", b, "] has the rate ", rate,
                    ", whose real part must be positive");
            const double scale = std::sqrt(std::max(std::abs(r), std::abs(i)));
            if (scale == 0.0) continue;
            const auto here = static_cast<Index>(terms.size());
            const Index a = 2 * operator_of[b];
            terms.push_back({a, r, std::conj(i), rate, here + 1, scale});
            terms.push_back({a + 1, i, std::conj(r), std::conj(rate), here, scale});
        }
    }
    return terms;
}

/// The part of the leads that acts at once, on operators a_p at 2p and a_p† at 2p + 1.
hierarchy::AtOnce at_once_of(const std::vector<Lead>& leads, const std::vector<Index>& operator_of,
                             const std::vector<ComplexMatrix>& operators) {
    const Index n = operators[0].rows();
    hierarchy::AtOnce out{ComplexMatrix::Zero(n, n), std::vector<double>(operators.size(), 0.0)};
    for (std::size_t b = 0; b < leads.size(); ++b) {
        const auto j = static_cast<std::size_t>(2 * operator_of[b]);
        const ComplexMatrix& a = operators[j];
        out.loss += leads[b].removed_at_once * a.adjoint() * a;
        out.loss += leads[b].injected_at_once * a * a.adjoint();
        out.gains[j] += 2.0 * leads[b].removed_at_once.real();
        out.gains[j + 1] += 2.0 * leads[b].injected_at_once.real();
    }
    return out;
}

}  // namespace

struct FermionicHierarchy::Parts {
    System system;
    std::vector<Lead> leads;
    std::vector<Index> operator_of;
    std::shared_ptr<const Subsets> indices;
    hierarchy::Operators operators;
    hierarchy::AtOnce at_once;
    ComplexMatrix parity, parity_in_frame;
    FermionicFlow<double> flow;
    double bytes;
};

double FermionicHierarchy::bytes_of(Index dimension, const std::vector<Lead>& leads, int depth) {
    Index terms = 0;
    for (const Lead& lead : leads) terms += 2 * lead.rates.size();
    const auto n = static_cast<double>(dimension);
    return Subsets::size(terms, depth) * (8.0 * n * n + Subsets::bytes_each(depth));
}

FermionicHierarchy::FermionicHierarchy(const System& system, const std::vector<Lead>& leads, int depth,
                                       double max_bytes, const ComplexMatrix& parity) {
    require(depth >= 1 && depth < 256, "hierarchy: depth must be in 1 … 255, got ", depth);
    require(!leads.empty(), "hierarchy: there are no leads");
    const double bytes = bytes_of(system.dimension(), leads, depth);
    if (bytes > max_bytes)
        throw std::length_error("hierarchy: depth " + std::to_string(depth) + " needs " +
                                std::to_string(bytes / 1e9) + " GB");
    const std::vector<ComplexMatrix> couplings = matrices_of(system);
    check_pairs(couplings, leads);
    const Eigensystem& eigen = system.eigensystem();
    ComplexMatrix h = eigen.from_eigenbasis(ComplexMatrix(eigen.energies().cast<Complex>().asDiagonal()));
    const double noise = 1e-14 * h.cwiseAbs().maxCoeff();
    h = h.unaryExpr([noise](Complex x) { return std::abs(x) <= noise ? Complex(0.0) : x; });
    std::vector<ComplexMatrix> lowering;
    for (const Lead& lead : leads) lowering.push_back(couplings[lead.removal]);
    ComplexMatrix found = parity.size() > 0 ? parity : hierarchy::parity_of(h, lowering);
    check_fermions(h, couplings, leads, found);

    std::vector<ComplexMatrix> distinct, operators;
    std::vector<Index> operator_of;
    for (const ComplexMatrix& a : lowering) {
        const auto same = std::find(distinct.begin(), distinct.end(), a);
        operator_of.push_back(static_cast<Index>(same - distinct.begin()));
        if (same == distinct.end()) distinct.push_back(a);
    }
    for (const ComplexMatrix& a : distinct) {
        operators.push_back(a);
        operators.emplace_back(a.adjoint());
    }
    auto indices = std::make_shared<const Subsets>(terms_of(leads, operator_of), depth);
    hierarchy::Operators cheaper =
        hierarchy::in_cheaper_basis<hierarchy::PackedProduct<double>>(eigen, h, std::move(operators), {});
    ComplexMatrix in_frame = cheaper.frame == Frame::given ? found : eigen.to_eigenbasis(found);
    hierarchy::AtOnce at_once = at_once_of(leads, operator_of, cheaper.couplings);
    FermionicFlow<double> flow(indices, cheaper, at_once);
    parts_ = std::make_unique<const Parts>(Parts{system, leads, operator_of, std::move(indices),
                                                 std::move(cheaper), std::move(at_once), std::move(found),
                                                 std::move(in_frame), std::move(flow), bytes});
}

FermionicHierarchy::~FermionicHierarchy() = default;
FermionicHierarchy::FermionicHierarchy(FermionicHierarchy&&) noexcept = default;

Index FermionicHierarchy::dimension() const { return parts_->flow.dimension(); }
int FermionicHierarchy::depth() const { return parts_->indices->depth(); }
Index FermionicHierarchy::exponentials() const {
    return static_cast<Index>(parts_->indices->terms().size());
}
Index FermionicHierarchy::planes() const { return parts_->indices->planes(); }
double FermionicHierarchy::vector_bytes() const {
    const auto n = static_cast<double>(dimension());
    return 8.0 * n * n * static_cast<double>(planes());
}
double FermionicHierarchy::bytes() const { return parts_->bytes; }
const System& FermionicHierarchy::system() const { return parts_->system; }
const std::vector<Lead>& FermionicHierarchy::leads() const { return parts_->leads; }
Frame FermionicHierarchy::frame() const { return parts_->operators.frame; }
const ComplexMatrix& FermionicHierarchy::parity() const { return parts_->parity; }
const Subsets& FermionicHierarchy::indices() const { return *parts_->indices; }
const FermionicFlow<double>& FermionicHierarchy::flow() const { return parts_->flow; }
FermionicFlow<float> FermionicHierarchy::single() const {
    return FermionicFlow<float>(parts_->indices, parts_->operators, parts_->at_once);
}
const std::vector<ComplexMatrix>& FermionicHierarchy::couplings() const {
    return parts_->operators.couplings;
}

Index FermionicHierarchy::operator_of(std::size_t lead) const { return 2 * parts_->operator_of[lead]; }

RealMatrix FermionicHierarchy::even(const RealMatrix& state) const {
    const ComplexMatrix& p = parts_->parity_in_frame;
    const ComplexMatrix rho = unpack(state);
    return pack(0.5 * (rho + p * rho * p));
}

int FermionicHierarchy::threads(int requested) const {
    // A vector is as much work as a state with as many numbers.
    const auto side = static_cast<Index>(std::sqrt(vector_bytes() / sizeof(double)));
    return base::resolve_threads(requested, side);
}

void FermionicHierarchy::apply(const ConstRef& y, MutableRef out, int threads) const {
    const Index n = dimension(), columns = n * planes();
    require(y.rows() == n && y.cols() == columns && out.rows() == n && out.cols() == columns,
            "hierarchy: vectors must be (", n, ", ", columns, "), got (", y.rows(), ", ", y.cols(), ")");
    parts_->flow.apply(y.data(), out.data(), this->threads(threads));
}

}  // namespace redfield
