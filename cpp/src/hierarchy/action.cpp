#include "hierarchy/action.hpp"

#include "hierarchy/operators.hpp"

namespace redfield::hierarchy {

namespace {

/// A is sparse where its products by entries are at most this share of the dense ones.
constexpr double sparse_share = 0.25;

}  // namespace

template <class Scalar>
Action<Scalar>::Action(const ComplexMatrix& a) : n_(a.rows()) {
    visit_entries(a, [&](Index r, Index c, Complex value) {
        if (columns_.empty() || columns_.back() != c) columns_.push_back(c);
        entries_.push_back({r, static_cast<Index>(columns_.size()) - 1, static_cast<Scalar>(value.real()),
                            static_cast<Scalar>(value.imag())});
    });
    if (static_cast<double>(entries_.size()) <= sparse_share * static_cast<double>(n_ * n_)) return;
    entries_.clear();
    columns_.clear();
    re_ = a.real().transpose().template cast<Scalar>();
    if (a.imag().cwiseAbs().maxCoeff() > entry_noise * a.cwiseAbs().maxCoeff())
        im_ = a.imag().transpose().template cast<Scalar>();
}

template <class Scalar>
double Action<Scalar>::cost() const {
    const auto n = static_cast<double>(n_);
    if (!dense()) return 4.0 * n * static_cast<double>(entries_.size());
    return (im_.size() > 0 ? 4.0 : 2.0) * n * n * n;
}

/// V₊ᵀ and V₋ᵀ of all planes are stacked, (2N · count, N), so that one product by Aᵀ has long columns.
template <class Scalar>
void Action<Scalar>::products(const Scalar* p, const Scalar* q, Index count, Scalar* out,
                              MatrixOf<Scalar>& v, MatrixOf<Scalar>& s) const {
    using Block = Eigen::Map<const MatrixOf<Scalar>>;
    const Index n = n_;
    v.resize(2 * n * count, n);
    s.resize(2 * n * count, n);
    for (Index i = 0; i < count; ++i) {
        const Block p_i(p + i * n * n, n, n);
        auto plus = v.block(2 * n * i, 0, n, n), minus = v.block(2 * n * i + n, 0, n, n);
        if (q == nullptr) {
            plus = -p_i;
            minus = p_i.transpose();
        } else {
            const Block q_i(q + i * n * n, n, n);
            plus = q_i.transpose() - p_i;
            minus = q_i + p_i.transpose();
        }
    }
    s.noalias() = v * re_;
    if (im_.size() > 0) {
        // S += Im A V₋ and D −= Im A V₊: the halves of V change places.
        for (Index i = 0; i < count; ++i) {
            auto plus = v.block(2 * n * i, 0, n, n), minus = v.block(2 * n * i + n, 0, n, n);
            plus.swap(minus);
            minus *= Scalar(-1);
        }
        s.noalias() += v * im_;
    }
    for (Index i = 0; i < count; ++i) {
        Eigen::Map<MatrixOf<Scalar>> out_i(out + i * n * n, n, n);
        out_i += s.block(2 * n * i, 0, n, n).transpose() + s.block(2 * n * i + n, 0, n, n);
    }
}

template class Action<double>;
template class Action<float>;

}  // namespace redfield::hierarchy
