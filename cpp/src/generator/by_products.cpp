#include "generator/by_products.hpp"

#include "generator/pump.hpp"
#include "redfield/generator/matrix_free.hpp"

namespace redfield::generator {

namespace {

std::vector<equation::Term> transposed_terms(const std::vector<equation::Term>& terms) {
    std::vector<equation::Term> out;
    for (const equation::Term& t : terms) out.push_back({t.lambda.transpose(), t.b.transpose()});
    return out;
}

class ByProducts final : public MatrixFree {
  public:
    ByProducts(const Eigensystem& eigensystem, const std::vector<equation::Term>& terms,
               ComplexMatrix decay)
        : MatrixFree(System(conjugate(eigensystem), Operators{}, Baths{}),
                     dense_pump(transposed_terms(terms)), decay),
          decay_(std::move(decay)) {}
    ComplexMatrix decay() const override { return decay_; }
    bool conserves_trace() const override { return false; }

  private:
    ComplexMatrix decay_;
};

}  // namespace

Eigensystem conjugate(const Eigensystem& of) {
    return {of.energies(), ComplexMatrix(of.eigenvectors().conjugate())};
}

std::shared_ptr<const Generator> adjoint_by_products(const Eigensystem& eigensystem,
                                                     const std::vector<equation::Term>& terms,
                                                     const ComplexMatrix& decay) {
    return std::make_shared<ByProducts>(eigensystem, terms, ComplexMatrix(decay.transpose()));
}

}  // namespace redfield::generator
