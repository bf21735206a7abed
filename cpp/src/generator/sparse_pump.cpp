#include "equation/eigen_couplings.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

using linalg::BasicFactor;
using linalg::Store;

namespace {

template <class Scalar>
using Rows = Eigen::SparseMatrix<std::complex<Scalar>, Eigen::RowMajor>;
template <class Scalar>
using Columns = Eigen::SparseMatrix<std::complex<Scalar>>;

/// One coupling in the given basis. Column r of ρA† is Σ_c A*_rc ρ_c, so only the rows of A that are not
/// empty give columns, and only those columns meet the dense UΛU†.
template <class Scalar>
struct SparseCoupling {
    Rows<Scalar> a;
    std::vector<Index> rows;
    BasicFactor<Scalar> lambda;     ///< UΛU†, or empty:
    Columns<Scalar> sparse_lambda;  ///< f A where f is one number, or a Λ that was given

    template <class Other>
    SparseCoupling<Other> as() const {
        using Number = std::complex<Other>;
        return {a.template cast<Number>(), rows, BasicFactor<Other>(lambda),
                sparse_lambda.template cast<Number>()};
    }
};

bool is_flat(const ComplexMatrix& left) { return (left.array() == left(0, 0)).all(); }

Rows<double> in_rows(const Operator& op) {
    Rows<double> a;
    if (const auto* sparse = std::get_if<SparseMatrix>(&op))
        a = *sparse;
    else
        a = std::get<ComplexMatrix>(op).sparseView();
    a.prune(Complex(0.0));
    return a;
}

std::vector<Index> occupied_rows(const Rows<double>& a) {
    std::vector<Index> rows;
    for (Index r = 0; r < a.rows(); ++r)
        if (Rows<double>::InnerIterator(a, r)) rows.push_back(r);
    return rows;
}

template <class Scalar>
class SparsePump final : public BasicPump<Scalar> {
    using Matrix = MatrixOf<Scalar>;
    using Rho = ConstRefOf<Scalar>;
    using Planes = linalg::BasicPlanes<Scalar>;
    using BasicPump<Scalar>::own_slots;

  public:
    SparsePump(const System& system, const equation::SeparableKernel& kernel) {
        const auto& operators = std::get<Operators>(system.couplings());
        for (std::size_t j = 0; j < operators.size(); ++j) {
            linalg::poll();
            SparseCoupling<Scalar>& coupling = begin(operators[j]);
            const ComplexMatrix left =
                kernel.left(static_cast<std::size_t>(system.baths().of_coupling[j]));
            if (is_flat(left))
                coupling.sparse_lambda = SparseMatrix(coupling.a) * left(0, 0);
            else
                coupling.lambda = BasicFactor<Scalar>(
                    system.eigensystem().from_eigenbasis(equation::term(system, kernel, j).lambda));
        }
    }

    /// With Λ_j given as sparse matrices in the given basis.
    SparsePump(const System& system, const std::vector<SparseMatrix>& lambdas) {
        const auto& operators = std::get<Operators>(system.couplings());
        for (std::size_t j = 0; j < operators.size(); ++j) begin(operators[j]).sparse_lambda = lambdas[j];
    }

    template <class Other>
    explicit SparsePump(const SparsePump<Other>& of) {
        for (const SparseCoupling<Other>& coupling : of.couplings_)
            couplings_.push_back(coupling.template as<Scalar>());
    }

    Frame frame() const override { return Frame::given; }
    std::shared_ptr<const BasicPump<float>> single() const override {
        return std::make_shared<SparsePump<float>>(*this);
    }

    void add(const Rho& rho, const Matrix& minus, Planes& f,
             linalg::BasicWorkspace<Scalar>& ws) const override {
        const Index n = rho.rows();
        Matrix& sum_scratch = ws.matrix(own_slots, n, n);
        Planes& x = ws.planes(own_slots, n, n);
        Planes& y = ws.planes(own_slots + 1, n, n);
        Planes& scratch = ws.planes(own_slots + 2, n, n);
        for (const SparseCoupling<Scalar>& coupling : couplings_) {
            const auto columns = static_cast<Index>(coupling.rows.size());
            linalg::parallel_ranges(ws.threads(), columns, [&](Index first, Index count) {
                for (Index i = first; i < first + count; ++i)
                    gather(coupling.a, coupling.rows[static_cast<std::size_t>(i)], rho, minus,
                           x.plus.col(i), x.minus.col(i));
                if (coupling.lambda.rows() != 0 && columns == n) {  // as of diagonal couplings
                    linalg::left_multiply<Scalar>(coupling.lambda, x.plus, x.minus, first, count,
                                                  Store::add, f, scratch, sum_scratch);
                    return;
                }
                if (coupling.lambda.rows() == 0)
                    multiply(coupling.sparse_lambda, x, first, count, y);
                else
                    linalg::left_multiply<Scalar>(coupling.lambda, x.plus, x.minus, first, count,
                                                  Store::assign, y, scratch, sum_scratch);
                for (Index i = first; i < first + count; ++i) {
                    const Index r = coupling.rows[static_cast<std::size_t>(i)];
                    f.plus.col(r) += y.plus.col(i);
                    f.minus.col(r) += y.minus.col(i);
                }
            });
        }
    }

  private:
    template <class Other>
    friend class SparsePump;

    SparseCoupling<Scalar>& begin(const Operator& op) {
        SparseCoupling<Scalar> coupling;
        coupling.a = in_rows(op);
        coupling.rows = occupied_rows(coupling.a);
        couplings_.push_back(std::move(coupling));
        return couplings_.back();
    }

    /// Column r of ρA†.
    template <class Column>
    static void gather(const Rows<Scalar>& a, Index r, const Rho& rho, const Matrix& minus,
                       Column&& plus_out, Column&& minus_out) {
        bool started = false;
        for (typename Rows<Scalar>::InnerIterator it(a, r); it; ++it) {
            const Scalar re = it.value().real(), im = it.value().imag();
            const auto plus = rho.col(it.col());
            const auto other = minus.col(it.col());
            if (!started && im == Scalar(0)) {
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
    static void multiply(const Columns<Scalar>& lambda, const Planes& x, Index first, Index count,
                         Planes& y) {
        y.plus.middleCols(first, count).setZero();
        y.minus.middleCols(first, count).setZero();
        for (Index i = first; i < first + count; ++i)
            for (Index c = 0; c < lambda.outerSize(); ++c)
                for (typename Columns<Scalar>::InnerIterator it(lambda, c); it; ++it) {
                    const Scalar re = it.value().real(), im = it.value().imag();
                    y.plus(it.row(), i) += re * x.plus(c, i) + im * x.minus(c, i);
                    y.minus(it.row(), i) += re * x.minus(c, i) - im * x.plus(c, i);
                }
    }

    std::vector<SparseCoupling<Scalar>> couplings_;
};

}  // namespace

std::shared_ptr<const Pump> sparse_pump(const System& system, const equation::SeparableKernel& kernel) {
    return std::make_shared<SparsePump<double>>(system, kernel);
}

std::shared_ptr<const Pump> quasilocal_pump(const System& system,
                                            const std::vector<SparseMatrix>& lambdas) {
    return std::make_shared<SparsePump<double>>(system, lambdas);
}

}  // namespace redfield::generator
