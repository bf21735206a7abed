#include "generator/kernel.hpp"
#include "linalg/planar_products.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"

// F += Λ_j(ρB_j†), two products of planes a coupling, two to three real products each. Every product acts
// on columns, so that threads never wait for each other. The plain kernel: all others equal it.

namespace redfield::generator {

using linalg::BasicFactor;
using linalg::BasicPlanes;
using linalg::Buffer;
using linalg::LeftFactor;
using linalg::Store;

namespace {

template <class Scalar>
class DenseTerms final : public GainTerms<Scalar> {
    using Matrix = MatrixOf<Scalar>;

  public:
    /// One term; a jump operator where Λ has size 0.
    void push(const ComplexMatrix& lambda, const ComplexMatrix& b) {
        adjoint_.emplace_back(ComplexMatrix(b.adjoint()));
        lambda_.emplace_back(lambda.size() == 0 ? ComplexMatrix(0.5 * b) : lambda);
    }
    bool empty() const { return lambda_.empty(); }

    void add(const ConstRefOf<Scalar>& rho, const Matrix& minus, BasicPlanes<Scalar>& f,
             linalg::BasicWorkspace<Scalar>& ws) const override {
        const Index n = rho.rows();
        BasicPlanes<Scalar>& x = ws.planes(Buffer::x, n, n);
        base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            for (std::size_t j = 0; j < lambda_.size(); ++j) {
                // X = ρB†, F += ΛX
                linalg::right_multiply<Scalar>(rho, minus, adjoint_[j], first, count, Store::assign, x);
                linalg::left_multiply<Scalar>(lambda_[j], x.plus, x.minus, first, count, Store::add, f);
            }
        });
    }

  private:
    std::vector<BasicFactor<Scalar>> adjoint_;
    std::vector<LeftFactor<Scalar>> lambda_;
};

ComplexMatrix dense(const Operator& a) {
    return std::visit([](const auto& m) { return ComplexMatrix(m); }, a);
}

}  // namespace

template <class Scalar>
std::shared_ptr<const GainTerms<Scalar>> dense_terms(const LambdaForm& form) {
    if (form.terms.empty() && (form.projectors.empty() || works_in_given_basis(form))) return nullptr;
    auto out = std::make_shared<DenseTerms<Scalar>>();
    for (const LambdaTerm& term : form.terms) {
        base::poll();
        if (const auto* b = std::get_if<ComplexMatrix>(&term.b)) out->push(dense(term.lambda), *b);
    }
    for (const ProjectorTerms& terms : form.projectors) {
        if (are_plain(terms) || are_jumps(terms)) continue;
        const ComplexMatrix v = columns_of(terms, form.eigensystem), g = terms.g.cast<Complex>();
        for (Index j = 0; j < v.cols(); ++j) {
            base::poll();
            const ComplexMatrix a = v.col(j) * v.col(j).adjoint();
            out->push(terms.f.cwiseProduct(a), g.cwiseProduct(a));
        }
    }
    return out->empty() ? nullptr : out;
}

template std::shared_ptr<const GainTerms<double>> dense_terms(const LambdaForm&);
template std::shared_ptr<const GainTerms<float>> dense_terms(const LambdaForm&);

}  // namespace redfield::generator
