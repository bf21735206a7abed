#include "generator/sparse_form.hpp"

#include "generator/pair_flags.hpp"
#include "generator/sparse_panel.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

namespace {

template <class Lists, class Iterator>
void append(Lists& out, Iterator it) {
    for (; it; ++it) {
        if (it.value() == Complex(0.0)) continue;
        out.index.push_back(static_cast<std::int32_t>(it.index()));
        out.re.push_back(it.value().real());
        out.im.push_back(it.value().imag());
    }
}

/// The diagonal of a matrix that has nothing else and is real, or nothing.
template <class Scalar>
std::vector<Scalar> real_diagonal(const SparseMatrix& m) {
    std::vector<Scalar> out(static_cast<std::size_t>(m.rows()), Scalar(0));
    for (Index c = 0; c < m.outerSize(); ++c)
        for (SparseMatrix::InnerIterator it(m, c); it; ++it) {
            if (it.value() == Complex(0.0)) continue;
            if (it.row() != c || it.value().imag() != 0.0) return {};
            out[static_cast<std::size_t>(c)] = static_cast<Scalar>(it.value().real());
        }
    return out;
}

/// G + taken, without what rounding leaves where they cancel.
SparseMatrix without(const SparseMatrix& g, const SparseMatrix& taken) {
    if (taken.nonZeros() == 0) return g;
    const double largest = taken.coeffs().abs().maxCoeff();
    SparseMatrix out = g + taken;
    out.prune([&](Index, Index, const Complex& value) { return std::abs(value) > 1e-15 * largest; });
    return out;
}

/// Whether LρL† of a jump is cheaper through Lρ, which has to be written and read.
bool is_wide(const SparseTerm& term) {
    constexpr double least = 3.0;  // non-zeros a row
    return term.lambda.size() == 0 &&
           static_cast<double>(term.b.nonZeros()) >= least * static_cast<double>(term.b.rows());
}

template <class Scalar>
typename SparseForm<Scalar>::Term prepared(const SparseTerm& given) {
    typename SparseForm<Scalar>::Term out;
    out.is_jump = given.lambda.size() == 0;
    if (out.is_jump) {
        out.jump.start.push_back(0);
        for (Index c = 0; c < given.b.outerSize(); ++c) {
            append(out.jump, SparseMatrix::InnerIterator(given.b, c));
            const auto end = static_cast<std::int32_t>(out.jump.index.size());
            if (end == out.jump.start.back()) continue;
            out.jump.occupied.push_back(static_cast<std::int32_t>(c));
            out.jump.start.push_back(end);
        }
    } else {
        out.lambda = linalg::RowBlocks<Scalar>(given.lambda);
        out.diagonal = real_diagonal<Scalar>(given.b);
        if (!out.diagonal.empty()) return out;
    }
    const linalg::RowMajorSparse b = given.b;
    out.b.start.push_back(0);
    for (Index r = 0; r < b.rows(); ++r) {
        append(out.b, linalg::RowMajorSparse::InnerIterator(b, r));
        out.b.start.push_back(static_cast<std::int32_t>(out.b.index.size()));
    }
    for (const auto im : out.b.im) out.b_is_real = out.b_is_real && im == 0.0;
    return out;
}

}  // namespace

template <class Scalar>
SparseForm<Scalar>::SparseForm(const SparseMatrix& g, const std::vector<SparseTerm>& terms,
                               std::shared_ptr<const Factors> factors)
    : n_(g.rows()), factors_(std::move(factors)) {
    SparseMatrix taken(n_, n_);  // what terms with a real diagonal B do of G
    for (const SparseTerm& term : terms) {
        if (is_wide(term)) {
            wide_.emplace_back(term.b);
            continue;
        }
        terms_.push_back(prepared<Scalar>(term));
        if (!terms_.back().diagonal.empty()) taken += SparseMatrix(term.b * term.lambda);
    }
    g_ = linalg::RowBlocks<Scalar>(without(g, taken));
    sort_factors();
}

