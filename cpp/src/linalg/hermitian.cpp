#include <algorithm>

#include "linalg/decompositions.hpp"
#include "linalg/hermitian_rows.hpp"
#include "redfield/base/errors.hpp"

namespace redfield {

namespace {

/// Calls visit(k, l) once for every pair k ≤ l, in tiles that keep both (k, l) and (l, k) in cache.
template <class Visit>
void each_pair(Index n, Visit&& visit) {
    constexpr Index tile = 16;
    for (Index l0 = 0; l0 < n; l0 += tile)
        for (Index k0 = 0; k0 <= l0; k0 += tile)
            for (Index l = l0; l < std::min(l0 + tile, n); ++l)
                for (Index k = k0; k < std::min(k0 + tile, l + 1); ++k) visit(k, l);
}

/// The planes of one packed pair: (R_kl, R_lk) = (re + im, re − im).
Complex entry(const RealMatrix& packed, Index k, Index l) {
    return {0.5 * (packed(k, l) + packed(l, k)), 0.5 * (packed(k, l) - packed(l, k))};
}

void set_entry(RealMatrix& packed, Index k, Index l, Complex value) {
    packed(k, l) = value.real() + value.imag();
    packed(l, k) = value.real() - value.imag();
}

/// The parts of X with X_kl at x[k·row + l·column].
Split split(const Complex* x, Index n, Index row, Index column) {
    Split out;
    out.hermitian.resize(n, n);
    bool hermitian = true;
    each_pair(n, [&](Index k, Index l) {
        const Complex a = x[k * row + l * column], b = std::conj(x[l * row + k * column]);
        hermitian = hermitian && a == b;
        set_entry(out.hermitian, k, l, 0.5 * (a + b));
    });
    if (hermitian) return out;
    out.antihermitian.resize(n, n);
    each_pair(n, [&](Index k, Index l) {
        const Complex a = x[k * row + l * column], b = std::conj(x[l * row + k * column]);
        set_entry(out.antihermitian, k, l, Complex(0.0, -0.5) * (a - b));
    });
    return out;
}

/// H₁ + iH₂, element kl at out[k·row + l·column].
void join(const RealMatrix& hermitian, const RealMatrix& antihermitian, Complex* out, Index row,
          Index column) {
    const bool both = antihermitian.size() != 0;
    each_pair(hermitian.rows(), [&](Index k, Index l) {
        const Complex h1 = entry(hermitian, k, l);
        const Complex h2 = both ? entry(antihermitian, k, l) : Complex(0.0);
        out[k * row + l * column] = h1 + Complex(-h2.imag(), h2.real());
        out[l * row + k * column] = std::conj(h1) + Complex(h2.imag(), h2.real());
    });
}

}  // namespace

Split split(const Complex* x, Index n) { return split(x, n, 1, n); }
Split linalg::split_rows(const Complex* x, Index n) { return split(x, n, n, 1); }

Split split(const ComplexMatrix& x) {
    require(x.rows() == x.cols(), "pack: the matrix must be square");
    return split(x.data(), x.rows());
}

RealMatrix pack(const ComplexMatrix& x) { return split(x).hermitian; }

void join(const RealMatrix& hermitian, const RealMatrix& antihermitian, Complex* out) {
    join(hermitian, antihermitian, out, 1, hermitian.rows());
}

void linalg::join_rows(const RealMatrix& hermitian, const RealMatrix& antihermitian, Complex* out) {
    join(hermitian, antihermitian, out, hermitian.rows(), 1);
}

namespace {

template <class Number>
void write_transposed(const RealMatrix& packed, Number* out) {
    const Index n = packed.rows();
    each_pair(n, [&](Index k, Index l) {
        const Number h(entry(packed, k, l));
        out[k * n + l] = h;
        out[l * n + k] = std::conj(h);
    });
}

}  // namespace

void join_transposed(const RealMatrix& packed, Complex* out) { write_transposed(packed, out); }

void join_transposed(const RealMatrix& packed, std::complex<float>* out) {
    write_transposed(packed, out);
}

RealMatrix pack_ket(const Eigen::VectorXcd& psi) {
    const RealVector re = psi.real(), im = psi.imag();
    RealMatrix packed(psi.size(), psi.size());
    // Re + Im of ψ_k ψ_l*.
    for (Index l = 0; l < psi.size(); ++l) packed.col(l) = (re[l] - im[l]) * re + (re[l] + im[l]) * im;
    return packed;
}

ComplexMatrix unpack(const RealMatrix& packed) {
    require(packed.rows() == packed.cols(), "unpack: the matrix must be square");
    ComplexMatrix x(packed.rows(), packed.cols());
    join(packed, RealMatrix(), x.data());
    return x;
}

double trace_norm(const RealMatrix& packed) {
    require(packed.rows() == packed.cols(), "trace_norm: the matrix must be square");
    if (packed.size() == 0) return 0.0;
    return linalg::hermitian_values(unpack(packed), "trace_norm: the eigenvalues").cwiseAbs().sum();
}

}  // namespace redfield
