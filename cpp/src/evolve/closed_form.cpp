#include <algorithm>
#include <cmath>

#include "evolve/matrix_exponential.hpp"
#include "evolve/methods.hpp"
#include "evolve/output_check.hpp"
#include "evolve/secular_blocks.hpp"
#include "generator/sparse_liouvillian.hpp"
#include "redfield/evolve/equal_steps.hpp"

namespace redfield::integrators {

namespace {

/// The rates and links of an equation that links elements within clusters.
SecularBlocks clustered(const equation::PairEquation& equation) {
    AssemblyOptions options;
    options.free_rotation = false;
    options.threads = 1;
    const CsrMatrix dissipator = generator::assemble(equation, options);
    const RealVector& energies = equation.system.eigensystem().energies();
    const Index n = energies.size();
    RealMatrix rates = RealMatrix::Zero(n, n);
    ComplexMatrix coherences = ComplexMatrix::Zero(n, n);
    std::vector<Link> links;
    for (Index row = 0; row < n * n; ++row)
        for (std::int32_t i = dissipator.row_start[static_cast<std::size_t>(row)];
             i < dissipator.row_start[static_cast<std::size_t>(row) + 1]; ++i) {
            const Index column = dissipator.column[static_cast<std::size_t>(i)];
            const Complex value = dissipator.value[static_cast<std::size_t>(i)];
            if (row % (n + 1) == 0 && column % (n + 1) == 0)
                rates(row / (n + 1), column / (n + 1)) = value.real();
            else if (row == column)
                coherences.data()[row] = value;
            else
                links.push_back({row, column, value});
        }
    for (Index l = 0; l < n; ++l) {
        rates(l, l) = 0.0;
        rates(l, l) = -rates.col(l).sum();
    }
    return {energies, std::move(rates), std::move(coherences), std::move(links)};
}

}  // namespace

void closed_form(const Generator& generator, const RealMatrix& rho0, const std::vector<double>& times,
                 const EvolveOptions& options, const Observer<RealMatrix>& observe, EvolveStats& stats) {
    const auto& [rates, cluster_sizes] = *generator.closed_form();
    ComplexMatrix coherences(rates.coherence_re.rows(), rates.coherence_re.cols());
    coherences.real() = rates.coherence_re;
    coherences.imag() = rates.coherence_im;
    const SecularBlocks blocks = cluster_sizes.empty()
                                     ? SecularBlocks(generator.eigensystem().energies(), rates.population,
                                                     std::move(coherences), {})
                                     : clustered(*generator.pair_equation());
    blocks.propagate(rho0, times, std::max(allowed_error(rho0, options), rounding_floor * rho0.norm()),
                     observe);
    stats.steps = static_cast<long>(times.size()) - 1;
}

double cost_of_closed_form(const Generator& generator, const std::vector<double>& times) {
    const ClosedForm* form = generator.closed_form();
    if (form == nullptr) return -1.0;
    if (form->cluster_sizes.empty()) return 0.0;
    // Nanoseconds of one core of 2025, as of the other methods; twice, since rounding is judged.
    const double outputs = static_cast<double>(times.size());
    const double step = (times.back() - times.front()) / std::max(1.0, outputs - 1.0);
    const double products =
        7.0 + std::log2(std::max(1.0, generator.bounds().decay * step / exponential_radius));
    const double runs = static_cast<double>(equal_steps(times).size());
    const auto n = static_cast<double>(generator.dimension());
    double product = 0.0, output = 20.0 * n * n;
    for (const double size : form->cluster_sizes) {
        product += 120.0 + 0.25 * size * size * size;
        output += 60.0 + size * size;
    }
    return 2e4 + 2.0 * (runs * products * product + outputs * output);
}

}  // namespace redfield::integrators
