#include "hierarchy/fermionic_flow.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "hierarchy/decay.hpp"
#include "hierarchy/sizes.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::hierarchy {

/// Buffers of one thread, kept between applications.
template <class Scalar>
struct FermionicFlow<Scalar>::Scratch {
    /// L and R of each operator, planes G and F of both one after another.
    std::vector<Scalar> sums;
    std::vector<char> used;
    std::vector<Scalar> line, by_rows, by_columns;

    static Scratch& of_thread(std::size_t operators, std::size_t size) {
        thread_local Scratch scratch;
        if (scratch.sums.size() < 4 * size * operators) scratch.sums.resize(4 * size * operators);
        scratch.used.assign(operators, 0);
        for (auto* buffer : {&scratch.line, &scratch.by_rows, &scratch.by_columns})
            if (buffer->size() < 2 * size) buffer->resize(2 * size);
        return scratch;
    }
};

template <class Scalar>
FermionicFlow<Scalar>::FermionicFlow(std::shared_ptr<const Subsets> indices, const Operators& operators,
                                     const AtOnce& at_once)
    : indices_(std::move(indices)),
      n_(operators.dimension()),
      frequencies_(operators.frequencies().template cast<Scalar>()) {
    ComplexMatrix local = Complex(0.0, -1.0) * at_once.loss;
    if (frequencies_.size() == 0) local += operators.hamiltonian;
    if (local.cwiseAbs().maxCoeff() > 0.0) {
        hamiltonian_.emplace_back(local);
        hamiltonian_.emplace_back(local.adjoint());
    }
    for (const ComplexMatrix& a : operators.couplings) operators_.emplace_back(a);
    for (std::size_t j = 0; j < at_once.gains.size(); ++j) {
        if (at_once.gains[j] == 0.0) continue;
        gains_.emplace_back(std::sqrt(std::abs(at_once.gains[j])) * operators.couplings[j]);
        gain_signs_.push_back(at_once.gains[j] > 0.0 ? Scalar(1) : Scalar(-1));
    }
    for (const Term& term : indices_->terms()) {
        const Complex left = term.c / term.scale, right = term.conjugate / term.scale;
        operator_of_.push_back(term.operator_index);
        up_.push_back(static_cast<Scalar>(term.scale));
        down_.push_back({static_cast<Scalar>(left.real()), static_cast<Scalar>(left.imag()),
                         static_cast<Scalar>(right.real()), static_cast<Scalar>(right.imag())});
    }
}

/// Calls body(member, tier, scratch), tier by tier, since a tier's members cost alike.
template <class Scalar>
template <class Body>
void FermionicFlow<Scalar>::for_members(Index first, Index last, int threads, const Body& body) const {
    const std::vector<Index>& tiers = indices_->tiers();
    for (std::size_t m = 0; m + 1 < tiers.size(); ++m) {
        const Index from = std::max(first, tiers[m]), to = std::min(last, tiers[m + 1]);
        if (to <= from) continue;
        base::parallel_ranges(threads, to - from, [&](Index begin, Index count) {
            Scratch& scratch = Scratch::of_thread(operators_.size(), static_cast<std::size_t>(n_ * n_));
            for (Index i = from + begin; i < from + begin + count; ++i)
                body(i, static_cast<int>(m), scratch);
        });
    }
}

template <class Scalar>
void FermionicFlow<Scalar>::apply(const Scalar* y, Scalar* out, int threads) const {
    for_members(0, indices_->members(), threads, [&](Index i, int tier, Scratch& scratch) {
        turn_and_decay(*indices_, frequencies_, n_, i, y, out);
        gather(i, tier, Tiers::both, y, scratch);
        scatter(i, tier, true, y, out, scratch);
    });
}

template <class Scalar>
void FermionicFlow<Scalar>::couplings(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                                      int threads) const {
    const Index from = indices_->plane(first) * n_ * n_;
    std::fill(out, out + indices_->plane(last) * n_ * n_ - from, Scalar(0));
    Scalar* whole = out - from;
    for_members(first, last, threads, [&](Index i, int tier, Scratch& scratch) {
        gather(i, tier, tiers, y, scratch);
        scatter(i, tier, false, y, whole, scratch);
    });
}

