// Every kernel of a LambdaForm against the form written out with complex matrices, the plain reference.
#include <doctest/doctest.h>

#include "generator/kernel.hpp"
#include "generator/packed_sum.hpp"
#include "linalg/row_blocks.hpp"
#include "linalg/transpose.hpp"
#include "reference.hpp"

using namespace reference;
using redfield::Frame;
using redfield::LambdaForm;
using redfield::MatrixOf;
using redfield::SparseMatrix;
using redfield::generator::Part;

namespace {

const redfield::Bath weak = [](double w) { return 0.3 * one_sided_gamma(w); };

ComplexMatrix dense(const redfield::Operator& a) {
    return std::visit([](const auto& m) { return ComplexMatrix(m); }, a);
}

/// −Kρ − ρK† + Σ_j ( Λ_jρB_j† + h.c. ) in the form's basis.
ComplexMatrix dissipated(const LambdaForm& form, const ComplexMatrix& rho) {
    const Index n = form.dimension();
    ComplexMatrix f = -dense(form.decay) * rho;
    for (const redfield::LambdaTerm& t : form.terms) {
        const ComplexMatrix b = dense(t.b), lambda = dense(t.lambda);
        f += (lambda.size() == 0 ? ComplexMatrix(0.5 * b) : lambda) * rho * b.adjoint();
    }
    for (const redfield::SiteFactor& s : form.factors) {
        const ComplexMatrix lambda = s.left * s.right.adjoint();
        for (std::size_t r = 0; r < s.support.size(); ++r)
            for (std::size_t c = 0; c < s.support.size(); ++c)
                f(s.support[r], s.site) +=
                    lambda(static_cast<Index>(r), static_cast<Index>(c)) * rho(s.support[c], s.site);
    }
    for (const redfield::ProjectorTerms& p : form.projectors)
        for (std::size_t j = 0; j < p.sites.size(); ++j) {
            ComplexMatrix site = ComplexMatrix::Zero(n, n);
            site(p.sites[j], p.sites[j]) = p.weights[static_cast<Index>(j)];
            ComplexMatrix a = form.eigensystem.to_eigenbasis(site);
            const ComplexMatrix lambda = p.f.cwiseProduct(a);
            if (p.g.size() != 0) a.array() *= p.g.array().cast<Complex>();
            f += lambda * rho * a.adjoint();
        }
    return f + f.adjoint();
}

template <class Scalar>
void check_kernel(const redfield::generator::Kernel<Scalar>& kernel, const ComplexMatrix& rho,
                  const ComplexMatrix& expected, double tolerance) {
    const MatrixOf<Scalar> packed = redfield::pack(rho).cast<Scalar>();
    for (const int threads : {1, 2}) {
        redfield::linalg::BasicWorkspace<Scalar> ws(threads);
        MatrixOf<Scalar> out(rho.rows(), rho.cols());
        kernel.apply(packed, out, ws);
        const ComplexMatrix found = redfield::unpack(out.template cast<double>());
        CHECK((found - expected).norm() <= tolerance * (1.0 + expected.norm()));
    }
}

/// Both precisions in the form's own basis, and all of 𝓛 in the given one where kernels work there.
void check_form(const LambdaForm& form) {
    redfield::check(form);
    const ComplexMatrix rho = random_hermitian(form.dimension(), 90);
    const ComplexMatrix expected = dissipated(form, rho);
    const auto kernels = [&](auto scalar, double tolerance) {
        using Scalar = decltype(scalar);
        if (form.eigensystem.is_given_basis()) {
            check_kernel(*redfield::generator::make_kernel<Scalar>(form, Part::dissipator), rho, expected,
                         tolerance);
            return;
        }
        check_kernel(
            *redfield::generator::make_kernel(form, Part::dissipator, form.frame,
                                              redfield::generator::make_gains<Scalar>(form, form.frame)),
            rho, expected, tolerance);
    };
    kernels(1.0, 1e-13);
    kernels(1.0F, 1e-5);
    if (form.eigensystem.is_given_basis() || !redfield::generator::works_in_given_basis(form)) return;
    const redfield::Eigensystem& e = form.eigensystem;
    const ComplexMatrix h = e.from_eigenbasis(ComplexMatrix(e.energies().cast<Complex>().asDiagonal()));
    const bool is_given = form.frame == Frame::given;
    const ComplexMatrix inside = is_given ? rho : e.to_eigenbasis(rho);
    ComplexMatrix whole = dissipated(form, inside);
    if (!is_given) whole = e.from_eigenbasis(whole);
    whole -= Complex(0.0, 1.0) * (h * rho - rho * h);
    check_kernel(
        *redfield::generator::make_kernel(form, Part::whole, Frame::given,
                                          redfield::generator::make_gains<double>(form, Frame::given)),
        rho, whole, 1e-12);
}

/// Forms of every storage of terms.
std::vector<LambdaForm> forms(Index n) {
    using namespace redfield::equation;
    std::vector<LambdaForm> out;
    for (const ComplexMatrix& h :
         {random_hermitian(n, 1), ComplexMatrix(random_hermitian(n, 2).real().cast<Complex>())}) {
        std::vector<redfield::Bath> baths;
        for (Index j = 0; j < n; ++j) baths.push_back(j % 2 == 0 ? bath : weak);
        const redfield::System sites{h, redfield::SiteProjectors{n}, baths};
        const redfield::System matrices{
            h, redfield::Operators{random_matrix(n, 3), random_hermitian(n, 4)}, bath};
        redfield::Operators local;
        for (Index j = 0; j < 5; ++j) {
            SparseMatrix a(n, n);
            a.insert(j % n, 0) = Complex(0.3, 0.1 * static_cast<double>(j));
            local.emplace_back(a);
        }
        const redfield::System few{h, local, {bath, weak, bath, [](double) { return 0.5; }, weak}};
        for (const redfield::System& s : {sites, matrices, few}) {
            out.push_back(redfield::lambda_form(one_sided(s, true)));
            out.push_back(redfield::lambda_form(jumps(s, {})));
            out.push_back(redfield::lambda_form(geometric_arithmetic(s, true)));
        }
        out.push_back(out[0] + out[1] + out[2]);
        out.push_back(redfield::given_lambdas(
            matrices, std::vector<SparseMatrix>{random_sparse(n, 5), random_sparse(n, 6)}));
        LambdaForm with_jump = out[3];
        with_jump.equation = nullptr;
        with_jump.terms.push_back({ComplexMatrix(), random_matrix(n, 7)});
        with_jump.terms.push_back({SparseMatrix(), random_sparse(n, 8)});
        out.push_back(with_jump);
    }
    const SparseMatrix some = random_sparse(n, 9);
    redfield::SiteFactor factor{n / 2, {0, static_cast<std::int32_t>(n - 1)}, {}, {}};
    if (n == 1) factor.support = {0};
    const auto size = static_cast<Index>(factor.support.size());
    factor.left = random_matrix(3, 10).topRows(1).replicate(size, 1);
    factor.right = random_matrix(3, 11).topRows(1).replicate(size, 1);
    SparseMatrix diagonal(n, n);
    for (Index i = 0; i < n; ++i) diagonal.insert(i, i) = std::cos(static_cast<double>(i));
    out.push_back(redfield::sparse_form(
        SparseMatrix(some + SparseMatrix(some.adjoint())), random_sparse(n, 12),
        {{SparseMatrix(), random_sparse(n, 13)}, {random_sparse(n, 14), diagonal}, {some, some}},
        {factor}));
    return out;
}

}  // namespace

