#include "hierarchy/flow.hpp"

#include <algorithm>
#include <cmath>

#include "redfield/linalg/parallel.hpp"

namespace redfield::hierarchy {

namespace {

/// Numbers of the planes of a block: P, Q and their products stay in the second-level cache.
constexpr Index block_numbers = 8192;

}  // namespace

/// Buffers of one thread.
template <class Scalar>
struct Flow<Scalar>::Scratch {
    VectorOf<Scalar> p, q, plus, minus;
    MatrixOf<Scalar> v, s;
};

template <class Scalar>
Flow<Scalar>::Flow(std::shared_ptr<const IndexSet> indices, const Operators& operators)
    : indices_(std::move(indices)),
      n_(operators.energies.size() > 0 ? operators.energies.size() : operators.hamiltonian.rows()),
      terms_of_(operators.couplings.size()) {
    if (operators.energies.size() > 0)
        frequencies_ =
            (operators.energies.replicate(1, n_) - operators.energies.transpose().replicate(n_, 1))
                .template cast<Scalar>();
    else
        hamiltonian_.emplace_back(operators.hamiltonian);
    for (const ComplexMatrix& a : operators.couplings) couplings_.emplace_back(a);
    for (std::size_t k = 0; k < indices_->terms().size(); ++k)
        terms_of_[static_cast<std::size_t>(indices_->terms()[k].operator_index)].push_back(
            static_cast<Index>(k));
}

template <class Scalar>
template <class Body>
void Flow<Scalar>::for_blocks(Index first, Index last, int threads, const Body& body) const {
    linalg::parallel_ranges(threads, last - first, [&](Index begin, Index count) {
        Scratch scratch;
        for (Index i = first + begin, stop = i + count; i < stop;) {
            Index end = i + 1;
            while (end < stop &&
                   (indices_->plane(end + 1) - indices_->plane(i)) * n_ * n_ <= block_numbers)
                ++end;
            body(i, end, scratch);
            i = end;
        }
    });
}

template <class Scalar>
void Flow<Scalar>::apply(const Scalar* y, Scalar* out, int threads) const {
    for_blocks(0, indices_->members(), threads, [&](Index first, Index last, Scratch& scratch) {
        for (Index i = first; i < last; ++i) turn_and_decay(i, y, out);
        add_hamiltonian(first, last, y, out, scratch);
        couple(first, last, Tiers::both, y, out, scratch);
    });
}

template <class Scalar>
void Flow<Scalar>::add_couplings(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                                 int threads) const {
    for_blocks(first, last, threads, [&](Index begin, Index end, Scratch& scratch) {
        couple(begin, end, tiers, y, out, scratch);
    });
}

template <class Scalar>
void Flow<Scalar>::add_hamiltonian(Index first, Index last, const Scalar* y, Scalar* out,
                                   Scratch& scratch) const {
    const Index size = n_ * n_, from = indices_->plane(first) * size;
    const Index planes = indices_->plane(last) - indices_->plane(first);
    for (const Coupling& h : hamiltonian_) {
        if (h.dense()) {
            h.products(y + from, nullptr, planes, out + from, scratch.v, scratch.s);
            continue;
        }
        const Index rows = n_ * static_cast<Index>(h.columns().size());
        for (Index at = from; at < from + planes * size; at += size) {
            scratch.plus.setZero(rows);
            scratch.minus.setZero(rows);
            h.gather(y + at, Scalar(1), Scalar(0), scratch.plus.data(), scratch.minus.data());
            h.scatter(scratch.plus.data(), scratch.minus.data(), out + at);
        }
    }
}

template <class Scalar>
void Flow<Scalar>::couple(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                          Scratch& scratch) const {
    for (std::size_t j = 0; j < couplings_.size(); ++j) {
        if (couplings_[j].dense())
            couple_planes(j, first, last, tiers, y, out, scratch);
        else
            for (Index i = first; i < last; ++i) couple_rows(j, i, tiers, y, out, scratch);
    }
}

/// out = −i[H, ρ] − (σ + iτ)ρ, σ + iτ = Σ n_k ν_k: with ρ = G + iF, −(σG − τF) − i(τG + σF); the first
/// term in the eigenbasis alone.
template <class Scalar>
void Flow<Scalar>::turn_and_decay(Index member, const Scalar* y, Scalar* out) const {
    using Plane = Eigen::Map<const MatrixOf<Scalar>>;
    const Index size = n_ * n_, at = indices_->plane(member) * size;
    const auto sigma = static_cast<Scalar>(indices_->decay(member).real());
    const auto tau = static_cast<Scalar>(indices_->decay(member).imag());
    const Plane g(y + at, n_, n_);
    Eigen::Map<MatrixOf<Scalar>> dg(out + at, n_, n_);
    const bool hermitian = indices_->hermitian(member);
    if (hermitian) {
        dg = -sigma * g;
    } else {
        const Plane f(y + at + size, n_, n_);
        Eigen::Map<MatrixOf<Scalar>> df(out + at + size, n_, n_);
        dg = tau * f - sigma * g;
        df = -tau * g - sigma * f;
        if (frequencies_.size() > 0) df -= frequencies_.cwiseProduct(f.transpose());
    }
    if (frequencies_.size() > 0) dg -= frequencies_.cwiseProduct(g.transpose());
}

/// Calls add(plane, x, α, β) for each plane x of a neighbour that is coupled to by A_j: P += αx and
/// Q += βx for P and Q of the member's plane 0 or 1. Of a Hermitian member, a term and its partner give
/// adjoint contributions, and twice the Hermitian part of one is taken.
template <class Scalar>
template <class Add>
void Flow<Scalar>::neighbours(std::size_t j, Index member, Tiers tiers, const Scalar* y,
                              const Add& add) const {
    const IndexSet& set = *indices_;
    const bool hermitian = set.hermitian(member);
    const Index size = n_ * n_;
    const auto pass = [&](IndexSet::Link link, Complex alpha, Complex beta) {
        const Index m = link.member();
        const Scalar* g = y + set.plane(m) * size;
        add(0, g, static_cast<Scalar>(alpha.real()), static_cast<Scalar>(beta.real()));
        if (!hermitian) add(1, g, static_cast<Scalar>(alpha.imag()), static_cast<Scalar>(beta.imag()));
        if (set.hermitian(m)) return;
        const Scalar *f = g + size, sign = link.adjoint() ? Scalar(-1) : Scalar(1);
        add(0, f, -sign * static_cast<Scalar>(alpha.imag()), -sign * static_cast<Scalar>(beta.imag()));
        if (!hermitian)
            add(1, f, sign * static_cast<Scalar>(alpha.real()), sign * static_cast<Scalar>(beta.real()));
    };
    for (const Index k : terms_of_[j]) {
        const Term& term = set.terms()[static_cast<std::size_t>(k)];
        if (hermitian && term.partner < k) continue;
        const double times = hermitian && term.partner != k ? 2.0 : 1.0;
        const double number = set.number(member, k);
        if (const auto link = set.up(member, k); link.exists() && tiers != Tiers::below)
            pass(link, times * term.scale * std::sqrt(number + 1.0), 0.0);
        if (const auto link = set.down(member, k); link.exists() && tiers != Tiers::above) {
            const double unit = times * std::sqrt(number) / term.scale;
            pass(link, 0.5 * unit * (term.c + term.conjugate),
                 Complex(0.0, -0.5) * unit * (term.c - term.conjugate));
        }
    }
}

template <class Scalar>
void Flow<Scalar>::couple_rows(std::size_t j, Index member, Tiers tiers, const Scalar* y, Scalar* out,
                               Scratch& scratch) const {
    const Coupling& a = couplings_[j];
    const Index rows = n_ * static_cast<Index>(a.columns().size());
    const Index planes = indices_->hermitian(member) ? 1 : 2;
    scratch.plus.setZero(rows * planes);
    scratch.minus.setZero(rows * planes);
    neighbours(j, member, tiers, y, [&](Index plane, const Scalar* x, Scalar alpha, Scalar beta) {
        if (alpha != Scalar(0) || beta != Scalar(0))
            a.gather(x, alpha, beta, scratch.plus.data() + plane * rows,
                     scratch.minus.data() + plane * rows);
    });
    for (Index plane = 0; plane < planes; ++plane)
        a.scatter(scratch.plus.data() + plane * rows, scratch.minus.data() + plane * rows,
                  out + (indices_->plane(member) + plane) * n_ * n_);
}

template <class Scalar>
void Flow<Scalar>::couple_planes(std::size_t j, Index first, Index last, Tiers tiers, const Scalar* y,
                                 Scalar* out, Scratch& scratch) const {
    using Plane = Eigen::Map<VectorOf<Scalar>>;
    using ConstPlane = Eigen::Map<const VectorOf<Scalar>>;
    const Index size = n_ * n_, from = indices_->plane(first), planes = indices_->plane(last) - from;
    scratch.p.setZero(size * planes);
    scratch.q.setZero(size * planes);
    for (Index i = first; i < last; ++i)
        neighbours(j, i, tiers, y, [&](Index plane, const Scalar* x, Scalar alpha, Scalar beta) {
            const Index at = (indices_->plane(i) - from + plane) * size;
            const ConstPlane source(x, size);
            if (alpha != Scalar(0)) Plane(scratch.p.data() + at, size) += alpha * source;
            if (beta != Scalar(0)) Plane(scratch.q.data() + at, size) += beta * source;
        });
    couplings_[j].products(scratch.p.data(), scratch.q.data(), planes, out + from * size, scratch.v,
                           scratch.s);
}

template class Flow<double>;
template class Flow<float>;

}  // namespace redfield::hierarchy
