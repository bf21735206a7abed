#include "redfield/driven/controlled.hpp"

#include <algorithm>

#include "driven/controlled_picture.hpp"
#include "driven/require_hermitian.hpp"
#include "driven/run.hpp"
#include "equation/eigen_couplings.hpp"
#include "evolve/checks.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/driven/evolve.hpp"

namespace redfield::driven {

namespace {

/// Levels up to which the dissipator's matrix takes less than the Λ_j, and than an eigenbasis.
constexpr Index less_than_lambdas = 2, less_than_eigenbasis = 6;
/// ‖H − H₀ − uH₁‖ relative to ‖H‖ of what is linear in u.
constexpr double linear = 1e-12;

double control_at(const Controlled& equation, double t) {
    if (!equation.control) return t;
    double u = 0.0;
    equation.control->at(t, &u);
    return u;
}

ComplexMatrix hamiltonian_at(const Controlled& equation, double u) {
    return equation.system.hamiltonian().at(Moment(u));
}

/// The system at u, or an error that tells where it is none.
redfield::System system_at(const Controlled& equation, double u) {
    try {
        return equation.system.at(Moment(u));
    } catch (const std::invalid_argument& error) {
        require(false, "at ", equation.control ? "u" : "t", " = ", u, ": ", error.what());
        throw;
    }
}

std::shared_ptr<const Generator> generator_at(const Controlled& equation, double t) {
    return equation.generator(system_at(equation, control_at(equation, t)));
}

void check(const Controlled& equation, Index n) {
    require(equation.system.dimension() == n,
            "driven::evolve: the system does not have the state's dimension");
    require(equation.low < equation.high && (!equation.control || equation.control->components() == 1),
            "driven::evolve: the control must be one function between two different values");
    require(equation.system.fixed_couplings() != nullptr,
            "driven::evolve: the couplings of a controlled system are constant");
    if (!equation.control) return;
    const Line line = line_of(equation);
    const double middle = 0.5 * (equation.low + equation.high);
    const ComplexMatrix h = hamiltonian_at(equation, middle);
    const double size =
        hamiltonian_at(equation, equation.low).norm() + hamiltonian_at(equation, equation.high).norm();
    require((h - line.constant - middle * line.slope).norm() <= linear * size,
            "driven::evolve: the Hamiltonian of a controlled system is linear in u");
}

/// The generator of the system at the beginning, where the forms of the equation are checked.
std::shared_ptr<const Generator> first_generator(const Controlled& equation,
                                                 const redfield::System& start) {
    auto generator = equation.generator(start);
    require(!generator->eigensystem().is_given_basis(),
            "driven::evolve: the generators of a controlled equation have an eigenbasis");
    if (equation.pair_equation == nullptr) return generator;
    const equation::PairEquation pair = equation.pair_equation(start);
    require(pair.lamb_shift.size() == 0 && pair.separable() != nullptr &&
                equation::couples_with_itself(start, *pair.separable()),
            "driven::evolve: pair_equation must have a separable kernel with g = 1");
    return generator;
}

std::unique_ptr<ControlledPicture> picture_of(const Controlled& equation, const Resolution& resolution,
                                              const SpectralBounds& start,
                                              const IntegrationOptions& options, linalg::Workspace& ws) {
    const bool has_lambdas = equation.pair_equation != nullptr;
    const Index few = has_lambdas ? less_than_lambdas : less_than_eigenbasis;
    if (equation.control && equation.system.dimension() <= few)
        return by_dissipator(equation, resolution, start, options, ws);
    return has_lambdas ? by_lambdas(equation, resolution, start, options, ws) : nullptr;
}

/// Where steps resolve H: ‖[H, ρ]‖ ≤ 2‖H‖‖ρ‖.
Resolution resolution_of(const Controlled& equation, const IntegrationOptions& options) {
    const double action = Resolution::action_of(options);
    if (!equation.control) return equation.system.resolution(equation.breaks, action);
    return {*equation.control, RealMatrix::Constant(1, 1, 2.0 * line_of(equation).slope.norm()),
            equation.breaks, action};
}

}  // namespace

Line line_of(const Controlled& equation) {
    const ComplexMatrix low = hamiltonian_at(equation, equation.low),
                        high = hamiltonian_at(equation, equation.high);
    require_hermitian(low, "u", equation.low);
    require_hermitian(high, "u", equation.high);
    const ComplexMatrix slope = (high - low) / (equation.high - equation.low);
    return {low - equation.low * slope, slope};
}

ControlledPicture::ControlledPicture(const Controlled& equation, const Resolution& resolution,
                                     const SpectralBounds& start, const MatrixPanels::Shape& shape,
                                     linalg::Workspace& ws)
    : SchroedingerPicture(resolution, equation.max_step),
      equation_(equation),
      ws_(ws),
      panels_(shape,
              [this](double u, RealMatrix& matrices) { sample(system_at(equation_, u), matrices); }) {
    rate_ = std::max({start.half_height, start.decay, rate_});
}

ComplexMatrix ControlledPicture::hamiltonian(double t) const {
    ComplexMatrix h = hamiltonian_at(equation_, t);
    require_hermitian(h, "t", t);
    return h;
}

void ControlledPicture::apply(double t, const RealMatrix& y, RealMatrix& out) {
    const double u = control_at(equation_, t);
    if (const RealMatrix* matrices = panels_.at(u); matrices != nullptr)
        apply(u, *matrices, y, out);
    else
        generator_at(equation_, t)->apply_in_given_basis(y, out, ws_);
}

double accuracy_of(const IntegrationOptions& options) {
    return std::clamp(0.1 * (options.rtol + options.atol), 1e-11, 1e-6);
}

EvolveStats evolve(const Controlled& equation, StateView start, const std::vector<double>& times,
                   const IntegrationOptions& options, const Observer<StateView>& observe) {
    const Index n = start.packed.rows();
    const Run run(n, start, times, options, equation.max_step, observe);
    check(equation, n);
    integrators::refuse_short_steps(equation.max_step, times.back() - times.front());
    const auto first =
        first_generator(equation, system_at(equation, control_at(equation, times.front())));
    const Resolution resolution = resolution_of(equation, options);
    linalg::Workspace ws(base::resolve_threads(options.threads, n));
    if (const auto picture = picture_of(equation, resolution, first->bounds(), options, ws))
        return run.dopri5(*picture, start.packed, equation.breaks, in_given_basis(observe));
    Options rest;
    static_cast<IntegrationOptions&>(rest) = options;
    return evolve(
        Drive{[&](const Moment& moment) {
                  const double u = control_at(equation, moment.t);
                  return equation.generator(equation.system.at(Moment(u)));  // errors are told of t
              },
              equation.breaks, equation.max_step, false, resolution},
        start, times, rest, observe);
}

}  // namespace redfield::driven
