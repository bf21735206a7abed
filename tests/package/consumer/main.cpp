#include <cmath>
#include <cstdio>
#include <redfield/redfield.hpp>

// Evolves 70 levels, checks conservation laws, and frees matrices that the library allocated.
int main() {
    using redfield::ComplexMatrix;
    const redfield::Index n = 70;
    ComplexMatrix h = ComplexMatrix::Random(n, n);
    h = (h + h.adjoint()).eval();
    const auto one_sided = [](double w) { return redfield::Complex(0.05 / (1.0 + std::exp(-w)), 0.0); };
    const auto system = redfield::System{h, redfield::SiteProjectors{n}, one_sided};
    const auto equation = redfield::Redfield{system};
    ComplexMatrix rho0 = ComplexMatrix::Zero(n, n);
    rho0(0, 0) = 1.0;
    const auto states = redfield::evolve(equation, rho0, {0.0, 1.0, 2.0}).states;
    const double trace = states[2].trace().real();
    std::printf("version %s of the headers, %s of the library\n", REDFIELD_VERSION,
                redfield::build_info().version.c_str());
    std::printf("trace %.12f\n", trace);
    try {
        redfield::evolve(equation, rho0, {1.0, 0.0});
        return 2;
    } catch (const std::invalid_argument&) {
    }
    return std::abs(trace - 1.0) < 1e-9 && states[2](1, 1).real() > 0.0 ? 0 : 1;
}
