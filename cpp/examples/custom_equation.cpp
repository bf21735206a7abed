// A master equation of one's own: Milburn's intrinsic decoherence (doi:10.1103/PhysRevA.44.5401),
//   drho/dt = -i[H, rho] - (tau/2) [H, [H, rho]],
// for every integrator, expectation value and ensemble of the library.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <redfield/redfield.hpp>

class Milburn final : public redfield::Generator {
  public:
    Milburn(const redfield::ComplexMatrix& h, double tau)
        : Generator(redfield::Eigensystem(h)), rate_(0.5 * tau * bohr().array().square()) {}

    using Generator::apply;
    // Everything but -i[H, rho], of states packed as Re + Im in the eigenbasis: real factors act on them
    // as on the state itself where they are symmetric in k and l.
    void dissipate(const redfield::ConstRef& rho, redfield::MutableRef out,
                   redfield::linalg::Workspace&) const override {
        out = -rate_.cwiseProduct(rho);
    }
    redfield::SpectralBounds bounds() const override {
        return {eigensystem().bandwidth(), rate_.maxCoeff()};
    }

  private:
    redfield::RealMatrix bohr() const { return redfield::bohr_frequencies(eigensystem().energies()); }
    redfield::RealMatrix rate_;
};

int main() {
    redfield::ComplexMatrix h(2, 2), plus(2, 1), coherence = redfield::ComplexMatrix::Zero(2, 2);
    h << 1.0, 0.0, 0.0, -1.0;
    plus << std::sqrt(0.5), std::sqrt(0.5);
    coherence(1, 0) = 1.0;
    const Milburn equation(h, 0.1);
    const auto out = redfield::expectations(equation, plus, {0.0, 1.0, 5.0}, {coherence});
    double worst = 0.0;
    for (redfield::Index i = 0; i < 3; ++i) {  // rho_01(t) = 1/2 e^{-i w t - tau w^2 t/2}, w = 2
        const double t = out.times[static_cast<std::size_t>(i)];
        const redfield::Complex exact = 0.5 * std::exp(redfield::Complex(-0.2 * t, -2.0 * t));
        worst = std::max(worst, std::abs(out.values(0, i) - exact));
    }
    std::printf("coherence at t = 5: %.6f, error %.1e\n", std::abs(out.values(0, 2)), worst);
    return worst < 1e-8 ? 0 : 1;
}
