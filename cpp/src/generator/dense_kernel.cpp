#include "redfield/equation/one_sided.hpp"
#include "redfield/generator/kernel.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

using linalg::Factor;
using linalg::Planes;
using linalg::Store;

namespace {

/// F = Σ_j Λ_j(ρA_j†) − Sρ: every product acts on columns, so threads never wait for each other.
class DenseKernel final : public Kernel {
  public:
    DenseKernel(Index count, const std::function<Term(Index)>& term, const ComplexMatrix& decay)
        : minus_decay_(ComplexMatrix(-decay)) {
        for (Index j = 0; j < count; ++j) {
            linalg::poll();
            const Term t = term(j);
            adjoint_.emplace_back(ComplexMatrix(t.a.adjoint()));
            lambda_.emplace_back(t.lambda);
            needs_sum_ = needs_sum_ || !adjoint_.back().is_real();
        }
    }

    Frame frame() const override { return Frame::eigenbasis; }

    void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override {
        const Index n = rho.rows();
        RealMatrix& minus = ws.matrix(0, n, n);
        RealMatrix& sum = ws.matrix(1, n, n);
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::transpose_columns(rho, first, count, minus);
            if (needs_sum_)
                sum.middleCols(first, count) =
                    rho.middleCols(first, count) + minus.middleCols(first, count);
        });
        Planes& f = ws.planes(0, n, n);
        Planes& x = ws.planes(1, n, n);
        Planes& scratch = ws.planes(2, n, n);
        RealMatrix& sum_scratch = ws.matrix(2, n, n);
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::left_multiply(minus_decay_, rho, minus, first, count, Store::assign, f, scratch,
                                  sum_scratch);
            for (std::size_t j = 0; j < lambda_.size(); ++j) {
                linalg::right_multiply(rho, minus, sum, adjoint_[j], first, count, Store::assign, x,
                                       scratch);
                linalg::left_multiply(lambda_[j], x.plus, x.minus, first, count, Store::add, f, scratch,
                                      sum_scratch);
            }
        });
        add_adjoint(f, out, ws.threads());
    }

  private:
    Factor minus_decay_;
    std::vector<Factor> adjoint_, lambda_;
    bool needs_sum_ = false;
};

}  // namespace

std::unique_ptr<Kernel> dense_kernel(Index count, const std::function<Term(Index)>& term,
                                     const ComplexMatrix& decay) {
    return std::make_unique<DenseKernel>(count, term, decay);
}

std::unique_ptr<Kernel> dense_kernel(const System& system, const ComplexMatrix& decay, bool lamb_shift) {
    const auto& operators = std::get<Operators>(system.couplings());
    const auto redfield_term = [&](Index i) {
        const auto j = static_cast<std::size_t>(i);
        ComplexMatrix a = equation::operator_in_eigenbasis(system, operators[j]);
        ComplexMatrix lambda =
            equation::one_sided_table(system.baths().of(j), lamb_shift).cwiseProduct(a);
        return Term{std::move(a), std::move(lambda)};
    };
    return dense_kernel(static_cast<Index>(operators.size()), redfield_term, decay);
}

}  // namespace redfield::generator
