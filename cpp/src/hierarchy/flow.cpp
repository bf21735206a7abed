#include "hierarchy/flow.hpp"

#include <algorithm>
#include <cmath>

#include "hierarchy/decay.hpp"

namespace redfield::hierarchy {

namespace {

/// Numbers of the planes of a block: P, Q and their products stay in the first-level cache.
constexpr Index block_numbers = 2048;

}  // namespace

/// Buffers of one thread.
template <class Scalar>
struct Flow<Scalar>::Scratch {
    VectorOf<Scalar> p, q, plus, minus, once;
    MatrixOf<Scalar> v, s;
};

template <class Scalar>
Flow<Scalar>::Flow(std::shared_ptr<const IndexSet> indices, const Operators& operators)
    : Flow(std::make_shared<const Neighbours<Scalar>>(std::move(indices), operators.couplings.size()),
           operators) {}

template <class Scalar>
Flow<Scalar>::Flow(std::shared_ptr<const Neighbours<Scalar>> neighbours, const Operators& operators)
    : neighbours_(std::move(neighbours)), n_(operators.dimension()) {
    if (n_ > 1 && n_ <= few_levels) {
        few_ = FewLevels<Scalar>::make(neighbours_, operators);
        return;
    }
    frequencies_ = operators.frequencies().template cast<Scalar>();
    if (frequencies_.size() == 0) hamiltonian_.emplace_back(operators.hamiltonian);
    if (const ComplexMatrix shift = operators.shift(); shift.cwiseAbs().maxCoeff() > 0.0)
        hamiltonian_.emplace_back(shift);
    for (Index j = 0; j < operators.remainders.size(); ++j)
        if (const double rate = operators.remainders[j].real(); rate != 0.0)
            remainders_.push_back({static_cast<std::size_t>(j), static_cast<Scalar>(rate)});
    for (const ComplexMatrix& a : operators.couplings) {
        couplings_.emplace_back(a);
        if (couplings_.back().dense()) continue;
        sparse_.push_back({couplings_.size() - 1, rows_});
        rows_ += static_cast<Index>(couplings_.back().columns().size());
    }
}

template <class Scalar>
template <class Body>
void Flow<Scalar>::for_blocks(Index first, Index last, int threads, const Body& body) const {
    neighbours_->for_shares(first, last, threads, [&](Index i, Index stop) {
        Scratch scratch;
        while (i < stop) {
            Index end = i + 1;
            while (end < stop &&
                   (indices().plane(end + 1) - indices().plane(i)) * n_ * n_ <= block_numbers)
                ++end;
            body(i, end, scratch);
            i = end;
        }
    });
}

template <class Scalar>
void Flow<Scalar>::apply(const Scalar* y, Scalar* out, int threads) const {
    if (few_) return few_->apply(y, out, threads);
    for_blocks(0, indices().members(), threads, [&](Index first, Index last, Scratch& scratch) {
        for (Index i = first; i < last; ++i) turn_and_decay(indices(), frequencies_, n_, i, y, out);
        add_local(first, last, y, out, scratch);
        const Index from = indices().plane(first);
        couple(from, indices().plane(last), Tiers::both, y, out + from * n_ * n_, scratch);
    });
}

template <class Scalar>
void Flow<Scalar>::couplings(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                             int threads) const {
    if (few_) return few_->couplings(first, last, tiers, y, out, threads);
    const Index from = indices().plane(first);
    std::fill(out, out + (indices().plane(last) - from) * n_ * n_, Scalar(0));
    for_blocks(first, last, threads, [&](Index begin, Index end, Scratch& scratch) {
        const Index plane = indices().plane(begin);
        couple(plane, indices().plane(end), tiers, y, out + (plane - from) * n_ * n_, scratch);
    });
}

/// out += −i[A, y] of planes.
template <class Scalar>
void Flow<Scalar>::commute(const Coupling& a, const Scalar* y, Index planes, Scalar* out,
                           Scratch& scratch) const {
    if (a.dense()) {
        a.products(y, nullptr, planes, out, scratch.v, scratch.s);
        return;
    }
    const Index rows = n_ * static_cast<Index>(a.columns().size()), size = n_ * n_;
    for (Index at = 0; at < planes * size; at += size) {
        scratch.plus.setZero(rows);
        scratch.minus.setZero(rows);
        a.gather(y + at, Scalar(1), Scalar(0), scratch.plus.data(), scratch.minus.data());
        a.scatter_columns(scratch.plus.data(), scratch.minus.data(), out + at);
        a.scatter_rows(scratch.plus.data(), scratch.minus.data(), out + at);
    }
}

/// Adds what keeps a member in its tier: out += −i[H, y] and, of the baths' remainders d = r + is,
///
///     −[A, dAρ − d*ρA] = r (−i[A, ·])²ρ − i[sA², ρ].
template <class Scalar>
void Flow<Scalar>::add_local(Index first, Index last, const Scalar* y, Scalar* out,
                             Scratch& scratch) const {
    const Index size = n_ * n_, from = indices().plane(first) * size;
    const Index planes = indices().plane(last) - indices().plane(first);
    for (const Coupling& h : hamiltonian_) commute(h, y + from, planes, out + from, scratch);
    for (const auto& [j, rate] : remainders_) {
        scratch.once.setZero(planes * size);
        commute(couplings_[j], y + from, planes, scratch.once.data(), scratch);
        scratch.once *= rate;
        commute(couplings_[j], scratch.once.data(), planes, out + from, scratch);
    }
}

/// Adds the couplings of planes first … last − 1, of which `out` is the first.
template <class Scalar>
void Flow<Scalar>::couple(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                          Scratch& scratch) const {
    for (std::size_t j = 0; j < couplings_.size(); ++j)
        if (couplings_[j].dense()) couple_planes(j, first, last, tiers, y, out, scratch);
    if (sparse_.empty()) return;
    for (Index plane = first; plane < last; ++plane)
        couple_rows(plane, tiers, y, out + (plane - first) * n_ * n_, scratch);
}

template <class Scalar>
void Flow<Scalar>::couple_rows(Index plane, Tiers tiers, const Scalar* y, Scalar* to,
                               Scratch& scratch) const {
    scratch.plus.setZero(n_ * rows_);
    scratch.minus.setZero(n_ * rows_);
    Scalar *plus = scratch.plus.data(), *minus = scratch.minus.data();
    for (const auto& [j, row] : sparse_)
        for (const auto& edge : neighbours_->of(plane, j, tiers)) {
            const auto [alpha, beta] = neighbours_->weights(edge);
            couplings_[j].gather(y + edge.source * n_ * n_, alpha, beta, plus + row * n_,
                                 minus + row * n_);
        }
    for (const auto& [j, row] : sparse_)
        couplings_[j].scatter_columns(plus + row * n_, minus + row * n_, to);
    for (const auto& [j, row] : sparse_)
        couplings_[j].scatter_rows(plus + row * n_, minus + row * n_, to);
}

template <class Scalar>
void Flow<Scalar>::couple_planes(std::size_t j, Index first, Index last, Tiers tiers, const Scalar* y,
                                 Scalar* out, Scratch& scratch) const {
    using Plane = Eigen::Map<VectorOf<Scalar>>;
    using ConstPlane = Eigen::Map<const VectorOf<Scalar>>;
    const Index size = n_ * n_;
    scratch.p.setZero(size * (last - first));
    scratch.q.setZero(size * (last - first));
    for (Index plane = first; plane < last; ++plane)
        for (const auto& edge : neighbours_->of(plane, j, tiers)) {
            const auto [alpha, beta] = neighbours_->weights(edge);
            const Index at = (plane - first) * size;
            const ConstPlane x(y + edge.source * size, size);
            if (alpha != Scalar(0)) Plane(scratch.p.data() + at, size) += alpha * x;
            if (beta != Scalar(0)) Plane(scratch.q.data() + at, size) += beta * x;
        }
    couplings_[j].products(scratch.p.data(), scratch.q.data(), last - first, out, scratch.v, scratch.s);
}

template class Flow<double>;
template class Flow<float>;

}  // namespace redfield::hierarchy
