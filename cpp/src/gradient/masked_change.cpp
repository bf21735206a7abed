#include <cmath>
#include <utility>

#include "base/memory.hpp"
#include "gradient/elements.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/gradient/tangent.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

namespace {

/// 𝓛' as masked_change has it. It has no eigensystem of its own but that of the states.
class MaskedChange final : public Generator {
  public:
    MaskedChange(std::shared_ptr<const Generator> of, ComplexMatrix hamiltonian, ComplexMatrix turn,
                 double cutoff)
        : Generator(Eigensystem(RealVector::Zero(of->dimension()), of->eigensystem().eigenvectors())),
          of_(std::move(of)),
          hamiltonian_(std::move(hamiltonian)),
          turn_(std::move(turn)),
          elements_(of_->eigensystem().energies(), cutoff),
          decay_(ComplexMatrix::Zero(dimension(), dimension())) {}

    void add(const std::vector<MaskedCoupling>& couplings, double max_bytes) {
        base::require_bytes(sizeof(Complex) * static_cast<double>(elements_.pairs()), max_bytes,
                            "take a smaller cutoff", "the derivative of ", elements_.pairs(),
                            " pairs of matrix elements");
        gram_.assign(elements_.pairs(), 0.0);
        for (const MaskedCoupling& c : couplings) {
            base::poll();
            elements_.add_gram(c.lambda_change, c.a, gram_);
            elements_.add_gram(c.lambda, c.a_change, gram_);
            decay_ += c.a.adjoint() * c.lambda_change + c.a_change.adjoint() * c.lambda;
        }
        elements_.mask(decay_);
        turns_ = !turn_.isZero(0.0);
    }

    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override {
        require_states(rho, out);
        const ComplexMatrix x = unpack(rho);
        // Each of these is half of a Hermitian matrix.
        ComplexMatrix half = elements_.gained(gram_, x, false) - decay_ * x;
        half -= Complex(0.0, 1.0) * (hamiltonian_ * x);
        RealMatrix turned(rho.rows(), rho.cols());
        if (turns_) {
            of_->dissipate(rho, turned, ws);
            half += turn_ * unpack(turned);
            of_->dissipate(pack(2.0 * (turn_ * x)), turned, ws);
        }
        out = pack(2.0 * half);
        if (turns_) out -= turned;
    }

    SpectralBounds bounds() const override {
        const SpectralBounds whole = of_->bounds();
        const double dissipative =
            std::hypot(whole.half_height - of_->eigensystem().bandwidth(), whole.decay);
        double gains = 0.0;
        for (const Complex& g : gram_) gains += std::norm(g);
        const double size = 2.0 * (hamiltonian_.norm() + decay_.norm() + std::sqrt(gains)) +
                            (turns_ ? 4.0 * turn_.norm() * dissipative : 0.0);
        return {size, size};
    }

  private:
    std::shared_ptr<const Generator> of_;
    ComplexMatrix hamiltonian_, turn_;
    gradient::CoupledElements elements_;
    std::vector<Complex> gram_;  ///< Σ_j (Λ'_eA*_o + Λ_eA'*_o) of each pair
    ComplexMatrix decay_;        ///< K' of −K'ρ − ρK'†
    bool turns_ = false;
};

}  // namespace

std::shared_ptr<const Generator> masked_change(std::shared_ptr<const Generator> of,
                                               const ComplexMatrix& hamiltonian,
                                               const ComplexMatrix& turn,
                                               const std::vector<MaskedCoupling>& couplings,
                                               double cutoff, double max_bytes) {
    require(of != nullptr && of->frame() == Frame::eigenbasis,
            "masked_change: the equation is not one between eigenvectors");
    const Index n = of->dimension();
    const auto check = [n](const ComplexMatrix& x) {
        require(x.rows() == n && x.cols() == n && x.allFinite(),
                "masked_change: a matrix is not finite, or not of ", n, " levels");
    };
    check(hamiltonian);
    check(turn);
    for (const MaskedCoupling& c : couplings) {
        check(c.lambda);
        check(c.a);
        check(c.lambda_change);
        check(c.a_change);
    }
    require(cutoff >= 0.0 && std::isfinite(cutoff), "masked_change: cutoff must be finite, got ", cutoff);
    auto out = std::make_shared<MaskedChange>(std::move(of), hamiltonian, turn, cutoff);
    out->add(couplings, max_bytes);
    return out;
}

}  // namespace redfield
