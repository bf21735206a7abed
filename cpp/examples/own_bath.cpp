// A bath of one's own: the end of a long cold wire with hopping W/2 and band centre c, whose spectrum is
// a half circle. Anything that gives a complex Gamma(w) of a double is a bath, a lambda too.
//   gamma(w) = s sqrt(1 - x^2) for |x| < 1, else 0,   x = (w - c)/W
//   eta(w)   = s/2 [ x - sign(x) sqrt(x^2 - 1) theta(|x| > 1) ]
#include <cmath>
#include <cstdio>
#include <redfield/redfield.hpp>

struct Wire {
    double strength, centre, width;

    redfield::Complex operator()(double w) const {
        const double x = (w - centre) / width, inside = 1.0 - x * x;
        if (inside >= 0.0) return 0.5 * strength * redfield::Complex(std::sqrt(inside), x);
        return {0.0, 0.5 * strength * (x - std::copysign(std::sqrt(-inside), x))};
    }
};

int main() {
    redfield::ComplexMatrix lower = redfield::ComplexMatrix::Zero(2, 2), excited(2, 1);
    lower(1, 0) = 1.0;
    excited << 1.0, 0.0;
    std::printf("%22s %12s %12s\n", "energy", "decay rate", "shift");
    bool right = true;
    for (const double energy : {2.0, 2.8, 3.5}) {  // in the band, near its edge, above it
        redfield::ComplexMatrix h = redfield::ComplexMatrix::Zero(2, 2);
        h(0, 0) = energy;
        const Wire wire{0.05, 2.0, 1.0};
        // sigma_x couples; what it could take from a cold bath with a gap is nothing.
        const redfield::System system{
            h, redfield::Operators{redfield::ComplexMatrix(lower + lower.adjoint())}, wire};
        const redfield::Redfield equation{system};
        const auto out = redfield::evolve(equation, excited, {0.0, 30.0});
        const double rate = -std::log(out.states[1](0, 0).real()) / 30.0;
        std::printf("%22.1f %12.6f %12.6f\n", energy, rate, wire(energy).imag());
        right = right && std::abs(rate - 2.0 * wire(energy).real()) < 1e-6;
    }
    return right ? 0 : 1;
}
