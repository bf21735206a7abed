#include "redfield/equation/one_sided.hpp"
#include "redfield/generator/kernel.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

using linalg::Factor;
using linalg::Planes;
using linalg::Store;

namespace {

using RowMajorSparse = Eigen::SparseMatrix<Complex, Eigen::RowMajor>;

/// One coupling in the given basis. Column r of ρA† is Σ_c A*_rc ρ_c, so only the rows of A that are not
/// empty give columns, and only those columns meet the dense UΛU†.
struct SparseCoupling {
    RowMajorSparse a;
    std::vector<Index> rows;
    Factor lambda;               ///< UΛU†, or empty:
    SparseMatrix sparse_lambda;  ///< ½γA where γ is one number, or a Λ that was given
};

bool is_flat(const BathTable& bath, bool lamb_shift) {
    const bool shifts =
        lamb_shift && bath.lamb_shift.size() != 0 && bath.lamb_shift.cwiseAbs().maxCoeff() > 0.0;
    return !shifts && bath.half_rate.maxCoeff() == bath.half_rate.minCoeff();
}

RowMajorSparse in_rows(const Operator& op) {
    RowMajorSparse a;
    if (const auto* sparse = std::get_if<SparseMatrix>(&op))
        a = *sparse;
    else
        a = std::get<ComplexMatrix>(op).sparseView();
    a.prune(Complex(0.0));
    return a;
}

std::vector<Index> occupied_rows(const RowMajorSparse& a) {
    std::vector<Index> rows;
    for (Index r = 0; r < a.rows(); ++r)
        if (RowMajorSparse::InnerIterator(a, r)) rows.push_back(r);
    return rows;
}

class SparseKernel final : public Kernel {
  public:
    SparseKernel(const System& system, const ComplexMatrix& decay, bool lamb_shift) {
        const ComplexMatrix u = system.eigensystem().eigenvectors();
        set_decay(system, u * decay * u.adjoint());
        const auto& operators = std::get<Operators>(system.couplings());
        for (std::size_t j = 0; j < operators.size(); ++j) {
            linalg::poll();
            const BathTable& bath = system.baths().of(j);
            SparseCoupling coupling;
            coupling.a = in_rows(operators[j]);
            coupling.rows = occupied_rows(coupling.a);
            if (is_flat(bath, lamb_shift)) {
                coupling.sparse_lambda = SparseMatrix(coupling.a) * bath.half_rate(0, 0);
            } else {
                const ComplexMatrix lambda =
                    equation::one_sided_table(bath, lamb_shift)
                        .cwiseProduct(equation::operator_in_eigenbasis(system, operators[j]));
                coupling.lambda = Factor(ComplexMatrix(u * lambda * u.adjoint()));
            }
            couplings_.push_back(std::move(coupling));
        }
    }

    /// With Λ_j given as sparse matrices in the given basis, and K = Σ A_j†Λ_j.
    SparseKernel(const System& system, const ComplexMatrix& decay,
                 const std::vector<SparseMatrix>& lambdas) {
        set_decay(system, decay);
        const auto& operators = std::get<Operators>(system.couplings());
        for (std::size_t j = 0; j < operators.size(); ++j) {
            SparseCoupling coupling;
            coupling.a = in_rows(operators[j]);
            coupling.rows = occupied_rows(coupling.a);
            coupling.sparse_lambda = lambdas[j];
            couplings_.push_back(std::move(coupling));
        }
    }

    Frame frame() const override { return Frame::given; }

    void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override {
        apply_from(minus_decay_, rho, out, ws);
    }

    bool has_whole() const override { return true; }

