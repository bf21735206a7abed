#pragma once

#include <map>
#include <redfield/redfield.hpp>
#include <vector>

#include "reference.hpp"

namespace reference {

/// One exponential of C and of C*, as the equation of the hierarchy is written in papers.
struct Exponential {
    std::size_t coupling;
    Complex c, conjugate, rate;
};

/// The hierarchy as a dense matrix on column-stacked auxiliary operators without any scaling,
///   ρ̇_n = −i[H, ρ_n] − Σ n_k ν_k ρ_n − i Σ_k [A, ρ_{n+e_k}] − i Σ_k n_k (c_k A ρ_{n−e_k} − c̃_k ρ_{n−e_k}
///   A).
struct DenseHierarchy {
    ComplexMatrix matrix;
    Index n, operators;

    DenseHierarchy(const ComplexMatrix& h, const std::vector<ComplexMatrix>& couplings,
                   const std::vector<Exponential>& terms, int depth,
                   const std::vector<Complex>& remainders = {})
        : n(h.rows()) {
        std::vector<std::vector<int>> all{std::vector<int>(terms.size(), 0)};
        std::map<std::vector<int>, Index> place{{all[0], 0}};
        for (std::size_t i = 0; i < all.size(); ++i)
            for (std::size_t k = 0; k < terms.size(); ++k) {
                std::vector<int> more = all[i];
                ++more[k];
                int sum = 0;
                for (const int x : more) sum += x;
                if (sum <= depth && place.emplace(more, static_cast<Index>(all.size())).second)
                    all.push_back(more);
            }
        operators = static_cast<Index>(all.size());
        const Index size = n * n;
        matrix = ComplexMatrix::Zero(size * operators, size * operators);
        const ComplexMatrix one = ComplexMatrix::Identity(n, n);
        const auto left = [&](const ComplexMatrix& a) { return product(one, a); };
        const auto right = [&](const ComplexMatrix& a) { return product(a.transpose(), one); };
        const Complex i(0.0, 1.0);
        for (Index m = 0; m < operators; ++m) {
            auto block = [&](Index other) { return matrix.block(size * m, size * other, size, size); };
            block(m) += -i * (left(h) - right(h));
            for (std::size_t j = 0; j < remainders.size(); ++j) {
                const ComplexMatrix &a = couplings[j], commutator = left(a) - right(a);
                block(m) -= commutator * (remainders[j] * left(a) - std::conj(remainders[j]) * right(a));
            }
            for (std::size_t k = 0; k < terms.size(); ++k) {
                const ComplexMatrix& a = couplings[terms[k].coupling];
                std::vector<int> other = all[static_cast<std::size_t>(m)];
                const double number = other[k];
                block(m).diagonal().array() -= number * terms[k].rate;
                ++other[k];
                if (const auto up = place.find(other); up != place.end())
                    block(up->second) += -i * (left(a) - right(a));
                other[k] -= 2;
                if (number > 0.0)
                    block(place.at(other)) +=
                        -i * number * (terms[k].c * left(a) - terms[k].conjugate * right(a));
            }
        }
    }

    static ComplexMatrix product(const ComplexMatrix& a, const ComplexMatrix& b) {
        ComplexMatrix out(a.rows() * b.rows(), a.cols() * b.cols());
        for (Index c = 0; c < a.cols(); ++c)
            for (Index r = 0; r < a.rows(); ++r)
                out.block(r * b.rows(), c * b.cols(), b.rows(), b.cols()) = a(r, c) * b;
        return out;
    }

    ComplexMatrix steady_state() const {
        const Eigen::VectorXcd v = null_vector(matrix);
        const ComplexMatrix rho = Eigen::Map<const ComplexMatrix>(v.data(), n, n);
        return rho / rho.trace();
    }

    /// e^{Lt} of all auxiliary operators.
    Eigen::VectorXcd evolved(const Eigen::VectorXcd& start, double t) const {
        const Index size = matrix.rows();
        RealMatrix real(2 * size, 2 * size);
        real << matrix.real(), -matrix.imag(), matrix.imag(), matrix.real();
        const RealMatrix flow = exponential(t * real);
        RealVector parts(2 * size);
        parts << start.real(), start.imag();
        const RealVector end = flow * parts;
        Eigen::VectorXcd out(size);
        out.real() = end.head(size);
        out.imag() = end.tail(size);
        return out;
    }

    ComplexMatrix evolved(const ComplexMatrix& rho, double t) const {
        const Index size = matrix.rows();
        RealMatrix real(2 * size, 2 * size);
        real << matrix.real(), -matrix.imag(), matrix.imag(), matrix.real();
        const RealMatrix flow = exponential(t * real);
        RealVector start = RealVector::Zero(2 * size);
        const Eigen::Map<const Eigen::VectorXcd> flat(rho.data(), n * n);
        start.head(n * n) = flat.real();
        start.segment(size, n * n) = flat.imag();
        const RealVector end = flow * start;
        ComplexMatrix out(n, n);
        for (Index e = 0; e < n * n; ++e) out(e % n, e / n) = {end[e], end[size + e]};
        return out;
    }
};

/// Two baths: a real rate and a lone complex one; a pair of conjugate rates.
inline std::vector<redfield::Exponentials> example_baths() {
    redfield::Exponentials a, b;
    a.coefficients.resize(2);
    a.rates.resize(2);
    a.coefficients << Complex(0.3, -0.2), Complex(0.1, 0.05);
    a.rates << 1.3, Complex(0.7, 1.1);
    b.coefficients.resize(2);
    b.rates.resize(2);
    b.coefficients << Complex(0.2, -0.1), Complex(0.07, 0.02);
    b.rates << Complex(0.9, 0.4), Complex(0.9, -0.4);
    return {a, b};
}

inline std::vector<Exponential> example_terms() {
    return {{0, {0.3, -0.2}, {0.3, 0.2}, 1.3},
            {0, {0.1, 0.05}, 0.0, {0.7, 1.1}},
            {0, 0.0, {0.1, -0.05}, {0.7, -1.1}},
            {1, {0.2, -0.1}, {0.07, -0.02}, {0.9, 0.4}},
            {1, {0.07, 0.02}, {0.2, 0.1}, {0.9, -0.4}}};
}

inline redfield::System system_of(const ComplexMatrix& h, const redfield::Couplings& couplings) {
    return {h, couplings, redfield::Bath([](double w) { return one_sided_gamma(w); })};
}

/// H of real numbers makes site projectors cheaper in the given basis; random Hermitian couplings are
/// cheaper in the eigenbasis.
struct HierarchyCase {
    ComplexMatrix h;
    redfield::Couplings couplings;
    std::vector<ComplexMatrix> matrices;
};

inline std::vector<HierarchyCase> hierarchy_cases() {
    std::vector<HierarchyCase> out;
    const auto projectors = [](Index n) {
        return redfield::SiteProjectors({0, n - 1}, RealVector::Constant(2, 0.8));
    };
    for (const bool real : {true, false}) {
        const Index n = 2;
        ComplexMatrix h = random_hermitian(n, real ? 3 : 4);
        if (real) h = ComplexMatrix(h.real());
        std::vector<ComplexMatrix> a(2, ComplexMatrix::Zero(n, n));
        a[0](0, 0) = a[1](n - 1, n - 1) = 0.8;
        out.push_back({h, projectors(n), a});
        std::vector<ComplexMatrix> b{0.4 * random_hermitian(n, 5), 0.3 * random_hermitian(n, 6)};
        out.push_back({h, redfield::Operators{b[0], redfield::SparseMatrix(b[1].sparseView())}, b});
    }
    return out;
}

}  // namespace reference
