#include "hierarchy/packed_product.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace redfield::hierarchy {

namespace {

/// Elements of an operator below this part of the largest are rounding.
constexpr double entry_noise = 1e-15;

}  // namespace

template <class Scalar>
PackedProduct<Scalar>::PackedProduct(const ComplexMatrix& a) : n_(a.rows()) {
    const double noise = entry_noise * a.cwiseAbs().maxCoeff();
    for (Index c = 0; c < n_; ++c)
        for (Index r = 0; r < n_; ++r)
            if (std::abs(a(r, c)) > noise)
                by_column_.push_back(
                    {r, c, static_cast<Scalar>(a(r, c).real()), static_cast<Scalar>(a(r, c).imag())});
    by_row_ = by_column_;
    std::stable_sort(by_row_.begin(), by_row_.end(),
                     [](const Entry& x, const Entry& y) { return x.row < y.row; });
}

template <class Scalar>
Sandwich<Scalar>::Sandwich(const ComplexMatrix& a) {
    const Index n = a.rows();
    const double noise = entry_noise * a.cwiseAbs().maxCoeff();
    std::vector<std::pair<Index, Index>> entries;
    for (Index c = 0; c < n; ++c)
        for (Index r = 0; r < n; ++r)
            if (std::abs(a(r, c)) > noise) entries.emplace_back(r, c);
    for (const auto& [r, c] : entries)
        for (const auto& [s, d] : entries) {
            const Complex value = a(r, c) * std::conj(a(s, d));
            elements_.push_back({r + n * s, c + n * d, d + n * c, static_cast<Scalar>(value.real()),
                                 static_cast<Scalar>(value.imag())});
        }
}

template <class Scalar>
void Sandwich<Scalar>::add(Index n, const Scalar* g, const Scalar* f, Scalar factor, Scalar* out) const {
    Scalar* out_im = out + n * n;
    for (const Element& e : elements_) {
        Scalar x = g[e.from] + g[e.from_adjoint], y = g[e.from] - g[e.from_adjoint];
        if (f != nullptr) {
            x += f[e.from_adjoint] - f[e.from];
            y += f[e.from] + f[e.from_adjoint];
        }
        out[e.to] += factor * (e.re * x - e.im * y);
        out_im[e.to] += factor * (e.re * y + e.im * x);
    }
}

template class PackedProduct<double>;
template class PackedProduct<float>;
template class Sandwich<double>;
template class Sandwich<float>;

}  // namespace redfield::hierarchy
