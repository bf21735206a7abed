// How far Redfield's equation is from the exact dynamics: a biased two-level system and a bath whose
// correlation function is one exponential, C(t) = ½ λ W e^{−W t}.
//
//     cmake -S cpp -B build && cmake --build build && build/examples/hierarchy
#include <cstdio>
#include <redfield/redfield.hpp>

int main() {
    using redfield::Complex;
    const double strength = 0.01, width = 1.0;
    redfield::ComplexMatrix h(2, 2), coupling(2, 2);
    h << 0.5, 0.5, 0.5, -0.5;
    coupling << 1.0, 0.0, 0.0, -1.0;
    redfield::Exponentials bath;
    bath.coefficients = Eigen::VectorXcd::Constant(1, 0.5 * strength * width);
    bath.rates = Eigen::VectorXcd::Constant(1, Complex(width, 0.8));
    const redfield::LorentzianBath lorentzian{strength, width, /*centre=*/0.8};
    const redfield::System system{h, redfield::Operators{coupling}, lorentzian};

    const redfield::ComplexMatrix second = redfield::steady_state(redfield::Redfield{system}).state;
    const redfield::ComplexMatrix change =
        redfield::hierarchy::steady_corrections(system, {bath}, {second}).front();
    std::printf("Redfield <H> = %.6f, corrected %.6f\n", (h * second).trace().real(),
                (h * (second + change)).trace().real());
    double last = 0.0;
    for (const int depth : {1, 2, 3, 4, 5}) {
        const redfield::Hierarchy hierarchy(system, {bath}, depth);
        const auto steady = redfield::hierarchy::steady_state(hierarchy);
        last = (h * steady.state).trace().real();
        std::printf("hierarchy of depth %d, %ld operators: <H> = %.6f\n", depth,
                    static_cast<long>(hierarchy.planes()), last);
    }
    const double left = std::abs((h * (second + change)).trace().real() - last);
    const double missed = std::abs((h * second).trace().real() - last);
    return left < 0.3 * missed ? 0 : 1;
}
