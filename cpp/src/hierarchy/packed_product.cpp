#include "hierarchy/packed_product.hpp"

#include <algorithm>
#include <utility>

#include "hierarchy/operators.hpp"

namespace redfield::hierarchy {

template <class Scalar>
PackedProduct<Scalar>::PackedProduct(const ComplexMatrix& a) : n_(a.rows()) {
    visit_entries(a, [&](Index r, Index c, Complex value) {
        by_column_.push_back(
            {r, c, static_cast<Scalar>(value.real()), static_cast<Scalar>(value.imag())});
    });
    by_row_ = by_column_;
    std::stable_sort(by_row_.begin(), by_row_.end(),
                     [](const Entry& x, const Entry& y) { return x.row < y.row; });
}

template <class Scalar>
Sandwich<Scalar>::Sandwich(const ComplexMatrix& a) {
    const Index n = a.rows();
    std::vector<std::pair<Index, Index>> entries;
    visit_entries(a, [&](Index r, Index c, Complex) { entries.emplace_back(r, c); });
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
