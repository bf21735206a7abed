#include "redfield/generator/davies.hpp"

#include <cmath>
#include <sstream>

#include "redfield/base/parallel.hpp"
#include "redfield/equation/kinds.hpp"
#include "redfield/generator/pairwise.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield {

namespace {

void refuse_chains(const BohrFrequencies& bohr, const BohrClusters& clusters, double tolerance, Index n) {
    // Rounding of the energies may stretch a cluster a little beyond the tolerance.
    if (clusters.width <= 2.0 * tolerance) return;
    std::ostringstream text;
    text << "Davies: Bohr frequencies chain together: links within degeneracy_tol = " << tolerance
         << " make a cluster " << clusters.width
         << " wide, so that no tolerance tells equal from different ones; choose another degeneracy_tol, "
            "or PartialSecular\n"
         << gap_table(bohr, clusters, n);
    throw std::invalid_argument(text.str());
}

/// The system with one γ and one η for each cluster: that of ω = 0 where it is one of them, else the
/// mean.
System with_clustered_baths(const System& system, const BohrFrequencies& bohr,
                            const BohrClusters& clusters) {
    Baths baths = system.baths();
    for (BathTable& bath : baths.tables)
        for (RealMatrix* table : {&bath.half_rate, &bath.lamb_shift}) {
            if (table->size() == 0) continue;
            for (std::size_t c = 0; c + 1 < clusters.first.size(); ++c) {
                const std::size_t from = clusters.first[c], to = clusters.first[c + 1];
                if (to - from == 1) continue;
                double sum = 0.0;
                for (std::size_t p = from; p < to; ++p) sum += table->data()[bohr.element[p]];
                const bool zero = bohr.frequency[from] <= 0.0 && bohr.frequency[to - 1] >= 0.0;
                const double value = zero ? (*table)(0, 0) : sum / static_cast<double>(to - from);
                for (std::size_t p = from; p < to; ++p) table->data()[bohr.element[p]] = value;
            }
        }
    return system.with_baths(std::move(baths));
}

}  // namespace

Davies::Davies(const System& system, bool lamb_shift, double degeneracy_tol, double max_bytes,
               ComplexMatrix shift)
    : Generator(system.eigensystem()),
      equation_(equation::one_sided(system, lamb_shift,
                                    degeneracy_tol < 0.0
                                        ? redfield::degeneracy_tol(system.eigensystem().energies())
                                        : degeneracy_tol)) {
    const double tolerance = equation_.cutoff;
    const BohrFrequencies bohr(eigensystem().energies());
    const BohrClusters clusters(bohr, tolerance);
    merged_gap_ = clusters.longest_link;
    if (!clusters.non_degenerate) {
        refuse_chains(bohr, clusters, tolerance, dimension());
        equation_ = equation::one_sided(with_clustered_baths(system, bohr, clusters), lamb_shift,
                                        std::max(tolerance, clusters.width));
        equation_.lamb_shift = shift;
        clustered_ = std::make_unique<Pairwise>(equation_, 0.0, max_bytes);
        for (std::size_t c = 0; c + 1 < clusters.first.size(); ++c)
            closed_form_.cluster_sizes.push_back(
                static_cast<double>(clusters.first[c + 1] - clusters.first[c]));
    }
    equation_.lamb_shift = std::move(shift);
    closed_form_.rates = equation::secular_rates(equation_);
}

Davies::~Davies() = default;
Davies::Davies(Davies&&) noexcept = default;

void Davies::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    if (clustered_) {
        clustered_->dissipate(rho, out, ws);
        return;
    }
    const Index n = dimension();
    const equation::SecularRates& rates = closed_form_.rates;
    base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
        for (Index l = first; l < first + count; ++l)
            for (Index k = 0; k < n; ++k)
                out(k, l) = rates.coherence_re(k, l) * rho(k, l) + rates.coherence_im(k, l) * rho(l, k);
    });
    const RealVector flow = rates.population * rho.diagonal();
    out.diagonal() = flow;
}

SpectralBounds Davies::bounds() const {
    if (clustered_) return clustered_->bounds();
    const equation::SecularRates& rates = closed_form_.rates;
    const double populations = -2.0 * rates.population.diagonal().minCoeff();
    const double coherences = rates.coherence_re.cwiseAbs().maxCoeff();
    const double decay = std::max(populations, coherences);
    return {eigensystem().bandwidth() + rates.coherence_im.cwiseAbs().maxCoeff() + 0.05 * decay, decay};
}

}  // namespace redfield
