#include "steady/real_form.hpp"

#include <cmath>

#include "redfield/base/monitor.hpp"
#include "steady/terms.hpp"

namespace redfield::steady {

namespace {

constexpr double root = 0.70710678118654752440;  // √½

/// Collects dρ_ab/dt = Σ m ρ_cd in the real coordinates.
class Collector {
  public:
    Collector(Index n, double entries) : n_(n) { real_.reserve(static_cast<std::size_t>(entries)); }

    void add(Index a, Index b, Index c, Index d, Complex m) {
        if (a > b || m == 0.0) return;  // the adjoint of one that is added
        const double scale = (a == b ? root : 1.0) * (c == d ? 1.0 / root : 1.0);
        const double re = scale * m.real(), im = scale * m.imag();
        const Index row = a + n_ * b, other = b + n_ * a;
        const Index x = c <= d ? c + n_ * d : d + n_ * c, y = c <= d ? d + n_ * c : c + n_ * d;
        const double sign = c <= d ? 1.0 : -1.0;  // of Im ρ_cd
        put(row, x, re);
        if (c != d) put(row, y, -sign * im);
        if (a == b) return;
        put(other, x, im);
        if (c != d) put(other, y, sign * re);
    }

    RealSparse matrix() const {
        RealSparse out(n_ * n_, n_ * n_);
        out.setFromTriplets(real_.begin(), real_.end());
        const double largest = out.nonZeros() == 0 ? 0.0 : out.coeffs().abs().maxCoeff();
        out.prune([&](Index, Index, double value) { return std::abs(value) > rounding * largest; });
        return out;
    }

  private:
    /// Entries that sums of equal and opposite terms leave are smaller, relative to the largest.
    static constexpr double rounding = 1e-16;
    void put(Index row, Index column, double value) {
        if (value != 0.0) real_.emplace_back(static_cast<int>(row), static_cast<int>(column), value);
    }

    Index n_;
    std::vector<Eigen::Triplet<double>> real_;
};

RealSparse of_terms(const Terms& terms, Index n) {
    Collector out(n, 2.0 * terms.entries());
    using Entry = SparseMatrix::InnerIterator;
    for (Index k = 0; k < n; ++k) {
        base::poll();
        for (Entry g(terms.drift, k); g; ++g)
            for (Index b = 0; b < n; ++b) {
                out.add(g.row(), b, k, b, g.value());
                out.add(b, g.row(), b, k, std::conj(g.value()));
            }
    }
    for (const SparseTerm& term : terms.terms) {
        const bool jump = term.lambda.size() == 0;
        const SparseMatrix& left = jump ? term.b : term.lambda;
        for (Index c = 0; c < n; ++c) {
            base::poll();
            for (Entry l(left, c); l; ++l)
                for (Index d = 0; d < n; ++d)
                    for (Entry b(term.b, d); b; ++b) {
                        const Complex m = l.value() * std::conj(b.value());
                        out.add(l.row(), b.row(), c, d, m);
                        if (!jump) out.add(b.row(), l.row(), d, c, std::conj(m));
                    }
        }
    }
    return out.matrix();
}

RealSparse of_rows(const CsrMatrix& csr, Index n) {
    Collector out(n, 2.0 * static_cast<double>(csr.non_zeros()));
    for (Index r = 0; r < csr.rows; ++r)
        for (auto e = static_cast<std::size_t>(csr.row_start[static_cast<std::size_t>(r)]);
             e < static_cast<std::size_t>(csr.row_start[static_cast<std::size_t>(r) + 1]); ++e)
            out.add(r % n, r / n, csr.column[e] % n, csr.column[e] / n, csr.value[e]);
    return out.matrix();
}

}  // namespace

std::optional<RealForm> real_form(const Generator& generator, double most, double max_bytes) {
    const Index n = generator.dimension();
    if (const auto terms = fewest_terms(generator, most))
        return RealForm{terms->frame, of_terms(*terms, n)};
    if (generator.pair_equation() == nullptr || generator.stored_entries() > most) return std::nullopt;
    AssemblyOptions options;
    options.max_bytes = max_bytes;
    options.upper_rows_only = true;
    return RealForm{Frame::eigenbasis, of_rows(generator.liouvillian_in_eigenbasis(options), n)};
}

RealVector to_coordinates(const RealMatrix& packed) {
    const Index n = packed.rows();
    RealVector out(n * n);
    for (Index l = 0; l < n; ++l) {
        out[l * (n + 1)] = packed(l, l);
        for (Index k = 0; k < l; ++k) {
            out[k + n * l] = root * (packed(k, l) + packed(l, k));
            out[l + n * k] = root * (packed(k, l) - packed(l, k));
        }
    }
    return out;
}

RealMatrix from_coordinates(const RealVector& coordinates) {
    const auto n = static_cast<Index>(std::lround(std::sqrt(static_cast<double>(coordinates.size()))));
    RealMatrix out(n, n);
    for (Index l = 0; l < n; ++l) {
        out(l, l) = coordinates[l * (n + 1)];
        for (Index k = 0; k < l; ++k) {
            out(k, l) = root * (coordinates[k + n * l] + coordinates[l + n * k]);
            out(l, k) = root * (coordinates[k + n * l] - coordinates[l + n * k]);
        }
    }
    return out;
}

}  // namespace redfield::steady
