#include "equation/eigen_couplings.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

using linalg::Factor;
using linalg::Planes;
using linalg::Store;

namespace {

/// Λ_j(ρB_j†): every product acts on columns, so threads never wait for each other.
class DensePump final : public Pump {
  public:
    /// Of terms that are made one at a time.
    template <class TermOf>
    DensePump(std::size_t count, TermOf&& term_of) {
        for (std::size_t j = 0; j < count; ++j) {
            linalg::poll();
            const equation::Term& t = term_of(j);
            adjoint_.emplace_back(ComplexMatrix(t.b.adjoint()));
            lambda_.emplace_back(t.lambda);
            needs_sum_ = needs_sum_ || !adjoint_.back().is_real();
        }
    }

    Frame frame() const override { return Frame::eigenbasis; }

    void add(const ConstRef& rho, const RealMatrix& minus, Planes& f,
             linalg::Workspace& ws) const override {
        const Index n = rho.rows();
        RealMatrix& sum = ws.matrix(own_slots, n, n);
        RealMatrix& sum_scratch = ws.matrix(own_slots + 1, n, n);
        Planes& x = ws.planes(own_slots, n, n);
        Planes& scratch = ws.planes(own_slots + 1, n, n);
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            if (needs_sum_)
                sum.middleCols(first, count) =
                    rho.middleCols(first, count) + minus.middleCols(first, count);
        });
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            for (std::size_t j = 0; j < lambda_.size(); ++j) {
                linalg::right_multiply(rho, minus, sum, adjoint_[j], first, count, Store::assign, x,
                                       scratch);
                linalg::left_multiply(lambda_[j], x.plus, x.minus, first, count, Store::add, f, scratch,
                                      sum_scratch);
            }
        });
    }

  private:
    std::vector<Factor> adjoint_, lambda_;
    bool needs_sum_ = false;
};

}  // namespace

std::shared_ptr<const Pump> dense_pump(const System& system, const equation::SeparableKernel& kernel) {
    return std::make_shared<DensePump>(static_cast<std::size_t>(count(system.couplings())),
                                       [&](std::size_t j) { return equation::term(system, kernel, j); });
}

std::shared_ptr<const Pump> dense_pump(const std::vector<equation::Term>& terms) {
    return std::make_shared<DensePump>(terms.size(),
                                       [&](std::size_t j) -> const equation::Term& { return terms[j]; });
}

}  // namespace redfield::generator
