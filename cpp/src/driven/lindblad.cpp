#include "redfield/driven/lindblad.hpp"

#include <algorithm>
#include <variant>

#include "driven/cheaper.hpp"
#include "driven/require_hermitian.hpp"
#include "driven/run.hpp"
#include "driven/schroedinger_picture.hpp"
#include "evolve/checks.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/system/couplings.hpp"

namespace redfield::driven {

namespace {

const Complex i_unit(0.0, 1.0);

/// 𝓛ρ = M + M†,  M = Gρ + ½Σ_j L_jρL_j†,  G = −iH − ½Σ_j L_j†L_j.
class Products final : public SchroedingerPicture {
  public:
    Products(const LindbladDrive& drive, const Resolution& resolution, double begin)
        : SchroedingerPicture(resolution, drive.max_step), drive_(drive) {
        const Index n = drive.hamiltonian.dimension();
        losses_ = ComplexMatrix::Zero(n, n);
        for (std::size_t j = 0; j < drive.jumps.size(); ++j) {
            require(drive.jumps[j].dimension() == n, "driven::evolve: jump operator ", j, " is of ",
                    drive.jumps[j].dimension(), " levels, H of ", n);
            if (!drive.jumps[j].is_constant()) {
                moving_.push_back(&drive.jumps[j]);
                continue;
            }
            const ComplexMatrix l = drive.jumps[j].at(Moment(begin));
            losses_.noalias() += l.adjoint() * l;
            constant_.push_back(cheaper(l));
        }
        rate_ = std::max(drive.hamiltonian.at(Moment(begin)).norm() + losses_.norm(), rate_);
    }

  private:
    void apply(double t, const RealMatrix& y, RealMatrix& out) override {
        const ComplexMatrix rho = unpack(y), h = drive_.hamiltonian.at(Moment(t));
        require_hermitian(h, "t", t);
        ComplexMatrix drift = -i_unit * h - 0.5 * losses_;
        ComplexMatrix gain = ComplexMatrix::Zero(rho.rows(), rho.cols());
        for (const Operator& jump : constant_)
            std::visit(
                [&](const auto& l) {
                    const ComplexMatrix left = l * rho;
                    gain += left * l.adjoint();
                },
                jump);
        for (const TimeOperator* jump : moving_) {
            const ComplexMatrix l = jump->at(Moment(t)), left = l * rho;
            drift.noalias() -= 0.5 * (l.adjoint() * l);
            gain.noalias() += left * l.adjoint();
        }
        gain *= 0.5;
        gain.noalias() += drift * rho;
        out = 2.0 * pack(gain);
    }

    const LindbladDrive& drive_;
    std::vector<Operator> constant_;
    std::vector<const TimeOperator*> moving_;
    ComplexMatrix losses_;  // Σ L†L of those that are constant
};

}  // namespace

EvolveStats evolve(const LindbladDrive& drive, StateView start, const std::vector<double>& times,
                   const IntegrationOptions& options, const Observer<StateView>& observe) {
    const Run run(start.packed.rows(), start, times, options, drive.max_step, observe);
    require(drive.hamiltonian.dimension() == start.packed.rows(),
            "driven::evolve: the Hamiltonian does not have the state's dimension");
    integrators::refuse_short_steps(drive.max_step, times.back() - times.front());
    const double action = Resolution::action_of(options);
    Resolution resolution = drive.hamiltonian.resolution(drive.breaks, 2.0, action);
    for (const TimeOperator& jump : drive.jumps)
        resolution.add(jump.resolution(drive.breaks, 4.0 * jump.largest(), action));
    Products picture(drive, resolution, times.front());
    return run.dopri5(picture, start.packed, drive.breaks, in_given_basis(observe));
}

}  // namespace redfield::driven
