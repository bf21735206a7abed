#include "redfield/equation/one_sided.hpp"
#include "redfield/generator/kernel.hpp"
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
    Factor lambda;             ///< UΛU†, or empty:
    SparseMatrix flat_lambda;  ///< ½γA where γ is one number
};

bool is_flat(const BathTable& bath, bool lamb_shift) {
    const bool shifts =
        lamb_shift && bath.lamb_shift.size() != 0 && bath.lamb_shift.cwiseAbs().maxCoeff() > 0.0;
    return !shifts && bath.half_rate.maxCoeff() == bath.half_rate.minCoeff();
}

class SparseKernel final : public Kernel {
  public:
    SparseKernel(const System& system, const ComplexMatrix& decay, bool lamb_shift) {
        const ComplexMatrix u = system.eigensystem().eigenvectors();
        minus_decay_ = Factor(ComplexMatrix(-(u * decay * u.adjoint())));
        const auto& operators = std::get<Operators>(system.couplings());
        for (std::size_t j = 0; j < operators.size(); ++j) {
            const BathTable& bath = system.baths().of(j);
            SparseCoupling coupling;
            if (const auto* sparse = std::get_if<SparseMatrix>(&operators[j]))
                coupling.a = *sparse;
            else
                coupling.a = std::get<ComplexMatrix>(operators[j]).sparseView();
            coupling.a.prune(Complex(0.0));
            for (Index r = 0; r < coupling.a.rows(); ++r)
                if (RowMajorSparse::InnerIterator(coupling.a, r)) coupling.rows.push_back(r);
            if (is_flat(bath, lamb_shift)) {
                coupling.flat_lambda = SparseMatrix(coupling.a) * bath.half_rate(0, 0);
            } else {
                const ComplexMatrix lambda =
                    equation::one_sided_table(bath, lamb_shift)
                        .cwiseProduct(equation::operator_in_eigenbasis(system, operators[j]));
                coupling.lambda = Factor(ComplexMatrix(u * lambda * u.adjoint()));
            }
            couplings_.push_back(std::move(coupling));
        }
    }

    Frame frame() const override { return Frame::given; }

    void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override {
        const Index n = rho.rows();
        RealMatrix& minus = ws.matrix(0, n, n);
        RealMatrix& sum_scratch = ws.matrix(1, n, n);
        Planes& f = ws.planes(0, n, n);
        Planes& x = ws.planes(1, n, n);
        Planes& y = ws.planes(2, n, n);
        Planes& scratch = ws.planes(3, n, n);
        begin_with_decay(minus_decay_, rho, minus, f, scratch, sum_scratch, ws.threads());
        for (const SparseCoupling& coupling : couplings_) {
            const auto columns = static_cast<Index>(coupling.rows.size());
            linalg::parallel_ranges(ws.threads(), columns, [&](Index first, Index count) {
                gather(coupling, rho, minus, first, count, x);
                if (coupling.lambda.rows() == 0)
                    multiply(coupling.flat_lambda, x, first, count, y);
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

  private:
    /// Columns [first, first + count) of x = the non-empty columns of ρA†.
    static void gather(const SparseCoupling& coupling, const ConstRef& rho, const RealMatrix& minus,
                       Index first, Index count, Planes& x) {
        for (Index i = first; i < first + count; ++i) {
            auto plus_out = x.plus.col(i), minus_out = x.minus.col(i);
            plus_out.setZero();
            minus_out.setZero();
            const Index r = coupling.rows[static_cast<std::size_t>(i)];
            for (RowMajorSparse::InnerIterator it(coupling.a, r); it; ++it) {
                const double re = it.value().real(), im = it.value().imag();
                plus_out += re * rho.col(it.col()) - im * minus.col(it.col());
                minus_out += re * minus.col(it.col()) + im * rho.col(it.col());
            }
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

    Factor minus_decay_;
    std::vector<SparseCoupling> couplings_;
};

}  // namespace

std::unique_ptr<Kernel> sparse_kernel(const System& system, const ComplexMatrix& decay, bool lamb_shift) {
    return std::make_unique<SparseKernel>(system, decay, lamb_shift);
}

}  // namespace redfield::generator
