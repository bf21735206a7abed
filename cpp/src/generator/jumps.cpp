#include "redfield/generator/jumps.hpp"

#include "redfield/equation/decay.hpp"
#include "redfield/equation/one_sided.hpp"
#include "redfield/generator/kernel.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield {

namespace {

std::unique_ptr<generator::Kernel> jump_kernel(const System& system, const ComplexMatrix& decay) {
    if (std::holds_alternative<SiteProjectors>(system.couplings()))
        return generator::projector_jump_kernel(system, decay);
    const auto& operators = std::get<Operators>(system.couplings());
    const auto term = [&](Index i) {
        const auto j = static_cast<std::size_t>(i);
        const ComplexMatrix l = (2.0 * system.baths().of(j).half_rate)
                                    .cwiseSqrt()
                                    .cast<Complex>()
                                    .cwiseProduct(equation::operator_in_eigenbasis(system, operators[j]));
        return generator::Term{l, 0.5 * l};
    };
    return generator::dense_kernel(static_cast<Index>(operators.size()), term, decay);
}

/// (S − S†)/2i, the Lamb shift of Redfield's equation, if it is wanted.
ComplexMatrix redfield_lamb_shift(const System& system, bool wanted) {
    if (!wanted) return {};
    const ComplexMatrix s = equation::effective_decay(system, true);
    return Complex(0.0, -0.5) * (s - s.adjoint());
}

}  // namespace

JumpEquation::JumpEquation(System given, ComplexMatrix lamb_shift)
    : MatrixFree(std::move(given)), lamb_shift_(std::move(lamb_shift)) {
    const Index n = dimension();
    require(lamb_shift_.size() == 0 || (lamb_shift_.rows() == n && lamb_shift_.cols() == n),
            "UniversalLindblad: the Lamb shift does not have the system's dimension");
    require(lamb_shift_.allFinite(), "UniversalLindblad: the Lamb shift has an entry that is not finite");
    const ComplexMatrix k = equation::jump_decay(system(), lamb_shift_);
    set_kernel(jump_kernel(system(), k), k);
}

std::unique_ptr<equation::PairEquation> JumpEquation::pair_equation() const {
    return std::make_unique<equation::PairEquation>(
        equation::PairEquation{system(), std::make_unique<equation::JumpKernel>(system()),
                               equation::jump_decay(system(), lamb_shift_)});
}

GeometricArithmetic::GeometricArithmetic(System system, bool lamb_shift)
    : JumpEquation(system, redfield_lamb_shift(system, lamb_shift)) {}

}  // namespace redfield