TEST_CASE("each storage of terms gives what the form says, in both precisions and on two threads") {
    for (const Index n : {1, 3, 9, 20})
        for (const LambdaForm& form : forms(n)) check_form(form);
}

TEST_CASE("the transposed form is the adjoint, and is applied by the same kernels") {
    for (const Index n : {2, 9})
        for (const LambdaForm& form : forms(n)) {
            const LambdaForm adjoint = redfield::transposed(form);
            check_form(adjoint);
            CHECK(adjoint.projectors.size() == form.projectors.size());
            const ComplexMatrix x = random_hermitian(n, 91), y = random_hermitian(n, 92);
            // tr(Y 𝓛X) = tr((𝓛†Y)X) with Yᵀ in the conjugate basis.
            const ComplexMatrix moved = dissipated(adjoint, y.transpose()).transpose();
            const Complex expected = (y * dissipated(form, x)).trace();
            CHECK(std::abs((moved * x).trace() - expected) < 1e-11 * x.norm() * y.norm());
            CHECK(redfield::transposed(adjoint).is_adjoint == form.is_adjoint);
        }
}

TEST_CASE("a form is checked: storage, bases and dimensions") {
    const auto all = forms(3);
    const auto refused = [](LambdaForm form, const auto& spoil) {
        spoil(form);
        CHECK_THROWS_AS(redfield::check(form), std::invalid_argument);
    };
    refused(all[0], [](LambdaForm& f) { f.frame = Frame::given; });
    refused(all[0], [](LambdaForm& f) { f.decay = SparseMatrix(3, 3); });
    refused(all[0], [](LambdaForm& f) { f.projectors[0].sites[0] = 3; });
    refused(all[0], [](LambdaForm& f) { f.projectors[0].f.resize(2, 3); });
    refused(all[0], [](LambdaForm& f) { f.factors = {{0, {0}, {}, {}}}; });
    refused(all[3], [](LambdaForm& f) { f.terms[0].lambda = random_matrix(2, 1); });
    refused(all.back(), [](LambdaForm& f) { f.decay = ComplexMatrix(dense(f.decay)); });
    refused(all.back(), [](LambdaForm& f) { f.terms[1].b = ComplexMatrix(dense(f.terms[1].b)); });
    CHECK_THROWS_AS(all[0] + forms(2)[0], std::invalid_argument);
    CHECK_THROWS_AS(all[0] + all.back(), std::invalid_argument);
}

TEST_CASE("the matrix summed over couplings is that of N² applications") {
    for (const Index n : {2, 5})
        for (const LambdaForm& form : forms(n)) {
            if (form.equation == nullptr) continue;
            const redfield::LambdaGenerator generator(form);
            redfield::linalg::Workspace ws(1);
            const RealMatrix plain = generator.redfield::Generator::packed_matrix(ws);
            const RealMatrix found = redfield::generator::packed_sum(*form.equation);
            CHECK((found - plain).norm() <= 1e-12 * plain.norm());
        }
}

namespace {

template <class Scalar>
void check_transpose(Index rows, Index columns) {
    const MatrixOf<Scalar> a = MatrixOf<Scalar>::Random(columns, rows);
    MatrixOf<Scalar> out = MatrixOf<Scalar>::Random(rows, columns);
    const MatrixOf<Scalar> added = out + a.transpose();
    using redfield::linalg::Put;
    redfield::linalg::transpose_into<Put::add>(a.data(), columns, rows, 0, columns, out.data(), rows);
    CHECK(out == added);
    redfield::linalg::transpose_into<Put::assign>(a.data(), columns, rows, 0, columns, out.data(), rows);
    CHECK(out == a.transpose());
}

}  // namespace

TEST_CASE("transposes in registers move what transposes move") {
    for (const Index n : {1, 7, 8, 16, 17, 33}) {
        check_transpose<double>(n, 19);
        check_transpose<float>(n, 19);
    }
}
