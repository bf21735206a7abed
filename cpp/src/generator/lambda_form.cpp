#include "redfield/generator/lambda_form.hpp"

#include <algorithm>

#include "generator/bounds.hpp"
#include "generator/kernel.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/equation/pair_kernel.hpp"
#include "system/require_operator.hpp"

namespace redfield {

namespace {

const Complex i_unit(0.0, 1.0);

/// Rounding by which a Hamiltonian may differ from its adjoint, and two of one sum from each other,
/// relative to the largest entry.
constexpr double hermitian_tolerance = 1e-10, same_hamiltonian = 1e-13;

double largest(const SparseMatrix& m) { return m.nonZeros() == 0 ? 0.0 : m.coeffs().abs().maxCoeff(); }

bool is_sparse(const LambdaForm& form) { return form.eigensystem.is_given_basis(); }

bool is_jump(const LambdaTerm& term) {
    return std::visit([](const auto& m) { return m.size() == 0; }, term.lambda);
}

bool is_stored_sparse(const Operator& a) { return std::holds_alternative<SparseMatrix>(a); }

void check(const SiteFactor& factor, Index n) {
    const auto size = static_cast<Index>(factor.support.size());
    require(factor.site >= 0 && factor.site < n, "LambdaForm: there is no site ", factor.site);
    require(factor.left.rows() == size && factor.right.rows() == size &&
                factor.left.cols() == factor.right.cols() && factor.left.allFinite() &&
                factor.right.allFinite(),
            "LambdaForm: the factors of site ", factor.site, " do not fit its support");
    for (const std::int32_t s : factor.support)
        require(s >= 0 && s < n, "LambdaForm: the support of site ", factor.site, " leaves the system");
}

void check(const ProjectorTerms& terms, Index n) {
    require(terms.weights.size() == static_cast<Index>(terms.sites.size()) && terms.weights.allFinite(),
            "LambdaForm: site projectors need one finite weight each");
    for (const Index s : terms.sites)
        require(s >= 0 && s < n, "LambdaForm: a projector is on site ", s, ", the system has ", n,
                " levels");
    system::require_operator(terms.f, n, "LambdaForm: f of the site projectors");
    require(terms.g.size() == 0 || (terms.g.rows() == n && terms.g.cols() == n && terms.g.allFinite()),
            "LambdaForm: g of the site projectors does not fit the system");
}

void check_sparse(const LambdaForm& form) {
    const SparseMatrix& h = form.hamiltonian;
    system::require_operator(h, form.dimension(), "LambdaForm: the Hamiltonian");
    const SparseMatrix defect = h - SparseMatrix(h.adjoint());
    require(largest(defect) <= hermitian_tolerance * largest(h),
            "LambdaForm: the Hamiltonian is not Hermitian");
    require(form.frame == Frame::given && form.projectors.empty(),
            "LambdaForm: beside a sparse Hamiltonian everything is in the basis it was given in, and "
            "site projectors are sparse terms");
    require(is_stored_sparse(form.decay), "LambdaForm: K must be sparse beside a sparse Hamiltonian");
    for (const LambdaTerm& term : form.terms)
        require(is_stored_sparse(term.b) && (is_jump(term) || is_stored_sparse(term.lambda)),
                "LambdaForm: terms must be sparse beside a sparse Hamiltonian");
}

}  // namespace

void check(const LambdaForm& form) {
    const Index n = form.dimension();
    system::require_operator(form.decay, n, "LambdaForm: K");
    for (const LambdaTerm& term : form.terms) {
        if (!is_jump(term)) system::require_operator(term.lambda, n, "LambdaForm: a Lambda");
        system::require_operator(term.b, n, "LambdaForm: a coupling");
    }
    if (is_sparse(form)) {
        check_sparse(form);
    } else {
        require(form.hamiltonian.size() == 0 && form.factors.empty(),
                "LambdaForm: a sparse Hamiltonian and site factors need the given basis's eigensystem");
        require(!is_stored_sparse(form.decay), "LambdaForm: K must be dense beside an eigensystem");
        require(form.projectors.empty() || form.frame == Frame::eigenbasis,
                "LambdaForm: site projectors need the eigenbasis");
    }
    for (const SiteFactor& factor : form.factors) check(factor, n);
    for (const ProjectorTerms& terms : form.projectors) check(terms, n);
}

namespace {

Operator transposed(const Operator& a) {
    return std::visit([](const auto& m) -> Operator { return std::decay_t<decltype(m)>(m.transpose()); },
                      a);
}

}  // namespace

LambdaForm transposed(const LambdaForm& form) {
    const Eigensystem& e = form.eigensystem;
    LambdaForm out{
        is_sparse(form) ? e : Eigensystem(e.energies(), ComplexMatrix(e.eigenvectors().conjugate())),
        SparseMatrix(form.hamiltonian.transpose()), form.frame, transposed(form.decay)};
    for (const LambdaTerm& t : form.terms) out.terms.push_back({transposed(t.lambda), transposed(t.b)});
    for (const SiteFactor& f : form.factors)  // (left right†)ᵀ = right* (left*)†
        out.factors.push_back({f.site, f.support, f.right.conjugate(), f.left.conjugate()});
    for (const ProjectorTerms& p : form.projectors)
        out.projectors.push_back({p.sites, p.weights, p.f.transpose(), p.g.transpose()});
    out.is_adjoint = !form.is_adjoint;
    return out;
}

LambdaForm operator+(LambdaForm a, const LambdaForm& b) {
    require(a.eigensystem == b.eigensystem,
            "sum: the second form does not have the eigensystem of the first");
    require(a.frame == b.frame, "sum: the second form is not in the basis of the first");
    if (is_sparse(a)) {
        const double defect = largest(SparseMatrix(a.hamiltonian - b.hamiltonian));
        require(defect <= same_hamiltonian * largest(a.hamiltonian),
                "sum: the second form has another Hamiltonian than the first, by ", defect);
        a.decay = SparseMatrix(std::get<SparseMatrix>(a.decay) + std::get<SparseMatrix>(b.decay));
    } else {
        std::get<ComplexMatrix>(a.decay) += std::get<ComplexMatrix>(b.decay);
    }
    a.terms.insert(a.terms.end(), b.terms.begin(), b.terms.end());
    a.factors.insert(a.factors.end(), b.factors.begin(), b.factors.end());
    a.projectors.insert(a.projectors.end(), b.projectors.begin(), b.projectors.end());
    a.is_adjoint = a.is_adjoint || b.is_adjoint;
    a.equation = nullptr;
    a.system = nullptr;
    return a;
}

namespace generator {

namespace {

/// H without a mean that is larger than all the rest: it would take the digits of that.
SparseMatrix centred(const SparseMatrix& h) {
    const RealVector diagonal = ComplexMatrix(h.diagonal()).real();
    const double middle = 0.5 * (diagonal.minCoeff() + diagonal.maxCoeff());
    SparseMatrix one(h.rows(), h.cols());
    one.setIdentity();
    SparseMatrix out = h - SparseMatrix(Complex(middle) * one);
    return std::abs(middle) > largest(out) ? out : h;
}

}  // namespace

SparseMatrix sparse_drift(const LambdaForm& form, Part part) {
    const auto& k = std::get<SparseMatrix>(form.decay);
    if (part == Part::dissipator) return -k;
    return SparseMatrix(-i_unit * centred(form.hamiltonian)) - k;
}

}  // namespace generator

const System* LambdaForm::near_system() const {
    return equation != nullptr ? &equation->system : system.get();
}

SpectralBounds LambdaForm::bounds() const {
    if (!is_sparse(*this)) {
        const System* near = near_system();
        const bool positive = near != nullptr ? std::holds_alternative<SiteProjectors>(near->couplings())
                                              : terms.empty() && !projectors.empty();
        return generator::spectral_bounds(eigensystem.bandwidth(), std::get<ComplexMatrix>(decay),
                                          positive);
    }
    return generator::spectral_bounds(generator::sparse_drift(*this, generator::Part::whole));
}

}  // namespace redfield
