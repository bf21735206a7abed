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
    Factor lambda;
};

class SparseKernel final : public Kernel {
  public:
    SparseKernel(const System& system, const ComplexMatrix& decay, bool lamb_shift) {
        const ComplexMatrix u = system.eigensystem().eigenvectors();
        minus_decay_ = Factor(ComplexMatrix(-(u * decay * u.adjoint())));
        const auto& operators = std::get<Operators>(system.couplings());
        for (std::size_t j = 0; j < operators.size(); ++j) {
            const auto bath = static_cast<std::size_t>(system.baths().of_coupling[j]);
            const ComplexMatrix lambda =
                equation::one_sided_table(system.baths().tables[bath], lamb_shift)
                    .cwiseProduct(equation::operator_in_eigenbasis(system, operators[j]));
            SparseCoupling coupling;
            if (const auto* sparse = std::get_if<SparseMatrix>(&operators[j]))
                coupling.a = *sparse;
            else
                coupling.a = std::get<ComplexMatrix>(operators[j]).sparseView();
            coupling.a.prune(Complex(0.0));
            for (Index r = 0; r < coupling.a.rows(); ++r)
                if (RowMajorSparse::InnerIterator(coupling.a, r)) coupling.rows.push_back(r);
            coupling.lambda = Factor(ComplexMatrix(u * lambda * u.adjoint()));
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
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::transpose_columns(rho, first, count, minus);
            linalg::left_multiply(minus_decay_, rho, minus, first, count, Store::assign, f, scratch,
                                  sum_scratch);
        });
        for (const SparseCoupling& coupling : couplings_) {
            const auto columns = static_cast<Index>(coupling.rows.size());
            linalg::parallel_ranges(ws.threads(), columns, [&](Index first, Index count) {
                gather(coupling, rho, minus, first, count, x);
                linalg::left_multiply(coupling.lambda, x.plus, x.minus, first, count, Store::assign, y,
                                      scratch, sum_scratch);
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

    Factor minus_decay_;
    std::vector<SparseCoupling> couplings_;
};

}  // namespace

std::unique_ptr<Kernel> sparse_kernel(const System& system, const ComplexMatrix& decay, bool lamb_shift) {
    return std::make_unique<SparseKernel>(system, decay, lamb_shift);
}

}  // namespace redfield::generator
