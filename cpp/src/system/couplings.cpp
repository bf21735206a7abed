#include "redfield/system/couplings.hpp"

#include <numeric>
#include <string>

#include "redfield/base/errors.hpp"
#include "system/require_operator.hpp"

namespace redfield {

namespace {

std::vector<Index> all_sites(Index n) {
    require(n > 0, "SiteProjectors: the number of sites must be positive, got ", n);
    std::vector<Index> sites(static_cast<std::size_t>(n));
    std::iota(sites.begin(), sites.end(), Index{0});
    return sites;
}

}  // namespace

SiteProjectors::SiteProjectors(Index n) : sites(all_sites(n)), weights(RealVector::Ones(n)) {}

SiteProjectors::SiteProjectors(std::vector<Index> s, RealVector w)
    : sites(std::move(s)), weights(std::move(w)) {
    require(!sites.empty(), "SiteProjectors: no sites were given");
    require(static_cast<Index>(sites.size()) == weights.size(), "SiteProjectors: ", sites.size(),
            " sites but ", weights.size(), " weights");
    require(weights.allFinite(), "SiteProjectors: a weight is NaN or infinite");
    for (const Index s_j : sites) require(s_j >= 0, "SiteProjectors: a site is negative: ", s_j);
}

Index count(const Couplings& couplings) {
    if (const auto* projectors = std::get_if<SiteProjectors>(&couplings))
        return static_cast<Index>(projectors->sites.size());
    return static_cast<Index>(std::get<Operators>(couplings).size());
}

void check(const Couplings& couplings, Index n) {
    if (const auto* projectors = std::get_if<SiteProjectors>(&couplings)) {
        for (const Index s : projectors->sites)
            require(s < n, "couplings: site ", s, " is outside a system of ", n, " levels");
        return;
    }
    Index j = 0;
    for (const Operator& a : std::get<Operators>(couplings)) {
        system::require_operator(a, n, "couplings[", j, "]");
        ++j;
    }
}

}  // namespace redfield
