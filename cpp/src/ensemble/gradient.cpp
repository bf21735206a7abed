#include "redfield/ensemble/gradient.hpp"

#include <memory>
#include <utility>

#include "ensemble/members.hpp"
#include "ensemble/tables.hpp"
#include "redfield/base/errors.hpp"

namespace redfield {

namespace {

using ensemble::place;

std::vector<SlopedTable> tables_of(const std::vector<BatchSlopedTable>& tables, std::size_t i, Index n) {
    std::vector<SlopedTable> out;
    for (const BatchSlopedTable& table : tables)
        out.push_back({ensemble::table_of(table.value, i, n), ensemble::table_of(table.slope, i, n)});
    return out;
}

/// Writes the gradients with respect to the functions at the frequencies, the diagonal as one.
void write(const std::vector<ComplexMatrix>& tables, std::size_t i, const std::vector<Complex*>& to) {
    for (std::size_t b = 0; b < tables.size() && b < to.size(); ++b) {
        const ComplexMatrix& table = tables[b];
        const Index n = table.rows();
        Complex* next = to[b] + static_cast<Index>(i) * (n * (n - 1) + 1);
        *next++ = table.trace();
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < l; ++k) {
                *next++ = table(k, l);
                *next++ = table(l, k);
            }
    }
}

void write(const ComplexMatrix& matrix, Complex* to) {
    Eigen::Map<ComplexMatrix>(to, matrix.cols(), matrix.rows()) = matrix.transpose();
}

void write(const Gradient& gradient, std::size_t i, const GradientBatchRecord& record) {
    const auto member = static_cast<Index>(i);
    const Index size = gradient.hamiltonian.size();
    if (record.hamiltonians != nullptr) write(gradient.hamiltonian, record.hamiltonians + member * size);
    if (record.commutators != nullptr) write(gradient.commutator, record.commutators + member * size);
    const auto number = static_cast<Index>(gradient.couplings.size());
    for (Index j = 0; j < number && record.couplings != nullptr; ++j)
        write(gradient.couplings[static_cast<std::size_t>(j)],
              record.couplings + (member * number + j) * size);
    if (record.weights != nullptr)
        Eigen::Map<RealVector>(record.weights + member * gradient.weights.size(),
                               gradient.weights.size()) = gradient.weights;
    write(gradient.left, i, record.left);
    write(gradient.right, i, record.right);
    write(gradient.shift, i, record.shift);
}

/// Has `add` add each member's gradient to its sensitivity, and writes it.
template <class Add>
MemberErrors of_members(const SystemBatch& systems, const Kind& kind, const BatchKernelTables& tables,
                        const IntegrationOptions& options, double max_bytes,
                        const GradientBatchRecord& record, const Add& add) {
    require(kind != nullptr, "gradient_batch: kind is an empty function");
    const Index n = systems.dimension();
    const auto solve = [&](std::size_t i) {
        const System system = systems[i];
        const auto generator = kind(system, i);
        require(generator != nullptr && generator->dimension() == n,
                "gradient_batch: kind made no generator of ", n, " levels");
        const auto sensitivity =
            redfield::sensitivity(system,
                                  {tables_of(tables.left, i, n), tables_of(tables.right, i, n),
                                   tables_of(tables.shift, i, n), tables.cutoff, tables.tolerance},
                                  1, max_bytes);
        add(i, *generator, *sensitivity);
        write(sensitivity->gradient(), i, record);
    };
    return ensemble::for_each_member(systems.size(), options.threads, options.monitor, solve);
}

void require_members(std::size_t given, std::size_t each, const SystemBatch& systems, const char* name) {
    require(given == each || given == each * systems.size(), "gradient_batch: ", given, " ", name,
            " for ", systems.size(), " members");
}

}  // namespace

MemberErrors steady_gradient_batch(const SystemBatch& systems, const Kind& kind,
                                   const BatchKernelTables& tables,
                                   const std::vector<ComplexMatrix>& states,
                                   const std::vector<ComplexMatrix>& observables,
                                   const SteadyOptions& options, const GradientBatchRecord& record) {
    require(states.size() == systems.size(), "gradient_batch: ", states.size(), " states for ",
            systems.size(), " members");
    require_members(observables.size(), 1, systems, "observables");
    SteadyOptions each = options;
    each.threads = 1;
    each.monitor = {};
    IntegrationOptions team;
    team.threads = options.threads;
    team.monitor = options.monitor;
    return of_members(systems, kind, tables, team, options.max_bytes, record,
                      [&](std::size_t i, const Generator& generator, Sensitivity& sensitivity) {
                          const AdjointState found =
                              add_gradient(generator, sensitivity, states[i],
                                           observables[place(observables.size(), i)], each);
                          if (record.residuals != nullptr) record.residuals[i] = found.residual;
                          if (record.applications != nullptr) record.applications[i] = found.applications;
                      });
}

MemberErrors evolution_gradient_batch(const SystemBatch& systems, const Kind& kind,
                                      const BatchKernelTables& tables,
                                      const std::vector<ComplexMatrix>& rho0,
                                      const std::vector<double>& times,
                                      const std::vector<ComplexMatrix>& weights,
                                      const EvolutionGradientOptions& options,
                                      const GradientBatchRecord& record) {
    require_members(rho0.size(), 1, systems, "states");
    require_members(weights.size(), times.size(), systems, "weights");
    EvolutionGradientOptions each = options;
    each.threads = 1;
    each.monitor = {};
    const auto count = static_cast<Index>(times.size());
    return of_members(systems, kind, tables, options, options.max_bytes, record,
                      [&](std::size_t i, const Generator& generator, Sensitivity& sensitivity) {
                          const auto first =
                              weights.begin() +
                              (weights.size() == times.size() ? 0 : static_cast<Index>(i) * count);
                          const EvolutionGradient found =
                              add_gradient(generator, sensitivity, rho0[place(rho0.size(), i)], times,
                                           std::vector<ComplexMatrix>(first, first + count), each);
                          const auto member = static_cast<Index>(i);
                          if (record.values != nullptr) record.values[i] = found.value;
                          if (record.rho0 != nullptr)
                              write(found.rho0, record.rho0 + member * found.rho0.size());
                          if (record.times != nullptr)
                              Eigen::Map<RealVector>(record.times + member * count, count) = found.times;
                          if (record.applications != nullptr)
                              record.applications[i] = found.stats.applications;
                      });
}

}  // namespace redfield