    void apply_whole(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override {
        apply_from(minus_decay_and_h_, rho, out, ws);
    }

  private:
    void set_decay(const System& system, const ComplexMatrix& decay) {
        const Eigensystem& eigen = system.eigensystem();
        const ComplexMatrix u = eigen.eigenvectors();
        const ComplexMatrix h = u * eigen.energies().cast<Complex>().asDiagonal() * u.adjoint();
        minus_decay_ = Factor(ComplexMatrix(-decay));
        minus_decay_and_h_ = Factor(ComplexMatrix(-decay - Complex(0.0, 1.0) * h));
    }

    void apply_from(const Factor& start, const ConstRef& rho, MutableRef out,
                    linalg::Workspace& ws) const {
        const Index n = rho.rows();
        RealMatrix& minus = ws.matrix(0, n, n);
        RealMatrix& sum_scratch = ws.matrix(1, n, n);
        Planes& f = ws.planes(0, n, n);
        Planes& x = ws.planes(1, n, n);
        Planes& y = ws.planes(2, n, n);
        Planes& scratch = ws.planes(3, n, n);
        begin_with_decay(start, rho, minus, f, scratch, sum_scratch, ws.threads());
        for (const SparseCoupling& coupling : couplings_) {
            const auto columns = static_cast<Index>(coupling.rows.size());
            linalg::parallel_ranges(ws.threads(), columns, [&](Index first, Index count) {
                for (Index i = first; i < first + count; ++i)
                    gather(coupling.a, coupling.rows[static_cast<std::size_t>(i)], rho, minus,
                           x.plus.col(i), x.minus.col(i));
                if (coupling.lambda.rows() != 0 && columns == n) {  // as of diagonal couplings
                    linalg::left_multiply(coupling.lambda, x.plus, x.minus, first, count, Store::add, f,
                                          scratch, sum_scratch);
                    return;
                }
                if (coupling.lambda.rows() == 0)
                    multiply(coupling.sparse_lambda, x, first, count, y);
                else
                    linalg::left_multiply(coupling.lambda, x.plus, x.minus, first, count, Store::assign,
                                          y, scratch, sum_scratch);
                for (Index i = first; i < first + count; ++i) {
                    const Index r = coupling.rows[static_cast<std::size_t>(i)];
                    f.plus.col(r) += y.plus.col(i);
                    f.minus.col(r) += y.minus.col(i);
                }
            });
        }
        add_adjoint(f, out, ws.threads());
    }

    /// Column r of ρA†.
    template <class Column>
    static void gather(const RowMajorSparse& a, Index r, const ConstRef& rho, const RealMatrix& minus,
                       Column&& plus_out, Column&& minus_out) {
        bool started = false;
        for (RowMajorSparse::InnerIterator it(a, r); it; ++it) {
            const double re = it.value().real(), im = it.value().imag();
            const auto plus = rho.col(it.col());
            const auto other = minus.col(it.col());
            if (!started && im == 0.0) {
                plus_out = re * plus;
                minus_out = re * other;
            } else if (!started) {
                plus_out = re * plus - im * other;
                minus_out = re * other + im * plus;
            } else {
                plus_out += re * plus - im * other;
                minus_out += re * other + im * plus;
            }
            started = true;
        }
    }

    /// Columns [first, first + count) of y = Λx with a sparse Λ.
    static void multiply(const SparseMatrix& lambda, const Planes& x, Index first, Index count,
                         Planes& y) {
        y.plus.middleCols(first, count).setZero();
        y.minus.middleCols(first, count).setZero();
        for (Index i = first; i < first + count; ++i)
            for (Index c = 0; c < lambda.outerSize(); ++c)
                for (SparseMatrix::InnerIterator it(lambda, c); it; ++it) {
                    const double re = it.value().real(), im = it.value().imag();
                    y.plus(it.row(), i) += re * x.plus(c, i) + im * x.minus(c, i);
                    y.minus(it.row(), i) += re * x.minus(c, i) - im * x.plus(c, i);
                }
    }

    Factor minus_decay_, minus_decay_and_h_;
    std::vector<SparseCoupling> couplings_;
};

}  // namespace

std::unique_ptr<Kernel> sparse_kernel(const System& system, const ComplexMatrix& decay, bool lamb_shift) {
    return std::make_unique<SparseKernel>(system, decay, lamb_shift);
}

std::unique_ptr<Kernel> quasilocal_kernel(const System& system, const ComplexMatrix& decay,
                                          const std::vector<SparseMatrix>& lambdas) {
    return std::make_unique<SparseKernel>(system, decay, lambdas);
}

}  // namespace redfield::generator
