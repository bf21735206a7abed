#include "gradient/pairs.hpp"

#include <utility>

#include "base/memory.hpp"
#include "equation/eigen_couplings.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::gradient {

OfPairs::OfPairs(const System& system, std::vector<SlopedTable> tables, double cutoff, int threads,
                 double max_bytes)
    : system_(system),
      tables_(std::move(tables)),
      cutoff_(cutoff),
      threads_(threads),
      energies_(system.eigensystem().energies()),
      elements_(energies_, cutoff) {
    const Index n = system.dimension();
    base::require_bytes(2.0 * sizeof(Complex) * static_cast<double>(elements_.pairs()), max_bytes,
                        "take a smaller cutoff", "the gradient of ", elements_.pairs(),
                        " pairs of matrix elements");
    gram_.assign(elements_.pairs(), 0.0);
    pairs_.assign(elements_.pairs(), 0.0);
    decay_ = loss_ = turned_ = ComplexMatrix::Zero(n, n);
    for (std::size_t j = 0; j < system.baths().of_coupling.size(); ++j) {
        base::poll();
        const ComplexMatrix a = equation::coupling_in_eigenbasis(system_, j);
        const auto bath = static_cast<std::size_t>(system.baths().of_coupling[j]);
        const ComplexMatrix lambda = tables_[bath].value.cwiseProduct(a);
        decay_ += product(a.adjoint(), lambda, threads_);
        elements_.add_gram(lambda, a, gram_);
    }
    elements_.mask(decay_);
}

ComplexMatrix OfPairs::dissipated(const ComplexMatrix& x, bool adjoint) const {
    ComplexMatrix out = elements_.gained(gram_, x, adjoint);
    out -= adjoint ? product(x, decay_, threads_) : product(decay_, x, threads_);
    return out + out.adjoint().eval();
}

void OfPairs::add(const ComplexMatrix& rho, const ComplexMatrix& y, double weight) {
    base::poll();
    elements_.for_each_pair([&](std::size_t pair, const Element& e, const Element& o) {
        pairs_[pair] += weight * rho(e.l, o.l) * y(o.k, e.k);
    });
    loss_ += weight * product(rho, y, threads_);
    const ComplexMatrix back = product(dissipated(y, true), rho, threads_),
                        forth = product(dissipated(rho, false), y, threads_);
    turned_ += weight * (back - back.adjoint() + forth - forth.adjoint());
}

void OfPairs::add(const ComplexMatrix& z) {
    // Σ_i vec(ρ_i) vec(y_iᵀ)ᵀ, whose ρ and y are those of Hermitian parts of its singular vectors.
    const Index n = energies_.size();
    elements_.for_each_pair([&](std::size_t pair, const Element& e, const Element& o) {
        pairs_[pair] += z(e.l + n * o.l, e.k + n * o.k);
    });
    for (Index b = 0; b < n; ++b) loss_ += z.block(n * b, n * b, n, n);
    // [𝒟†y, ρ] + [𝒟ρ, y] is bilinear: 𝒟 acts on the columns of z, 𝒟† on its rows.
    ComplexMatrix moved(n * n, n * n);
    const auto any = [&](const ComplexMatrix& x, bool adjoint) {
        const ComplexMatrix h = 0.5 * (x + x.adjoint()), a = Complex(0.0, -0.5) * (x - x.adjoint());
        return ComplexMatrix(dissipated(h, adjoint) + Complex(0.0, 1.0) * dissipated(a, adjoint));
    };
    for (Index c = 0; c < n * n; ++c)
        moved.col(c) = any(ComplexMatrix(z.col(c).reshaped(n, n)), false).reshaped();
    ComplexMatrix forth = ComplexMatrix::Zero(n, n), back = forth;
    for (Index b = 0; b < n; ++b) forth += moved.block(n * b, n * b, n, n);
    for (Index r = 0; r < n * n; ++r) {
        const ComplexMatrix y = z.row(r).reshaped(n, n).transpose();
        moved.row(r) = any(y, true).transpose().reshaped().transpose();
    }
    // Σ (ρ 𝒟†y)_ad = Σ_b z(ab, bd).
    for (Index b = 0; b < n; ++b) back += moved.block(n * b, n * b, n, n);
    turned_ += back.adjoint() - back + forth - forth.adjoint();
}

Gradient OfPairs::gradient() const {
    const Index n = energies_.size();
    ComplexMatrix masked = loss_;
    elements_.mask(masked);
    const Nearness nearness(energies_, tables_, cutoff_);
    Gradient out;
    out.left.assign(tables_.size(), ComplexMatrix::Zero(n, n));
    ComplexMatrix g = Complex(0.0, -1.0) * (loss_ - loss_.adjoint()), turned = 0.5 * turned_;
    out.commutator = hermitian_in_given_basis(system_, g);
    Products of_slopes(n);
    std::vector<std::vector<Kink>> at_kinks;
    for (const SlopedTable& table : tables_) at_kinks.push_back(kinks(energies_, nearness, table));
    const std::size_t number = system_.baths().of_coupling.size();
    std::vector<ComplexMatrix> of_couplings;
    for (std::size_t j = 0; j < number; ++j) {
        base::poll();
        const ComplexMatrix a = equation::coupling_in_eigenbasis(system_, j);
        const auto bath = static_cast<std::size_t>(system_.baths().of_coupling[j]);
        const SlopedTable& table = tables_[bath];
        const ComplexMatrix lambda = table.value.cwiseProduct(a);
        ComplexMatrix m = -product(masked, a.adjoint(), threads_),
                      q = -product(lambda, masked, threads_).adjoint();
        elements_.for_each_pair([&](std::size_t pair, const Element& e, const Element& o) {
            m(e.l, e.k) += pairs_[pair] * std::conj(a(o.k, o.l));
            q(o.l, o.k) += std::conj(lambda(e.k, e.l) * pairs_[pair]);
        });
        const ComplexMatrix c = table.value.transpose().cwiseProduct(m) + q;
        out.left[bath] += 2.0 * a.cwiseProduct(m.transpose()).conjugate();
        turned += product(c, a, threads_) - product(a, c, threads_);
        if (nearness.any()) of_slopes.add(table.slope, a, m, threads_);
        add_kinks(at_kinks[bath], a, m, g);
        of_couplings.push_back(c);
    }
    add_response(energies_, nearness, turned, of_slopes, g);
    for (std::size_t b = 0; b < tables_.size(); ++b)
        add_response_of_levels(out.left[b], tables_[b].slope, g);
    finish(system_, g, of_couplings, out);
    return out;
}

}  // namespace redfield::gradient
