#include "equation/eigen_couplings.hpp"
#include "generator/pump.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

using linalg::BasicFactor;
using linalg::BasicPlanes;
using linalg::Store;

namespace {

/// Λ_j(ρB_j†): every product acts on columns, so threads never wait for each other.
template <class Scalar>
class DensePump final : public BasicPump<Scalar> {
    using Matrix = MatrixOf<Scalar>;
    using BasicPump<Scalar>::own_slots;

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

    template <class Other>
    explicit DensePump(const DensePump<Other>& of)
        : adjoint_(of.adjoint_.begin(), of.adjoint_.end()),
          lambda_(of.lambda_.begin(), of.lambda_.end()),
          needs_sum_(of.needs_sum_) {}

    Frame frame() const override { return Frame::eigenbasis; }
    std::shared_ptr<const BasicPump<float>> single() const override {
        return std::make_shared<DensePump<float>>(*this);
    }

    void add(const ConstRefOf<Scalar>& rho, const Matrix& minus, BasicPlanes<Scalar>& f,
             linalg::BasicWorkspace<Scalar>& ws) const override {
        const Index n = rho.rows();
        Matrix& sum = ws.matrix(own_slots, n, n);
        Matrix& sum_scratch = ws.matrix(own_slots + 1, n, n);
        BasicPlanes<Scalar>& x = ws.planes(own_slots, n, n);
        BasicPlanes<Scalar>& scratch = ws.planes(own_slots + 1, n, n);
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            if (needs_sum_)
                sum.middleCols(first, count) =
                    rho.middleCols(first, count) + minus.middleCols(first, count);
        });
        linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            for (std::size_t j = 0; j < lambda_.size(); ++j) {
                linalg::right_multiply<Scalar>(rho, minus, sum, adjoint_[j], first, count, Store::assign,
                                               x, scratch);
                linalg::left_multiply<Scalar>(lambda_[j], x.plus, x.minus, first, count, Store::add, f,
                                              scratch, sum_scratch);
            }
        });
    }

  private:
    template <class Other>
    friend class DensePump;
    std::vector<BasicFactor<Scalar>> adjoint_, lambda_;
    bool needs_sum_ = false;
};

}  // namespace

std::shared_ptr<const Pump> dense_pump(const System& system, const equation::SeparableKernel& kernel) {
    return std::make_shared<DensePump<double>>(
        static_cast<std::size_t>(count(system.couplings())),
        [&](std::size_t j) { return equation::term(system, kernel, j); });
}

std::shared_ptr<const Pump> dense_pump(const std::vector<equation::Term>& terms) {
    return std::make_shared<DensePump<double>>(
        terms.size(), [&](std::size_t j) -> const equation::Term& { return terms[j]; });
}

}  // namespace redfield::generator
