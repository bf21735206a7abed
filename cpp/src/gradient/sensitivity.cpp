#include "redfield/gradient/sensitivity.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gradient/exponential.hpp"
#include "gradient/operators.hpp"
#include "gradient/pairs.hpp"
#include "gradient/projectors.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield {

namespace {

void check(const std::vector<SlopedTable>& tables, const System& system, const char* name) {
    const Index n = system.dimension();
    require(tables.size() == system.baths().tables.size(), "gradient: ", tables.size(), " tables of ",
            name, " for ", system.baths().tables.size(), " baths");
    for (const SlopedTable& table : tables) {
        require(table.value.rows() == n && table.value.cols() == n && table.slope.rows() == n &&
                    table.slope.cols() == n,
                "gradient: a table of ", name, " does not have the dimension of the system");
        require(table.value.allFinite() && table.slope.allFinite(), "gradient: a table of ", name,
                " has an entry that is not finite");
    }
}

}  // namespace

std::unique_ptr<Sensitivity> sensitivity(const System& system, KernelTables tables, int threads,
                                         double max_bytes) {
    check(tables.left, system, "f");
    if (!tables.right.empty()) check(tables.right, system, "g");
    if (!tables.shift.empty()) check(tables.shift, system, "s");
    const int team = base::resolve_threads(threads, system.dimension());
    if (std::isfinite(tables.cutoff)) {
        require(tables.right.empty() && tables.shift.empty(), "gradient: a cutoff is of f alone");
        const double tolerance =
            tables.tolerance < 0.0 ? degeneracy_tol(system.eigensystem().energies()) : tables.tolerance;
        return std::make_unique<gradient::OfPairs>(system, std::move(tables.left),
                                                   tables.cutoff + tolerance, team, max_bytes);
    }
    const bool plain = tables.right.empty() && tables.shift.empty();
    const auto has_kinks = [&] {
        const RealVector& energies = system.eigensystem().energies();
        const gradient::Nearness nearness(energies, tables.left);
        return std::any_of(tables.left.begin(), tables.left.end(), [&](const SlopedTable& table) {
            return !gradient::kinks(energies, nearness, table).empty();
        });
    };
    // Of few levels the matrices of all sites are small, and take products of states.
    if (plain && system.dimension() > gradient::most_levels_of_exponential &&
        std::holds_alternative<SiteProjectors>(system.couplings()) && !has_kinks())
        return std::make_unique<gradient::OfProjectors>(system, std::move(tables.left), team);
    return std::make_unique<gradient::OfOperators>(system, std::move(tables), team, max_bytes);
}

}  // namespace redfield
