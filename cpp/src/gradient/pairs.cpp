#include "gradient/pairs.hpp"

#include <algorithm>
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
      energies_(system.eigensystem().energies()) {
    const Index n = system.dimension();
    std::vector<std::pair<double, Index>> sorted;
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k) sorted.emplace_back(energies_[l] - energies_[k], k + n * l);
    std::sort(sorted.begin(), sorted.end());
    std::size_t first = 0, last = 0, start = 0;
    for (const auto& [frequency, element] : sorted) {
        while (sorted[first].first < frequency - cutoff) ++first;
        while (last < sorted.size() && sorted[last].first <= frequency + cutoff) ++last;
        elements_.push_back({element % n, element / n, first, last, start});
        start += last - first;
    }
    base::require_bytes(2.0 * sizeof(Complex) * static_cast<double>(start), max_bytes,
                        "take a smaller cutoff", "the gradient of ", start, " pairs of matrix elements");
    gram_.assign(start, 0.0);
    pairs_.assign(start, 0.0);
    decay_ = loss_ = turned_ = ComplexMatrix::Zero(n, n);
    for (std::size_t j = 0; j < system.baths().of_coupling.size(); ++j) {
        base::poll();
        const ComplexMatrix a = equation::coupling_in_eigenbasis(system_, j);
        const auto bath = static_cast<std::size_t>(system.baths().of_coupling[j]);
        const ComplexMatrix lambda = tables_[bath].value.cwiseProduct(a);
        decay_ += product(a.adjoint(), lambda, threads_);
        for (const Element& e : elements_) {
            const Complex here = lambda(e.k, e.l);
            if (here == 0.0) continue;
            for (std::size_t i = e.first; i < e.last; ++i)
                gram_[e.start + i - e.first] += here * std::conj(a(elements_[i].k, elements_[i].l));
        }
    }
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k)
            if (!coupled(k, l)) decay_(k, l) = 0.0;
}

ComplexMatrix OfPairs::dissipated(const ComplexMatrix& x, bool adjoint) const {
    // (ΛρA†)_km takes ρ_ln; of the adjoint, Λ†XA has x_mk in the place of what ρ_ln was multiplied with.
    ComplexMatrix out = ComplexMatrix::Zero(x.rows(), x.cols());
    for (const Element& e : elements_)
        for (std::size_t i = e.first; i < e.last; ++i) {
            const Complex g = gram_[e.start + i - e.first];
            const Element& o = elements_[i];
            if (adjoint)
                out(o.l, e.l) += g * x(o.k, e.k);
            else
                out(e.k, o.k) += g * x(e.l, o.l);
        }
    out -= adjoint ? product(x, decay_, threads_) : product(decay_, x, threads_);
    return out + out.adjoint().eval();
}

void OfPairs::add(const ComplexMatrix& rho, const ComplexMatrix& y, double weight) {
    base::poll();
    for (const Element& e : elements_)
        for (std::size_t i = e.first; i < e.last; ++i) {
            const Element& o = elements_[i];
            pairs_[e.start + i - e.first] += weight * rho(e.l, o.l) * y(o.k, e.k);
        }
    loss_ += weight * product(rho, y, threads_);
    const ComplexMatrix back = product(dissipated(y, true), rho, threads_),
                        forth = product(dissipated(rho, false), y, threads_);
    turned_ += weight * (back - back.adjoint() + forth - forth.adjoint());
}

void OfPairs::add(const ComplexMatrix& z) {
    // Σ_i vec(ρ_i) vec(y_iᵀ)ᵀ, whose ρ and y are those of Hermitian parts of its singular vectors.
    const Index n = energies_.size();
    for (const Element& e : elements_)
        for (std::size_t i = e.first; i < e.last; ++i) {
            const Element& o = elements_[i];
            pairs_[e.start + i - e.first] += z(e.l + n * o.l, e.k + n * o.k);
        }
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
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k)
            if (!coupled(k, l)) masked(k, l) = 0.0;
    const Nearness nearness(energies_, tables_, cutoff_);
    Gradient out;
    out.left.assign(tables_.size(), ComplexMatrix::Zero(n, n));
    ComplexMatrix g = Complex(0.0, -1.0) * (loss_ - loss_.adjoint()), turned = 0.5 * turned_;
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
        for (const Element& e : elements_) {
            Complex sum = 0.0;
            for (std::size_t i = e.first; i < e.last; ++i) {
                const Element& o = elements_[i];
                const Complex z = pairs_[e.start + i - e.first];
                sum += z * std::conj(a(o.k, o.l));
                q(o.l, o.k) += std::conj(lambda(e.k, e.l) * z);
            }
            m(e.l, e.k) += sum;
        }
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
