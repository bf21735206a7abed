#include "hierarchy/commutator.hpp"

#include <algorithm>
#include <type_traits>

#include "redfield/base/parallel.hpp"

namespace redfield::hierarchy {

namespace {

/// Numbers of the planes that a product takes at a time.
constexpr Index numbers_at_once = 2048;

/// Levels up to which products are unrolled, plane by plane.
constexpr Index few_levels = 8;

}  // namespace

Commutator::Commutator(const ComplexMatrix& v) : n_(v.rows()), action_(v) {
    if (ComplexMatrix(v.diagonal().asDiagonal()) == v) {
        const RealMatrix rows = v.diagonal().real().replicate(1, n_);
        differences_ = rows.transpose() - rows;
        return;
    }
    if (!action_.dense() || n_ > few_levels) return;
    re_ = v.real();
    if (v.imag().cwiseAbs().maxCoeff() > 0.0) im_ = v.imag();
}

/// −i[R + iI, ρ] of a packed plane P is [Pᵀ, R] + [I, P].
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
    const Plane re = re_;
    const Plane im = im_.size() > 0 ? Plane(im_) : Plane::Zero(n, n);
    for (Index at = 0; at < planes * n * n; at += n * n) {
        const Plane p = Eigen::Map<const Plane>(y + at, n, n), transposed = p.transpose();
        Eigen::Map<Plane> to(out + at, n, n);
        to += transposed.lazyProduct(re) - re.lazyProduct(transposed);
        if (im_.size() > 0) to += im.lazyProduct(p) - p.lazyProduct(im);
    }
}

void Commutator::add(Index planes, const double* y, double* out, int threads) const {
    const Index size = n_ * n_, block = std::max<Index>(1, numbers_at_once / size);
    const Index rows = n_ * static_cast<Index>(action_.columns().size());
    base::parallel_ranges(threads, planes, [&](Index first, Index count) {
        if (differences_.size() > 0) {
            for (Index at = first * size; at < (first + count) * size; at += size)
                Eigen::Map<RealMatrix>(out + at, n_, n_) +=
                    differences_.cwiseProduct(Eigen::Map<const RealMatrix>(y + at, n_, n_).transpose());
            return;
        }
        if (re_.size() > 0) {
            with_size(n_, [&](auto n) { add_products(n, count, y + first * size, out + first * size); });
            return;
        }
        RealMatrix scratch, products;
        RealVector plus, minus;
        for (Index i = first; i < first + count; i += block) {
            const Index here = std::min(block, first + count - i);
            if (action_.dense()) {
                action_.products(y + i * size, nullptr, here, out + i * size, scratch, products);
                continue;
            }
            with_size(n_, [&](auto n) {
                for (Index at = i * size; at < (i + here) * size; at += size) {
                    plus.setZero(rows);
                    minus.setZero(rows);
                    action_.gather(n, y + at, 1.0, 0.0, plus.data(), minus.data());
                    action_.scatter_columns(n, plus.data(), minus.data(), out + at);
                    action_.scatter_rows(n, plus.data(), minus.data(), out + at);
                }
            });
        }
    });
}

}  // namespace redfield::hierarchy
