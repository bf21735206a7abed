#include "gradient/operators.hpp"

#include <utility>

#include "base/memory.hpp"
#include "equation/eigen_couplings.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::gradient {

namespace {

/// Matrices of N² entries that one coupling takes.
constexpr double matrices = 8.0;
/// Part of its entries below which an operator is multiplied as a sparse one.
constexpr Index sparse_share = 8;

/// Σ_bc z(ab, cd) b*_cb: vec(ρ) vec(yᵀ)ᵀ summed, as ρB†y.
ComplexMatrix contracted(const ComplexMatrix& z, const ComplexMatrix& b) {
    const Index n = b.rows();
    ComplexMatrix out = ComplexMatrix::Zero(n, n);
    // z(a + n b, d + n c) = Σ ρ_ab y_cd.
    for (Index c = 0; c < n; ++c)
        for (Index k = 0; k < n; ++k)
            if (b(c, k) != 0.0) out.noalias() += std::conj(b(c, k)) * z.block(n * k, n * c, n, n);
    return out;
}

}  // namespace

OfOperators::OfOperators(const System& system, KernelTables tables, int threads, double max_bytes)
    : system_(system), tables_(std::move(tables)), threads_(threads) {
    const Index n = system.dimension();
    const Index number = count(system.couplings());
    base::require_bytes(matrices * sizeof(Complex) * static_cast<double>(number * n * n), max_bytes,
                        "take fewer couplings", "the gradient of ", number, " couplings of ", n,
                        " levels");
    loss_ = ComplexMatrix::Zero(n, n);
    for (std::size_t j = 0; j < static_cast<std::size_t>(number); ++j) {
        const auto bath = static_cast<std::size_t>(system.baths().of_coupling[j]);
        Coupling c{bath, equation::coupling_in_eigenbasis(system, j), {}, {}, loss_, loss_, false};
        c.tied = tables_.right.empty() && is_constant(tables_.left[bath]);
        c.lambda = tables_.left[bath].value.cwiseProduct(c.a);
        c.b = tables_.right.empty() ? c.a : c.a.cwiseProduct(tables_.right[bath].value);
        const Index filled = (c.b.array() != Complex(0.0)).count();
        if (filled < c.b.size() / sparse_share) c.b_adjoint = ComplexMatrix(c.b.adjoint()).sparseView();
        couplings_.push_back(std::move(c));
    }
}

ComplexMatrix OfOperators::through(const ComplexMatrix& rho, const Coupling& c, int threads) {
    if (c.b_adjoint.size() > 0) return rho * c.b_adjoint;
    return product(rho, c.b.adjoint(), threads);
}

void OfOperators::add(const ComplexMatrix& rho, const ComplexMatrix& y, double weight) {
    base::poll();
    const ComplexMatrix scaled = weight * y;
    loss_ += product(rho, scaled, threads_);
    const auto number = static_cast<Index>(couplings_.size());
    const bool apart = number >= threads_;
    base::parallel_ranges(apart ? threads_ : 1, number, [&](Index first, Index count) {
        const int inside = apart ? 1 : threads_;
        for (Index j = first; j < first + count; ++j) {
            Coupling& c = couplings_[static_cast<std::size_t>(j)];
            c.m += product(through(rho, c, inside), scaled, inside);
            if (!c.tied) c.q += product(product(rho, c.lambda.adjoint(), inside), scaled, inside);
        }
    });
}

void OfOperators::add(const ComplexMatrix& z) {
    const Index n = loss_.rows();
    for (Index b = 0; b < n; ++b) loss_ += z.block(n * b, n * b, n, n);
    for (Coupling& c : couplings_) {
        c.m += contracted(z, c.b);
        if (!c.tied) c.q += contracted(z, c.lambda);
    }
}

std::vector<ComplexMatrix> OfOperators::respond(const std::vector<SlopedTable>& tables,
                                                const std::vector<ComplexMatrix>& m, Sums& sums) const {
    const Index n = loss_.rows();
    const RealVector& energies = system_.eigensystem().energies();
    const Nearness nearness(energies, tables);
    Products of_values(n), of_slopes(n);
    std::vector<std::vector<Kink>> at_kinks;
    for (const SlopedTable& table : tables) at_kinks.push_back(kinks(energies, nearness, table));
    std::vector<ComplexMatrix> out(tables.size(), ComplexMatrix::Zero(n, n));
    for (std::size_t j = 0; j < couplings_.size(); ++j) {
        base::poll();
        const Coupling& c = couplings_[j];
        const SlopedTable& table = tables[c.bath];
        sums.couplings[j] += table.value.transpose().cwiseProduct(m[j]);
        out[c.bath] += 2.0 * c.a.cwiseProduct(m[j].transpose()).conjugate();
        if (is_constant(table)) continue;
        of_values.add(table.value, c.a, m[j], threads_);
        if (nearness.any()) of_slopes.add(table.slope, c.a, m[j], threads_);
        add_kinks(at_kinks[c.bath], c.a, m[j], sums.hamiltonian);
    }
    add_response(energies, nearness, of_values.turned(), of_slopes, sums.hamiltonian);
    for (std::size_t b = 0; b < tables.size(); ++b)
        add_response_of_levels(out[b], tables[b].slope, sums.hamiltonian);
    return out;
}

Gradient OfOperators::gradient() const {
    const Index n = loss_.rows();
    const std::size_t number = couplings_.size();
    const ComplexMatrix back = loss_.adjoint();
    const ComplexMatrix w = Complex(0.0, -1.0) * (loss_ - back);
    Sums sums{std::vector<ComplexMatrix>(number, ComplexMatrix::Zero(n, n)), w};
    Gradient out;
    std::vector<ComplexMatrix> m(number);
    for (std::size_t j = 0; j < number; ++j)
        m[j] = couplings_[j].m - product(loss_, couplings_[j].b.adjoint(), threads_);
    out.left = respond(tables_.left, m, sums);
    for (std::size_t j = 0; j < number; ++j)
        m[j] =
            (couplings_[j].tied ? ComplexMatrix(std::conj(tables_.left[couplings_[j].bath].value(0, 0)) *
                                                couplings_[j].m)
                                : couplings_[j].q) -
            product(back, couplings_[j].lambda.adjoint(), threads_);
    if (tables_.right.empty())  // B_j is A_j, which no H moves
        for (std::size_t j = 0; j < number; ++j) sums.couplings[j] += m[j];
    else
        out.right = respond(tables_.right, m, sums);
    if (!tables_.shift.empty()) {
        // tr[dH_LS W] = Re tr[−i(dA†S + A†dS)W] of a Hermitian W.
        for (std::size_t j = 0; j < number; ++j) {
            const Coupling& c = couplings_[j];
            const ComplexMatrix s = tables_.shift[c.bath].value.cwiseProduct(c.a);
            sums.couplings[j] += Complex(0.0, 0.5) * product(w, s.adjoint(), threads_);
            m[j] = Complex(0.0, -0.5) * product(w, c.a.adjoint(), threads_);
        }
        out.shift = respond(tables_.shift, m, sums);
    }
    out.commutator = hermitian_in_given_basis(system_, w);
    finish(system_, sums.hamiltonian, sums.couplings, out);
    return out;
}

}  // namespace redfield::gradient
