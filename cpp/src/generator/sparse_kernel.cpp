#include "generator/sparse_kernel.hpp"

#include "generator/real_diagonal.hpp"
#include "generator/sparse_panel.hpp"
#include "redfield/base/parallel.hpp"

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

/// G + taken, without what rounding leaves where they cancel.
SparseMatrix without(const SparseMatrix& g, const SparseMatrix& taken) {
    if (taken.nonZeros() == 0) return g;
    const double largest = taken.coeffs().abs().maxCoeff();
    SparseMatrix out = g + taken;
    out.prune([&](Index, Index, const Complex& value) { return std::abs(value) > 1e-15 * largest; });
    return out;
}

/// ΛρB†, or BρB† without a Λ.
template <class Scalar>
typename SparseKernel<Scalar>::Term prepared(const SparseMatrix* lambda, const SparseMatrix& given_b) {
    typename SparseKernel<Scalar>::Term out;
    out.is_jump = lambda == nullptr;
    if (out.is_jump) {
        out.jump.start.push_back(0);
        for (Index c = 0; c < given_b.outerSize(); ++c) {
            append(out.jump, SparseMatrix::InnerIterator(given_b, c));
            const auto end = static_cast<std::int32_t>(out.jump.index.size());
            if (end == out.jump.start.back()) continue;
            out.jump.occupied.push_back(static_cast<std::int32_t>(c));
            out.jump.start.push_back(end);
        }
    } else {
        out.lambda = linalg::RowBlocks<Scalar>(*lambda);
        out.diagonal = real_diagonal<Scalar>(given_b);
        if (!out.diagonal.empty()) return out;
    }
    const linalg::RowMajorSparse b = given_b;
    out.b.start.push_back(0);
    for (Index r = 0; r < b.rows(); ++r) {
        append(out.b, linalg::RowMajorSparse::InnerIterator(b, r));
        out.b.start.push_back(static_cast<std::int32_t>(out.b.index.size()));
    }
    for (const auto im : out.b.im) out.b_is_real = out.b_is_real && im == 0.0;
    return out;
}

/// Panels of so many columns.
template <class Scalar>
std::size_t panels_of(Index columns) {
    constexpr Index width = SparsePanel<Scalar>::width;
    return static_cast<std::size_t>((columns + width - 1) / width);
}

}  // namespace

bool is_wide(const SparseMatrix& jump) {
    constexpr double least = 3.0;  // non-zeros a row
    return static_cast<double>(jump.nonZeros()) >= least * static_cast<double>(jump.rows());
}

template <class Scalar>
SparseKernel<Scalar>::SparseKernel(const SparseMatrix& g, const std::vector<LambdaTerm>& terms,
                                   const std::vector<SiteFactor>& factors)
    : n_(g.rows()) {
    SparseMatrix taken(n_, n_);  // what terms with a real diagonal B do of G
    for (const LambdaTerm& term : terms) {
        const auto& b = std::get<SparseMatrix>(term.b);
        const auto* lambda = std::get_if<SparseMatrix>(&term.lambda);
        if (lambda != nullptr && lambda->size() == 0) lambda = nullptr;
        if (lambda == nullptr && is_wide(b)) {
            wide_.emplace_back(b);
            continue;
        }
        terms_.push_back(prepared<Scalar>(lambda, b));
        if (!terms_.back().diagonal.empty()) taken += SparseMatrix(b * *lambda);
    }
    g_ = linalg::RowBlocks<Scalar>(without(g, taken));
    constexpr Index width = SparsePanel<Scalar>::width;
    factors_of_.resize(panels_of<Scalar>(n_));
    for (const SiteFactor& factor : factors) {
        using Number = std::complex<Scalar>;
        factors_of_[static_cast<std::size_t>(factor.site / width)].push_back(factors_.size());
        factors_.push_back({factor.site, factor.support, factor.left.template cast<Number>(),
                            factor.right.template cast<Number>()});
    }
}

