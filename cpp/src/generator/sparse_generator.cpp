#include "redfield/generator/sparse_generator.hpp"

#include <string>

#include "generator/single.hpp"
#include "generator/sparse_form.hpp"
#include "linalg/lanczos.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/monitor.hpp"
#include "system/require_operator.hpp"

namespace redfield {

namespace {

const Complex i_unit(0.0, 1.0);

void check(const SparseMatrix& m, Index n, const char* what) {
    require_operator(m, n, "SparseGenerator: ", what);
}

void check(const SiteFactor& factor, Index n) {
    const auto size = static_cast<Index>(factor.support.size());
    require(factor.site >= 0 && factor.site < n, "SparseGenerator: there is no site ", factor.site);
    require(factor.left.rows() == size && factor.right.rows() == size &&
                factor.left.cols() == factor.right.cols() && factor.left.allFinite() &&
                factor.right.allFinite(),
            "SparseGenerator: the factors of site ", factor.site, " do not fit its support");
    for (const std::int32_t s : factor.support)
        require(s >= 0 && s < n, "SparseGenerator: the support of site ", factor.site,
                " leaves the system");
}

SparseMatrix compressed(const SparseMatrix& m) {
    SparseMatrix out = m;
    out.makeCompressed();
    return out;
}

SparseMatrix decay_of(Index n, const std::vector<SparseMatrix>& jumps) {
    SparseMatrix k(n, n);
    for (const SparseMatrix& l : jumps) {
        check(l, n, "a jump operator");
        k += SparseMatrix(0.5 * (SparseMatrix(l.adjoint()) * l));
    }
    return k;
}

std::vector<SparseTerm> terms_of(const std::vector<SparseMatrix>& jumps) {
    std::vector<SparseTerm> terms;
    terms.reserve(jumps.size());
    for (const SparseMatrix& l : jumps) terms.push_back({SparseMatrix(), l});
    return terms;
}

/// H without a mean that is larger than all the rest: it would take the digits of that.
SparseMatrix centred(const SparseMatrix& h) {
    const RealVector diagonal = ComplexMatrix(h.diagonal()).real();
    const double middle = 0.5 * (diagonal.minCoeff() + diagonal.maxCoeff());
    SparseMatrix one(h.rows(), h.cols());
    one.setIdentity();
    SparseMatrix out = h - SparseMatrix(Complex(middle) * one);
    return std::abs(middle) > out.coeffs().abs().maxCoeff() ? out : h;
}

/// As generator/bounds.hpp says, by Lanczos' method.
SpectralBounds bounds_of(const SparseMatrix& drift) {
    const SparseMatrix adjoint = drift.adjoint();
    const linalg::Range h = linalg::spectral_range(SparseMatrix(0.5 * i_unit * (drift - adjoint)));
    const linalg::Range k = linalg::spectral_range(SparseMatrix(-(drift + adjoint)));
    const double rate = 2.0 * std::max(std::abs(k.least), std::abs(k.most));
    return {h.most - h.least + 0.02 * rate, rate};
}

}  // namespace

SparseGenerator::SparseGenerator(const SparseMatrix& hamiltonian, const SparseMatrix& decay,
                                 std::vector<SparseTerm> terms, std::vector<SiteFactor> factors)
    : Generator(Eigensystem::given_basis(hamiltonian.rows())),
      hamiltonian_(compressed(hamiltonian)),
      terms_(std::move(terms)),
      factors_(std::make_shared<const std::vector<SiteFactor>>(std::move(factors))) {
    const Index n = hamiltonian.rows();
    check(hamiltonian, n, "the Hamiltonian");
    check(decay, n, "K");
    const SparseMatrix adjoint = hamiltonian.adjoint();
    const double scale = hamiltonian.nonZeros() == 0 ? 0.0 : hamiltonian.coeffs().abs().maxCoeff();
    const SparseMatrix defect = hamiltonian - adjoint;
    require(defect.nonZeros() == 0 || defect.coeffs().abs().maxCoeff() <= 1e-10 * scale,
            "SparseGenerator: the Hamiltonian is not Hermitian");
    for (SparseTerm& term : terms_) {
        if (term.lambda.size() != 0) check(term.lambda, n, "a Lambda");
        check(term.b, n, "a coupling");
        term = {compressed(term.lambda), compressed(term.b)};
    }
    for (const SiteFactor& factor : *factors_) check(factor, n);
    decay_ = compressed(decay);
    drift_ = SparseMatrix(-i_unit * centred(hamiltonian)) - decay;
    form_ = std::make_unique<const generator::SparseForm<double>>(drift_, terms_, factors_);
    bounds_ = bounds_of(drift_);
}

SparseGenerator::SparseGenerator(const SparseMatrix& hamiltonian, const std::vector<SparseMatrix>& jumps)
    : SparseGenerator(hamiltonian, decay_of(hamiltonian.rows(), jumps), terms_of(jumps)) {}

SparseGenerator::SparseGenerator(Transposed, const SparseGenerator& of)
    : Generator(of.eigensystem()),
      hamiltonian_(of.hamiltonian_.transpose()),
      drift_(of.drift_.transpose()),
      decay_(of.decay_.transpose()),
      factors_(of.factors_),
      bounds_(of.bounds_),
      is_transposed_(!of.is_transposed_) {
    require(factors_->empty(), "adjoint: site factors have no adjoint yet; use sparse terms");
    for (const SparseTerm& term : of.terms_)
        terms_.push_back({SparseMatrix(term.lambda.transpose()), SparseMatrix(term.b.transpose())});
    form_ = std::make_unique<const generator::SparseForm<double>>(drift_, terms_, factors_);
}

SparseGenerator::~SparseGenerator() = default;
SparseGenerator::SparseGenerator(SparseGenerator&&) noexcept = default;

void SparseGenerator::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    form_->apply(rho, out, ws);
}

void SparseGenerator::apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    dissipate(rho, out, ws);
}

void SparseGenerator::apply_in_given_basis(const ConstRef& rho, MutableRef out,
                                           linalg::Workspace& ws) const {
    dissipate(rho, out, ws);
}

Dissipator SparseGenerator::dissipator(linalg::Workspace& ws) const {
    const Index n = dimension(), size = n * n;
    const ComplexMatrix h = i_unit * ComplexMatrix(drift_ + decay_);
    Eigensystem eigensystem(0.5 * (h + h.adjoint()));
    const generator::SparseForm<double> rest(SparseMatrix(-decay_), terms_, factors_);
    RealMatrix matrix(size, size), unit = RealMatrix::Zero(n, n), change(n, n);
    for (Index i = 0; i < size; ++i) {
        linalg::poll();
        unit.data()[i] = 1.0;
        rest.apply(eigensystem.from_eigenbasis(unit, 1), change, ws);
        unit.data()[i] = 0.0;
        Eigen::Map<RealMatrix>(matrix.col(i).data(), n, n) = eigensystem.to_eigenbasis(change, 1);
    }
    return {std::move(eigensystem), std::move(matrix)};
}

std::shared_ptr<const SingleGenerator> SparseGenerator::single() const {
    using Form = generator::SparseForm<float>;
    return std::make_shared<generator::SingleInGivenBasis<Form>>(Form(*form_));
}

std::shared_ptr<const Generator> SparseGenerator::transposed() const {
    return std::shared_ptr<const Generator>(new SparseGenerator(Transposed{}, *this));
}

}  // namespace redfield