template <class Scalar>
template <class Other>
SparseForm<Scalar>::SparseForm(const SparseForm<Other>& of)
    : n_(of.n_),
      g_(of.g_),
      terms_(of.terms_.begin(), of.terms_.end()),
      wide_(of.wide_.begin(), of.wide_.end()) {
    using Complexes = typename BasicSiteFactor<Scalar>::Matrix;
    Factors factors;
    for (const auto& f : *of.factors_)
        factors.push_back({f.site, f.support, Complexes(f.left.template cast<std::complex<Scalar>>()),
                           Complexes(f.right.template cast<std::complex<Scalar>>())});
    factors_ = std::make_shared<const Factors>(std::move(factors));
    sort_factors();
}

template <class Scalar>
void SparseForm<Scalar>::sort_factors() {
    constexpr Index width = SparsePanel<Scalar>::width;
    factors_of_.resize(static_cast<std::size_t>((n_ + width - 1) / width));
    for (std::size_t j = 0; j < factors_->size(); ++j)
        factors_of_[static_cast<std::size_t>((*factors_)[j].site / width)].push_back(j);
}

template <class Scalar>
template <class Body>
void SparseForm<Scalar>::each_panel(const ConstRefOf<Scalar>& rho, linalg::BasicWorkspace<Scalar>& ws,
                                    const Body& body) const {
    using Panel = SparsePanel<Scalar>;
    const auto panels = static_cast<Index>(factors_of_.size());
    MatrixOf<Scalar>& memory = ws.matrix(0, Panel::rows_of_memory * n_, ws.threads());
    linalg::run_team(ws.threads(), [&](int part, int parts) {
        Panel panel(rho, memory.col(part).data(), n_);
        for (Index p = part; p < panels; p += parts) {  // in turn: of a triangle the last cost the most
            panel.take(p * Panel::width);
            body(panel, p);
        }
    });
}

template <class Scalar>
void SparseForm<Scalar>::apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
                               linalg::BasicWorkspace<Scalar>& ws) const {
    using linalg::Put;
    using Panel = SparsePanel<Scalar>;
    const auto panels = static_cast<Index>(factors_of_.size());
    // Tile (R, J) of F + F† gets F₊ from panel J and F₋ᵀ from panel R, tile (J, R) the reverse: of the
    // two panels the first assigns both and the second adds, and the sum is the same in either order.
    PairFlags flags(panels, ws.threads());
    each_panel(rho, ws, [&](Panel& panel, Index p) {
        panel.load();
        for (const Term& term : terms_) panel.add(term);
        for (const std::size_t j : factors_of_[static_cast<std::size_t>(p)]) panel.add((*factors_)[j]);
        panel.multiply(g_);
        for (Index q = 0; q < panels; ++q) {
            if (q == p)
                panel.store_diagonal(out);
            else if (flags.take_first(p, q)) {
                panel.template store<Put::assign>(q * Panel::width, out);
                flags.release(p, q);
            } else {
                panel.template store<Put::add>(q * Panel::width, out);
            }
        }
    });
    for (const auto& jump : wide_) add_wide(jump, rho, out, ws);
}

template <class Scalar>
void SparseForm<Scalar>::add_wide(const linalg::RowBlocks<Scalar>& jump, const ConstRefOf<Scalar>& rho,
                                  MutableRefOf<Scalar> out, linalg::BasicWorkspace<Scalar>& ws) const {
    using Panel = SparsePanel<Scalar>;
    linalg::BasicPlanes<Scalar>& m = ws.planes(0, n_, n_);
    each_panel(rho, ws, [&](Panel& panel, Index) {
        panel.load();
        panel.multiply(jump);
        panel.write(m);
    });
    each_panel(rho, ws, [&](Panel& panel, Index) {
        panel.load_adjoint(m);
        panel.add_plus(jump, out);
    });
}

template class SparseForm<double>;
template class SparseForm<float>;
template SparseForm<float>::SparseForm(const SparseForm<double>& of);

}  // namespace redfield::generator