template <class Scalar>
SparseKernel<Scalar>::SparseKernel(const SparseMatrix& g, const std::vector<JumpFrom>& jumps, Index own)
    : n_(g.rows()), own_(own), g_(g) {
    for (const JumpFrom& from : jumps) {
        terms_.push_back(prepared<Scalar>(nullptr, from.jump));
        terms_.back().source = from.source;
    }
    factors_of_.resize(panels_of<Scalar>(n_));
}

template <class Scalar>
Index SparseKernel<Scalar>::panel_memory() const {
    return SparsePanel<Scalar>::rows_of_memory * n_;
}

template <class Scalar>
template <class Body>
void SparseKernel<Scalar>::on_team(linalg::BasicWorkspace<Scalar>& ws, const Body& body) const {
    MatrixOf<Scalar>& memory = ws.matrix(linalg::Buffer::panels, panel_memory(), ws.threads());
    base::run_team(ws.threads(),
                   [&](int part, int parts) { body(memory.col(part).data(), part, parts); });
}

template <class Scalar>
void SparseKernel<Scalar>::apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
                                 linalg::BasicWorkspace<Scalar>& ws) const {
    const PackedBlock<Scalar> whole{rho.data(), rho.outerStride(), n_};
    PairFlags flags(panels(), ws.threads());
    on_team(ws, [&](Scalar* memory, Index part, Index parts) {
        add_panels(&whole, out, flags, memory, part, parts);
    });
    for (const auto& jump : wide_) add_wide(jump, whole, out, ws);
}

template <class Scalar>
void SparseKernel<Scalar>::add_panels(const PackedBlock<Scalar>* blocks, MutableRefOf<Scalar> out,
                                      PairFlags& flags, Scalar* memory, Index first, Index step) const {
    using linalg::Put;
    using Panel = SparsePanel<Scalar>;
    // Tile (R, J) of F + F† gets F₊ from panel J and F₋ᵀ from panel R, tile (J, R) the reverse: of the
    // two panels the first assigns both and the second adds, and the sum is the same in either order.
    Panel panel(blocks, own_, memory);
    for (Index p = first; p < panels(); p += step) {
        panel.begin(p * Panel::width);
        panel.load();
        for (const Term& term : terms_) panel.add(term);
        for (const std::size_t j : factors_of_[static_cast<std::size_t>(p)]) panel.add(factors_[j]);
        panel.add(g_);
        for (Index q = 0; q < panels(); ++q) {
            if (q == p)
                panel.store_diagonal(out);
            else if (flags.take_first(p, q)) {
                panel.template store<Put::assign>(q * Panel::width, out);
                flags.release(p, q);
            } else {
                panel.template store<Put::add>(q * Panel::width, out);
            }
        }
    }
}

template <class Scalar>
void SparseKernel<Scalar>::add_wide(const linalg::RowBlocks<Scalar>& jump,
                                    const PackedBlock<Scalar>& whole, MutableRefOf<Scalar> out,
                                    linalg::BasicWorkspace<Scalar>& ws) const {
    using Panel = SparsePanel<Scalar>;
    linalg::BasicPlanes<Scalar>& m = ws.planes(linalg::Buffer::x, n_, n_);
    const auto each_panel = [&](const auto& body) {
        on_team(ws, [&](Scalar* memory, Index part, Index parts) {
            Panel panel(&whole, own_, memory);
            for (Index p = part; p < panels(); p += parts) {
                panel.begin(p * Panel::width);
                body(panel);
            }
        });
    };
    each_panel([&](Panel& panel) {
        panel.load();
        panel.add(jump);
        panel.store_planes(m);
    });
    each_panel([&](Panel& panel) {
        panel.load_adjoint(m);
        panel.add_hermitian_product(jump, out);
    });
}

template class SparseKernel<double>;
template class SparseKernel<float>;

}  // namespace redfield::generator
