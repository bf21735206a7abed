#include "generator/sparse_form.hpp"

#include "generator/pair_flags.hpp"
#include "generator/sparse_panel.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

namespace {

constexpr Index width = SparsePanel::width;

using RowMajor = Eigen::SparseMatrix<Complex, Eigen::RowMajor>;

SparseForm::Columns columns_of(const SparseMatrix& m) {
    SparseForm::Columns out;
    out.start.push_back(0);
    for (Index c = 0; c < m.outerSize(); ++c) {
        for (SparseMatrix::InnerIterator it(m, c); it; ++it) {
            if (it.value() == Complex(0.0)) continue;
            out.index.push_back(static_cast<std::int32_t>(it.row()));
            out.re.push_back(it.value().real());
            out.im.push_back(it.value().imag());
        }
        const auto end = static_cast<std::int32_t>(out.index.size());
        if (end == out.start.back()) continue;
        out.occupied.push_back(static_cast<std::int32_t>(c));
        out.start.push_back(end);
    }
    return out;
}

SparseForm::Term prepared(const SparseTerm& given) {
    SparseForm::Term out;
    out.is_jump = given.lambda.size() == 0;
    if (out.is_jump) {
        out.jump = columns_of(given.b);
    } else {
        out.lambda = linalg::SparseRows(given.lambda);
    }
    const RowMajor b = given.b;
    out.b_start.push_back(0);
    for (Index r = 0; r < b.rows(); ++r) {
        for (RowMajor::InnerIterator it(b, r); it; ++it) {
            if (it.value() == Complex(0.0)) continue;
            out.b_column.push_back(static_cast<std::int32_t>(it.col()));
            out.b_re.push_back(it.value().real());
            out.b_im.push_back(it.value().imag());
            out.b_is_real = out.b_is_real && it.value().imag() == 0.0;
        }
        out.b_start.push_back(static_cast<std::int32_t>(out.b_column.size()));
    }
    return out;
}

}  // namespace

SparseForm::SparseForm(const SparseMatrix& g, const std::vector<SparseTerm>& terms,
                       std::shared_ptr<const std::vector<SiteFactor>> factors)
    : n_(g.rows()),
      factors_(std::move(factors)),
      factors_of_(static_cast<std::size_t>((n_ + width - 1) / width)) {
    g_ = linalg::SparseRows(g);
    for (const SparseTerm& term : terms) terms_.push_back(prepared(term));
    for (std::size_t j = 0; j < factors_->size(); ++j)
        factors_of_[static_cast<std::size_t>((*factors_)[j].site / width)].push_back(j);
}

void SparseForm::apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    const Index n = n_, panels = (n + width - 1) / width;
    RealMatrix& memory = ws.matrix(0, 6 * width * n, ws.threads());
    // Tile (R, J) of F + F† gets F₊ from panel J and F₋ᵀ from panel R, tile (J, R) the reverse: of the
    // two panels the first assigns both and the second adds, and the sum is the same in either order.
    PairFlags flags(panels, ws.threads());
    linalg::run_team(ws.threads(), [&](int part, int parts) {
        SparsePanel panel(rho, memory.col(part).data(), n);
        for (Index p = part; p < panels; p += parts) {  // in turn: of a triangle the last cost the most
            panel.begin(p * width);
            for (const Term& term : terms_) panel.add(term);
            for (const std::size_t j : factors_of_[static_cast<std::size_t>(p)])
                panel.add((*factors_)[j]);
            panel.multiply(g_);
            for (Index q = 0; q < panels; ++q) {
                if (q == p)
                    panel.store_diagonal(out);
                else if (flags.take_first(p, q)) {
                    panel.store<linalg::Put::assign>(q * width, out);
                    flags.release(p, q);
                } else {
                    panel.store<linalg::Put::add>(q * width, out);
                }
            }
        }
    });
}

}  // namespace redfield::generator