/// A term and its partner give a Hermitian member adjoint contributions, and twice the Hermitian part of
/// the even one is taken.
template <class Scalar>
template <class Size>
void FermionicFlow<Scalar>::gather(Size plane_size, Index member, int tier, Tiers tiers, const Scalar* y,
                                   Scratch& scratch) const {
    const Subsets& set = *indices_;
    const Index size = plane_size;
    const bool hermitian = set.hermitian(member);
    const auto sums = [&](Index j) { return scratch.sums.data() + 4 * size * j; };
    const auto use = [&](Index j) {
        Scalar* sum = sums(j);
        if (scratch.used[static_cast<std::size_t>(j)] == 0)
            for (Index e = 0; e < 4 * size; ++e) sum[e] = Scalar(0);
        scratch.used[static_cast<std::size_t>(j)] = 1;
        return sum;
    };
    // (G, F) of `to` += (a + ib) ρ of a link.
    const auto add = [&](Subsets::Link link, Scalar a, Scalar b, Scalar* to) {
        const Scalar* g = y + set.plane(link.member()) * size;
        Scalar* to_f = to + size;
        if (set.hermitian(link.member())) {
            for (Index e = 0; e < size; ++e) to[e] += a * g[e];
            for (Index e = 0; e < size; ++e) to_f[e] += b * g[e];
            return;
        }
        const Scalar *f = g + size, turned = link.adjoint() ? Scalar(-1) : Scalar(1);
        const Scalar c = turned * a, d = turned * b;
        for (Index e = 0; e < size; ++e) to[e] += a * g[e] - d * f[e];
        for (Index e = 0; e < size; ++e) to_f[e] += b * g[e] + c * f[e];
    };
    const Scalar parity = tier % 2 == 0 ? Scalar(1) : Scalar(-1);
    if (tier < set.depth() && tiers != Tiers::below) {
        for (std::size_t k = 0; k < up_.size(); k += hermitian ? 2 : 1) {
            const Subsets::Link link = set.up(member, static_cast<Index>(k));
            if (!link.exists()) continue;
            add(link, link.negative() ? -up_[k] : up_[k], Scalar(0), use(operator_of_[k] ^ 1));
        }
        for (std::size_t j = 0; j < operators_.size(); ++j) {
            if (scratch.used[j] == 0) continue;
            Scalar *left = sums(static_cast<Index>(j)), *right = left + 2 * size;
            for (Index e = 0; e < 2 * size; ++e) right[e] = parity * left[e];
        }
    }
    if (tiers == Tiers::above) return;
    for (Index place = 0; place < tier; ++place) {
        const Index k = set.element(member, place);
        if (hermitian && k % 2 != 0) continue;
        const Subsets::Link link = set.down(member, place);
        const Down& w = down_[static_cast<std::size_t>(k)];
        const Scalar sign = link.negative() ? Scalar(-1) : Scalar(1);
        Scalar* left = use(operator_of_[static_cast<std::size_t>(k)]);
        add(link, sign * w.left_re, sign * w.left_im, left);
        add(link, -parity * sign * w.right_re, -parity * sign * w.right_im, left + 2 * size);
    }
}

template <class Scalar>
void FermionicFlow<Scalar>::gather(Index member, int tier, Tiers tiers, const Scalar* y,
                                   Scratch& scratch) const {
    switch (n_) {  // loops over a few levels are unrolled
        case 2:
            return gather(std::integral_constant<Index, 4>(), member, tier, tiers, y, scratch);
        case 4:
            return gather(std::integral_constant<Index, 16>(), member, tier, tiers, y, scratch);
        default:
            return gather(n_ * n_, member, tier, tiers, y, scratch);
    }
}

template <class Scalar>
void FermionicFlow<Scalar>::scatter(Index member, int tier, bool whole, const Scalar* y, Scalar* out,
                                    Scratch& scratch) const {
    const bool hermitian = indices_->hermitian(member);
    const Index at = indices_->plane(member) * n_ * n_;
    with_size(n_, [&](auto n_fixed) {
        const Index n = n_fixed, size = n * n;
        Scalar *line = scratch.line.data(), *by_rows = scratch.by_rows.data();
        Scalar* by_columns = scratch.by_columns.data();
        for (Index e = 0; e < 2 * size; ++e) by_rows[e] = by_columns[e] = Scalar(0);
        // A Hermitian member takes X + X† of what it is given.
        const Scalar half(0.5), own = hermitian ? Scalar(0.25) : half;
        const Scalar *own_g = y + at, *own_f = hermitian ? nullptr : own_g + size;
        bool any = false;
        if (whole && !hamiltonian_.empty()) {
            hamiltonian_[0].from_left(n_fixed, own_g, own_f, own, line, by_rows);
            hamiltonian_[1].from_right(n_fixed, own_g, own_f, own, line, by_columns);
            any = true;
        }
        if (whole)
            for (std::size_t j = 0; j < gains_.size(); ++j) {
                const Scalar sign = tier % 2 == 0 ? gain_signs_[j] : -gain_signs_[j];
                gains_[j].add(n, own_g, own_f, sign * own, by_columns);
                any = true;
            }
        for (std::size_t j = 0; j < operators_.size(); ++j) {
            if (scratch.used[j] == 0) continue;
            scratch.used[j] = 0;
            const Scalar *left = scratch.sums.data() + 4 * size * static_cast<Index>(j),
                         *right = left + 2 * size;
            operators_[j].from_left(n_fixed, left, left + size, half, line, by_rows);
            operators_[j].from_right(n_fixed, right, right + size, half, line, by_columns);
            any = true;
        }
        if (!any) return;
        Scalar *g = out + at, *f = g + size;
        const Scalar share = hermitian ? Scalar(1) : half;
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < n; ++k) {
                const Index kl = k + n * l, lk = l + n * k;
                const Scalar re_kl = by_columns[kl] + by_rows[lk], re_lk = by_columns[lk] + by_rows[kl];
                const Scalar im_kl = by_columns[size + kl] + by_rows[size + lk];
                const Scalar im_lk = by_columns[size + lk] + by_rows[size + kl];
                g[kl] += share * (re_kl + re_lk + im_kl - im_lk);
                if (!hermitian) f[kl] += share * (im_kl + im_lk - re_kl + re_lk);
            }
    });
}

template class FermionicFlow<double>;
template class FermionicFlow<float>;

}  // namespace redfield::hierarchy
