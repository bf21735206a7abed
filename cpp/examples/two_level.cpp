// A two-level system with dephasing and relaxation: Redfield's equation against Davies'.
//
//     cmake -S cpp -B build && cmake --build build && build/examples/two_level
#include <cstdio>
#include <redfield/redfield.hpp>

int main() {
    using redfield::Complex;
    redfield::ComplexMatrix h(2, 2);
    h << 0.5, Complex(0.1, 0.2), Complex(0.1, -0.2), -0.5;

    const redfield::OhmicBath bath{/*strength=*/0.05, /*cutoff=*/10.0, /*beta=*/1.0};
    const redfield::System system{h, redfield::SiteProjectors{2}, bath};
    const redfield::Redfield redfield_equation{system};
    const redfield::Davies davies_equation{system};

    redfield::ComplexMatrix up(2, 1);  // a ket
    up << 1.0, 0.0;
    const std::vector<double> times{0.0, 10.0, 100.0, 1000.0};
    const auto r = redfield::expectations(redfield_equation, up, times, {h});
    const auto d = redfield::expectations(davies_equation, up, times, {h});
    std::printf("%8s %14s %14s\n", "t", "<H> Redfield", "<H> Davies");
    for (redfield::Index i = 0; i < r.values.cols(); ++i)
        std::printf("%8.1f %14.8f %14.8f\n", times[static_cast<std::size_t>(i)], r.values(0, i).real(),
                    d.values(0, i).real());

    const auto steady = redfield::steady_state(redfield_equation);
    std::printf("steady: <H> = %.8f, the only one: %s\n", (h * steady.state).trace().real(),
                steady.unique ? "yes" : "no");
}
