#include "redfield/generator/matrix_free.hpp"

#include <mutex>

#include "equation/eigen_couplings.hpp"
#include "generator/bounds.hpp"
#include "generator/packed_sum.hpp"
#include "generator/pump.hpp"
#include "generator/single.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield {

struct MatrixFree::Whole {
    std::once_flag once;
    generator::Form form;
};

struct MatrixFree::Bounds {
    explicit Bounds(const ComplexMatrix& k) : decay(k) {}
    const ComplexMatrix decay;  // in the eigenbasis
    std::once_flag once;
    SpectralBounds value{0.0, 0.0};
};

namespace {

const equation::SeparableKernel& separable(const equation::PairEquation& equation) {
    require(equation.kernel != nullptr, "MatrixFree: the equation has no kernel");
    const equation::SeparableKernel* kernel = equation.separable();
    require(kernel != nullptr,
            "MatrixFree: only a separable kernel without a cutoff is applied by products; use Pairwise");
    return *kernel;
}

}  // namespace

MatrixFree::MatrixFree(equation::PairEquation equation)
    : Generator(equation.system.eigensystem()),
      system_(equation.system),
      equation_(std::make_unique<const equation::PairEquation>(std::move(equation))) {
    auto pump = generator::make_pump(system_, separable(*equation_));
    set(std::move(pump), equation_->decay());
}

MatrixFree::MatrixFree(System system, std::shared_ptr<const generator::Pump> pump,
                       const ComplexMatrix& decay)
    : Generator(system.eigensystem()), system_(std::move(system)) {
    set(std::move(pump), decay);
}

MatrixFree::~MatrixFree() = default;
MatrixFree::MatrixFree(MatrixFree&&) noexcept = default;

void MatrixFree::set(std::shared_ptr<const generator::Pump> pump, const ComplexMatrix& decay) {
    const ComplexMatrix k = pump->frame() == Frame::given ? eigensystem().from_eigenbasis(decay) : decay;
    dissipator_ = std::make_unique<const generator::Form>(
        generator::Form{std::move(pump), linalg::Factor(ComplexMatrix(-k))});
    bounds_ = std::make_unique<Bounds>(decay);
    // In the given basis iH joins K at no cost.
    if (dissipator_->pump->frame() == Frame::given ||
        (std::holds_alternative<SiteProjectors>(system_.couplings()) &&
         equation::couples_with_itself(system_, separable(*equation_))))
        whole_ = std::make_unique<Whole>();
}

SpectralBounds MatrixFree::bounds() const {
    std::call_once(bounds_->once,
                   [this] { bounds_->value = generator::spectral_bounds(system_, bounds_->decay); });
    return bounds_->value;
}

void MatrixFree::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    if (dissipator_->pump->frame() == Frame::eigenbasis) {
        dissipator_->apply(rho, out, ws);
        return;
    }
    RealMatrix change(rho.rows(), rho.cols());
    dissipator_->apply(eigensystem().from_eigenbasis(rho, ws.threads()), change, ws);
    out = eigensystem().to_eigenbasis(change, ws.threads());
}

RealMatrix MatrixFree::packed_matrix(linalg::Workspace& ws) const {
    if (equation_ == nullptr || !generator::packed_sum_pays_off(*equation_))
        return Generator::packed_matrix(ws);
    return generator::packed_sum(*equation_, separable(*equation_));
}

ComplexMatrix MatrixFree::minus_whole_decay(double shift) const {
    ComplexMatrix k = decay();
    k.diagonal() += Complex(0.0, 1.0) * (eigensystem().energies().array() - shift).matrix();
    return -eigensystem().from_eigenbasis(k);
}

std::shared_ptr<const SingleGenerator> MatrixFree::single() const {
    using SingleForm = generator::BasicForm<float>;
    using Factor = linalg::BasicFactor<float>;
    const auto& [pump, minus_decay] = *dissipator_;
    const RealVector& energies = eigensystem().energies();
    if (pump->frame() == Frame::eigenbasis)
        return std::make_shared<generator::SingleInEigenbasis<SingleForm>>(
            SingleForm{pump->single(), Factor(minus_decay)}, energies);
    const double middle = 0.5 * (energies.minCoeff() + energies.maxCoeff());
    return std::make_shared<generator::SingleInGivenBasis<SingleForm>>(
        SingleForm{pump->single(), Factor(minus_whole_decay(middle))});
}

void MatrixFree::apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    if (!whole_) {
        Generator::apply_in_given_basis(rho, out, ws);
        return;
    }
    std::call_once(whole_->once, [this] {
        const auto& pump = dissipator_->pump;
        whole_->form.pump =
            pump->frame() == Frame::given
                ? pump
                : generator::site_projector_pump(system_, separable(*equation_), Frame::given);
        whole_->form.minus_decay = linalg::Factor(minus_whole_decay(0.0));
    });
    require_states(rho, out);
    whole_->form.apply(rho, out, ws);
}

}  // namespace redfield
