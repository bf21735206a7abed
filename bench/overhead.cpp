// The work of bench/test_overhead.py from C++:  overhead N SECONDS < numbers
//
// Reads H (row by row, real) and times; prints the best seconds of making system and equation, of one
// application, of an evolution with ⟨H⟩, of the steady state, and of all but the application from
// nothing; and ⟨H⟩ of the last state and of the steady one.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <redfield/redfield.hpp>

namespace {

/// Best of the calls that fit in a share of the time.
template <class Call>
double best(double seconds, const Call& call) {
    using Clock = std::chrono::steady_clock;
    const auto since = [](Clock::time_point t) {
        return std::chrono::duration<double>(Clock::now() - t).count();
    };
    const auto start = Clock::now();
    double least = std::numeric_limits<double>::infinity();
    do {
        const auto begin = Clock::now();
        call();
        least = std::min(least, since(begin));
    } while (since(start) < seconds);
    return least;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const redfield::Index n = std::atol(argv[1]);
    const double seconds = std::atof(argv[2]);
    redfield::ComplexMatrix h(n, n);
    for (redfield::Index k = 0; k < n; ++k)
        for (redfield::Index l = 0; l < n; ++l) {
            double x = 0.0;
            std::cin >> x;
            h(k, l) = x;
        }
    std::vector<double> times;
    for (double t = 0.0; std::cin >> t;) times.push_back(t);
    redfield::ComplexMatrix site = redfield::ComplexMatrix::Zero(n, 1);
    site(0, 0) = 1.0;
    const redfield::OhmicBath bath{0.04, 10.0, 5.0};
    const auto made = [&] {
        return redfield::Redfield{redfield::System{h, redfield::SiteProjectors{n}, bath}};
    };
    const auto equation = made();
    redfield::EvolveOptions options;
    options.threads = 1;
    const redfield::ComplexMatrix rho = site * site.adjoint();
    double last = 0.0, steady = 0.0;
    const auto evolved = [&](const redfield::Generator& of) {
        const auto out = redfield::expectations(of, site, times, {h}, options);
        last = out.values(0, out.values.cols() - 1).real();
    };
    redfield::SteadyOptions once;
    once.threads = 1;
    const auto settled = [&](const redfield::Generator& of) {
        steady = (h * redfield::steady_state(of, once).state).trace().real();
    };
    const double make = best(seconds, made);
    const double apply = best(seconds, [&] { equation.apply(rho, 1); });
    const double evolve = best(seconds, [&] { evolved(equation); });
    const double settle = best(seconds, [&] { settled(equation); });
    const double all = best(seconds, [&] {
        const auto fresh = made();
        evolved(fresh);
        settled(fresh);
    });
    std::printf("%.9g %.9g %.9g %.9g %.9g %.17g %.17g\n", make, apply, evolve, settle, all, last, steady);
}
