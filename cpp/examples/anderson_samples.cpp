// How far Davies' equation is from Redfield's in disordered cubes (Figure 1 of arXiv:2507.10080), one
// sample a thread of the program's own OpenMP team. Inside a team redfield works on the calling thread
// alone.
#include <algorithm>
#include <cstdio>
#include <random>
#include <redfield/redfield.hpp>
#include <stdexcept>

namespace {

using redfield::ComplexMatrix;
using redfield::Index;

/// Hopping −1 on a periodic cube of `length` sites a side, energies uniform in [−W/2, W/2].
ComplexMatrix anderson(Index length, double disorder, unsigned seed) {
    const Index n = length * length * length;
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> energy(-0.5 * disorder, 0.5 * disorder);
    ComplexMatrix h = ComplexMatrix::Zero(n, n);
    for (Index site = 0; site < n; ++site) {
        h(site, site) = energy(random);
        for (const Index stride : {Index{1}, length, length * length}) {
            const Index along = (site / stride) % length;
            const Index next = site + ((along + 1) % length - along) * stride;
            h(site, next) -= 1.0;
            h(next, site) -= 1.0;
        }
    }
    return h;
}

double largest_distance(unsigned seed) {
    const ComplexMatrix h = anderson(3, 2.0, seed);
    const redfield::System system{h, redfield::SiteProjectors{h.rows()},
                                  redfield::OhmicBath{0.04, 10.0, 5.0}};
    const redfield::Redfield redfield_equation{system, /*lamb_shift=*/false};
    const redfield::Davies davies{system, /*lamb_shift=*/false};
    ComplexMatrix site = ComplexMatrix::Zero(h.rows(), 1);
    site(0, 0) = 1.0;
    std::vector<double> times;
    for (int i = 0; i <= 20; ++i) times.push_back(5.0 * i);
    const auto out = redfield::trace_norm_distance(davies, redfield_equation, site, times, {});
    return *std::max_element(out.distance.begin(), out.distance.end());
}

}  // namespace

int main() {
    constexpr int samples = 16;
    std::vector<double> distance(samples, -1.0);
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < samples; ++i) {
        try {
            distance[static_cast<std::size_t>(i)] = largest_distance(static_cast<unsigned>(i));
        } catch (const std::exception& error) {  // nothing may leave a parallel region by an exception
            std::fprintf(stderr, "sample %d: %s\n", i, error.what());
        }
    }
    double sum = 0.0;
    for (const double d : distance) {
        if (d < 0.0) return 1;
        sum += d;
    }
    std::printf("27 sites, %d samples: max_t |rho_D - rho_R|_1 = %.4f on average\n", samples,
                sum / samples);
}
