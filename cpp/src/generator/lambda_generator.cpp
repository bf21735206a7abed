#include "redfield/generator/lambda_generator.hpp"

#include <mutex>

#include "generator/kernel.hpp"
#include "generator/packed_map.hpp"
#include "generator/packed_sum.hpp"
#include "generator/single.hpp"

namespace redfield {

using generator::Part;

struct LambdaGenerator::Lazy {
    std::once_flag bounds_once, whole_once;
    SpectralBounds bounds{0.0, 0.0};
    std::shared_ptr<const generator::Kernel<double>> whole;  // 𝓛 in the given basis
};

LambdaGenerator::LambdaGenerator(LambdaForm form)
    : Generator(form.eigensystem), form_(std::move(form)), lazy_(std::make_unique<Lazy>()) {
    if (form_.equation == nullptr) check(form_);  // a pair kernel's is what it must be
    works_in_given_basis_ = generator::works_in_given_basis(form_);
    if (is_sparse()) {
        kernel_ = generator::make_kernel<double>(form_, Part::whole);
        return;
    }
    gains_ = generator::make_gains<double>(form_, form_.frame);
    kernel_ = generator::make_kernel(form_, Part::dissipator, form_.frame, gains_);
    terms_left_out_ = form_.equation != nullptr && !form_.terms.empty();
    if (terms_left_out_) std::vector<LambdaTerm>().swap(form_.terms);
}

LambdaGenerator::~LambdaGenerator() = default;
LambdaGenerator::LambdaGenerator(LambdaGenerator&&) noexcept = default;

std::shared_ptr<const LambdaForm> LambdaGenerator::form() const {
    auto out = std::make_shared<LambdaForm>(form_);
    if (terms_left_out_) out->terms = generator::terms_of(*form_.equation, form_.frame);
    return out;
}

const System* LambdaGenerator::system() const { return form_.near_system(); }

SpectralBounds LambdaGenerator::bounds() const {
    std::call_once(lazy_->bounds_once, [this] { lazy_->bounds = form_.bounds(); });
    return lazy_->bounds;
}

void LambdaGenerator::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    if (form_.frame == frame()) {
        kernel_->apply(rho, out, ws);
        return;
    }
    RealMatrix change(rho.rows(), rho.cols());
    kernel_->apply(eigensystem().from_eigenbasis(rho, ws.threads()), change, ws);
    out = eigensystem().to_eigenbasis(change, ws.threads());
}

void LambdaGenerator::apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    if (is_sparse())
        dissipate(rho, out, ws);
    else
        Generator::apply(rho, out, ws);
}

void LambdaGenerator::apply_in_given_basis(const ConstRef& rho, MutableRef out,
                                           linalg::Workspace& ws) const {
    if (is_sparse()) {
        dissipate(rho, out, ws);
        return;
    }
    if (!works_in_given_basis_) {
        Generator::apply_in_given_basis(rho, out, ws);
        return;
    }
    require_states(rho, out);
    std::call_once(lazy_->whole_once, [this] {
        // Projectors work in either basis; of other terms it is the form's own.
        lazy_->whole = generator::make_kernel(
            form_, Part::whole, Frame::given,
            form_.frame == Frame::given ? gains_ : generator::make_gains<double>(form_, Frame::given));
    });
    lazy_->whole->apply(rho, out, ws);
}

RealMatrix LambdaGenerator::packed_matrix(linalg::Workspace& ws) const {
    if (form_.equation == nullptr || !generator::packed_sum_pays_off(*form_.equation))
        return Generator::packed_matrix(ws);
    return generator::packed_sum(*form_.equation);
}

Dissipator LambdaGenerator::dissipator(linalg::Workspace& ws) const {
    if (!is_sparse()) return Generator::dissipator(ws);
    const Index n = dimension();
    Eigensystem eigensystem{ComplexMatrix(form_.hamiltonian)};
    const auto rest = generator::make_kernel<double>(form_, Part::dissipator);
    RealMatrix change(n, n);
    RealMatrix matrix = generator::matrix_of_packed(n, [&](const RealMatrix& unit, MutableRef column) {
        rest->apply(eigensystem.from_eigenbasis(unit, 1), change, ws);
        column = eigensystem.to_eigenbasis(change, 1);
    });
    return {std::move(eigensystem), std::move(matrix)};
}

ComplexMatrix LambdaGenerator::decay() const {
    if (const auto* sparse = std::get_if<SparseMatrix>(&form_.decay)) return ComplexMatrix(*sparse);
    const auto& k = std::get<ComplexMatrix>(form_.decay);
    return form_.frame == Frame::eigenbasis ? k : eigensystem().to_eigenbasis(k);
}

std::shared_ptr<const SingleGenerator> LambdaGenerator::single() const {
    if (is_sparse())
        return std::make_shared<generator::Single>(generator::make_kernel<float>(form_, Part::whole));
    auto gains = generator::make_gains<float>(terms_left_out_ ? *form() : form_, form_.frame);
    if (form_.frame == Frame::given)
        return std::make_shared<generator::Single>(
            generator::make_kernel(form_, Part::whole, Frame::given, std::move(gains)));
    return std::make_shared<generator::Single>(
        generator::make_kernel(form_, Part::dissipator, Frame::eigenbasis, std::move(gains)),
        eigensystem().energies());
}

}  // namespace redfield
