#include "hierarchy/commutator.hpp"

#include <algorithm>
#include <type_traits>

#include "hierarchy/sizes.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::hierarchy {

namespace {

/// Numbers of the planes that a product of many levels takes at a time.
constexpr Index numbers_at_once = 2048;

/// V is sparse where at most this share of its entries is not zero.
constexpr double sparse_entries = 0.25;

}  // namespace

Commutator::Commutator(const ComplexMatrix& v) : n_(v.rows()) {
    if (ComplexMatrix(v.diagonal().asDiagonal()) == v) {
        const RealMatrix rows = v.diagonal().real().replicate(1, n_);
        differences_ = rows.transpose() - rows;
        return;
    }
    for (Index c = 0; c < n_; ++c)
        for (Index r = 0; r < n_; ++r)
            if (v(r, c) != Complex(0.0)) entries_.push_back({r, c, v(r, c).real(), v(r, c).imag()});
    if (static_cast<double>(entries_.size()) <= sparse_entries * static_cast<double>(n_ * n_)) return;
    entries_.clear();
    if (n_ > few_levels) {
        action_.emplace(v);
        return;
    }
    re_ = v.real();
    if (v.imag().cwiseAbs().maxCoeff() > 0.0) im_ = v.imag();
}

template <class Size>
void Commutator::add_products(Size size, Index planes, const double* y, double* out) const {
    constexpr int fixed = [] {
        if constexpr (std::is_same_v<Size, Index>)
            return Eigen::Dynamic;
        else
            return static_cast<int>(Size::value);
    }();
    using Plane = Eigen::Matrix<double, fixed, fixed>;
    const Index n = size;
    const Plane re = re_, im = im_.size() > 0 ? Plane(im_) : Plane::Zero(n, n);
    for (Index at = 0; at < planes * n * n; at += n * n) {
        const Plane p = Eigen::Map<const Plane>(y + at, n, n), transposed = p.transpose();
        Eigen::Map<Plane> to(out + at, n, n);
        to += transposed.lazyProduct(re) - re.lazyProduct(transposed);
        if (im_.size() > 0) to += im.lazyProduct(p) - p.lazyProduct(im);
    }
}

/// An entry v of V at (r, c) adds Re v P_c· to column r and Im v P_c· to row r, and takes Re v P_·r from
/// row c and Im v P_·r from column c.
template <class Size>
void Commutator::add_entries(Size size, Index planes, const double* y, double* out) const {
    const Index n = size;
    for (Index at = 0; at < planes * n * n; at += n * n) {
        const double* p = y + at;
        double* to = out + at;
        for (const Entry& e : entries_) {
            const double *across = p + e.column, *along = p + e.row * n;
            for (Index m = 0; m < n; ++m) {
                to[m + e.row * n] += e.re * across[m * n];
                to[e.column + m * n] -= e.re * along[m];
            }
            if (e.im == 0.0) continue;
            for (Index m = 0; m < n; ++m) {
                to[e.row + m * n] += e.im * across[m * n];
                to[m + e.column * n] -= e.im * along[m];
            }
        }
    }
}

void Commutator::add(Index planes, const double* y, double* out, int threads) const {
    const Index size = n_ * n_, block = std::max<Index>(1, numbers_at_once / size);
    base::parallel_ranges(threads, planes, [&](Index first, Index count) {
        const double* from = y + first * size;
        double* to = out + first * size;
        if (differences_.size() > 0) {
            for (Index at = 0; at < count * size; at += size)
                Eigen::Map<RealMatrix>(to + at, n_, n_) += differences_.cwiseProduct(
                    Eigen::Map<const RealMatrix>(from + at, n_, n_).transpose());
        } else if (!entries_.empty()) {
            with_size(n_, [&](auto n) { add_entries(n, count, from, to); });
        } else if (action_) {
            RealMatrix scratch, products;
            for (Index i = 0; i < count; i += block)
                action_->products(from + i * size, nullptr, std::min(block, count - i), to + i * size,
                                  scratch, products);
        } else {
            with_size(n_, [&](auto n) { add_products(n, count, from, to); });
        }
    });
}

}  // namespace redfield::hierarchy
