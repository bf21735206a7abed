#include "redfield/base/errors.hpp"
#include "redfield/equation/kinds.hpp"

namespace redfield::equation {

namespace {

class JumpKernel final : public SeparableKernel {
  public:
    explicit JumpKernel(const Baths& baths) {
        for (const BathTable& bath : baths.tables) root_.emplace_back((2.0 * bath.half_rate).cwiseSqrt());
    }
    Complex p(std::size_t bath, Index k, Index l, Index m, Index n) const override {
        return 0.5 * root_[bath](k, l) * root_[bath](m, n);
    }
    ComplexMatrix left(std::size_t bath) const override { return (0.5 * root_[bath]).cast<Complex>(); }
    RealMatrix right(std::size_t bath) const override { return root_[bath]; }

  private:
    std::vector<RealMatrix> root_;
};

}  // namespace

PairEquation jumps(const System& system, ComplexMatrix lamb_shift) {
    const Index n = system.dimension();
    require(lamb_shift.size() == 0 || (lamb_shift.rows() == n && lamb_shift.cols() == n),
            "UniversalLindblad: the Lamb shift does not have the system's dimension");
    require(lamb_shift.allFinite(), "UniversalLindblad: the Lamb shift has an entry that is not finite");
    return {system, std::make_shared<JumpKernel>(system.baths()), std::numeric_limits<double>::infinity(),
            std::move(lamb_shift)};
}

PairEquation geometric_arithmetic(const System& system, bool lamb_shift) {
    if (!lamb_shift) return jumps(system, {});
    const ComplexMatrix k = one_sided(system, true).decay();
    return jumps(system, Complex(0.0, -0.5) * (k - k.adjoint()));
}

}  // namespace redfield::equation
