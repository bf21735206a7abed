#include "redfield/generator/davies.hpp"

#include <cmath>
#include <sstream>

#include "evolve/block_evolution.hpp"
#include "evolve/matrix_exponential.hpp"
#include "evolve/output_check.hpp"
#include "generator/sparse_liouvillian.hpp"
#include "linalg/markov_chain.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/equation/kinds.hpp"
#include "redfield/evolve/equal_steps.hpp"
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

class DaviesPropagator final : public Propagator {
  public:
    DaviesPropagator(const RealVector& energies, const equation::SecularRates& rates)
        : energies_(energies), rates_(rates) {}

    void propagate(const RealMatrix& rho0, const std::vector<double>& times, double tolerance,
                   const std::function<void(Index, const RealMatrix&)>& visit,
                   const std::function<void(double)>& proceed) const override {
        linalg::MarkovChain chain(rates_.population);
        RealVector p = rho0.diagonal();
        const double largest = energies_.cwiseAbs().maxCoeff();
        const double root = std::sqrt(static_cast<double>(energies_.size()));
        std::size_t i = 0;
        for (const EqualSteps& run : equal_steps(times))
            for (std::size_t step = 0; step < run.count; ++step) {
                ++i;
                proceed(static_cast<double>(i) / static_cast<double>(times.size()));
                p = chain.advance(p, run.length, proceed);
                const double elapsed = times[i] - times[0];
                RealMatrix rho = coherences(rho0, elapsed);
                integrators::require_phases(static_cast<Index>(i), root * rho.norm(), largest, elapsed,
                                            tolerance);
                rho.diagonal() = p;
                visit(static_cast<Index>(i), rho);
            }
    }

  private:
    /// e^{(κ − iω)t} ∘ ρ0, phases computed afresh from t so that none accumulates rounding.
    RealMatrix coherences(const RealMatrix& rho0, double t) const {
        const Index n = rho0.rows();
        RealMatrix out = RealMatrix::Zero(n, n);
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < l; ++k) {
                const double angle = (rates_.coherence_im(k, l) - energies_[k] + energies_[l]) * t;
                const double phase = std::isfinite(angle) ? angle : 0.0;
                const double decay = std::exp(rates_.coherence_re(k, l) * t);
                const double c = decay * std::cos(phase), s = decay * std::sin(phase);
                out(k, l) = c * rho0(k, l) + s * rho0(l, k);
                out(l, k) = c * rho0(l, k) - s * rho0(k, l);
            }
        return out;
    }

    RealVector energies_;
    equation::SecularRates rates_;
};

/// Degenerate frequencies: each cluster has an exponential of its own dissipator.
class ClusteredPropagator final : public Propagator {
  public:
    ClusteredPropagator(const equation::PairEquation& equation, const std::vector<double>& sizes,
                        double decay)
        : equation_(equation), sizes_(sizes), decay_(decay) {}

    void propagate(const RealMatrix& rho0, const std::vector<double>& times, double tolerance,
                   const std::function<void(Index, const RealMatrix&)>& visit,
                   const std::function<void(double)>& proceed) const override {
        AssemblyOptions options;
        options.free_rotation = false;
        options.threads = 1;
        const CsrMatrix dissipator = generator::assemble(equation_, options);
        const RealVector& energies = equation_.system.eigensystem().energies();
        const integrators::FrequencyBlocks blocks(energies, dissipator, equation_.cutoff);
        const integrators::FrequencyBlocks rippled(energies, dissipator, equation_.cutoff,
                                                   integrators::ripple);
        integrators::evolve_blocks(blocks, rippled, energies, rho0, times, tolerance, true, visit,
                                   proceed);
    }

    double cost(const std::vector<double>& times) const override {
        // Nanoseconds of one core of 2025, as of the other methods; twice, since rounding is judged.
        const double outputs = static_cast<double>(times.size());
        const double step = (times.back() - times.front()) / std::max(1.0, outputs - 1.0);
        const double products =
            7.0 + std::log2(std::max(1.0, decay_ * step / integrators::exponential_radius));
        const double runs = static_cast<double>(equal_steps(times).size());
        const auto n = static_cast<double>(equation_.system.dimension());
        double product = 0.0, output = 20.0 * n * n;
        for (const double size : sizes_) {
            product += 120.0 + 0.25 * size * size * size;
            output += 60.0 + size * size;
        }
        return 2e4 + 2.0 * (runs * products * product + outputs * output);
    }

  private:
    const equation::PairEquation& equation_;
    const std::vector<double>& sizes_;
    double decay_;
};

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
            cluster_sizes_.push_back(static_cast<double>(clusters.first[c + 1] - clusters.first[c]));
    }
    equation_.lamb_shift = std::move(shift);
    rates_ = equation::secular_rates(equation_);
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
    base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
        for (Index l = first; l < first + count; ++l)
            for (Index k = 0; k < n; ++k)
                out(k, l) = rates_.coherence_re(k, l) * rho(k, l) + rates_.coherence_im(k, l) * rho(l, k);
    });
    const RealVector flow = rates_.population * rho.diagonal();
    out.diagonal() = flow;
}

SpectralBounds Davies::bounds() const {
    if (clustered_) return clustered_->bounds();
    const double populations = -2.0 * rates_.population.diagonal().minCoeff();
    const double coherences = rates_.coherence_re.cwiseAbs().maxCoeff();
    const double decay = std::max(populations, coherences);
    return {eigensystem().bandwidth() + rates_.coherence_im.cwiseAbs().maxCoeff() + 0.05 * decay, decay};
}

std::unique_ptr<Propagator> Davies::propagator() const {
    if (clustered_)
        return std::make_unique<ClusteredPropagator>(equation_, cluster_sizes_, bounds().decay);
    return std::make_unique<DaviesPropagator>(eigensystem().energies(), rates_);
}

}  // namespace redfield
