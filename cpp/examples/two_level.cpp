// A driven two-level system with pure dephasing and relaxation: Redfield against Davies.
//
//     cmake -S cpp -B build && cmake --build build && build/redfield_example
#include <cmath>
#include <cstdio>
#include <redfield/redfield.hpp>

int main() {
    using redfield::Complex;
    redfield::ComplexMatrix h(2, 2);
    h << 0.5, Complex(0.1, 0.2), Complex(0.1, -0.2), -0.5;

    // An Ohmic bath at β = 1: γ(ω) = 0.05 ω e^{-|ω|/10} / (1 − e^{-ω}); Γ = γ/2 without a Lamb shift.
    const redfield::OneSided bath = [](double w) {
        const double occupied = std::abs(w) < 1e-9 ? 1.0 : w / -std::expm1(-w);
        return Complex(0.5 * 0.05 * occupied * std::exp(-std::abs(w) / 10.0), 0.0);
    };
    const redfield::System system{h, redfield::SiteProjectors{2}, bath};
    const redfield::Redfield redfield_equation{system};
    const redfield::Davies davies_equation{system};

    redfield::ComplexMatrix rho0 = redfield::ComplexMatrix::Zero(2, 2);
    rho0(0, 0) = 1.0;
    const std::vector<double> times{0.0, 10.0, 100.0, 1000.0};
    const auto r = redfield::evolve(redfield_equation, rho0, times);
    const auto d = redfield::evolve(davies_equation, rho0, times);
    std::printf("%8s %12s %12s\n", "t", "Redfield", "Davies");
    for (std::size_t i = 0; i < times.size(); ++i)
        std::printf("%8.1f %12.8f %12.8f\n", times[i], r.states[i](0, 0).real(),
                    d.states[i](0, 0).real());
}
