#include "steady/secular_inverse.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "generator/sparse_liouvillian.hpp"
#include "linalg/memory.hpp"
#include "redfield/equation/kinds.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/monitor.hpp"

namespace redfield::steady {

namespace {

equation::PairEquation pairs_of(const Generator& generator) {
    if (generator.pair_equation() != nullptr) return *generator.pair_equation();
    require(generator.system() != nullptr,
            "the iterative method needs the equation of one system; use method \"direct\"");
    return equation::one_sided(*generator.system(), true);
}

}  // namespace

SecularPart::SecularPart(const PackedMap& map, double max_bytes)
    : SecularPart(pairs_of(map.generator()), max_bytes) {}

SecularPart::SecularPart(const equation::PairEquation& equation, double max_bytes)
    : energies_(equation.system.eigensystem().energies()),
      max_bytes_(max_bytes),
      rates_(equation::secular_rates(equation)),
      bohr_(energies_),
      clusters_(bohr_, degeneracy_tol(energies_)) {
    if (clusters_.non_degenerate) return;
    equation::PairEquation secular = equation;
    secular.cutoff = std::min(equation.cutoff, std::max(degeneracy_tol(energies_), clusters_.width));
    AssemblyOptions options;
    options.max_bytes = max_bytes;
    between_ = generator::assemble(secular, options);
}

SecularInverse::SecularInverse(const SecularPart& part, double shift, double trace_weight)
    : n_(part.energies_.size()), re_(n_, n_), im_(n_, n_) {
    const RealVector& energies = part.energies_;
    const equation::SecularRates& rates = part.rates_;
    // A coherence that neither turns nor decays has no inverse; the smallest that rounding can tell has.
    const double smallest = 1e-13 * std::max(1e-290, energies[n_ - 1] - energies[0] +
                                                         rates.coherence_re.cwiseAbs().maxCoeff());
    for (Index l = 0; l < n_; ++l)
        for (Index k = 0; k < n_; ++k) {
            Complex bracket(rates.coherence_re(k, l) - shift,
                            rates.coherence_im(k, l) - (energies[k] - energies[l]));
            if (std::abs(bracket) < smallest) bracket = -smallest;
            const Complex inverse = 1.0 / bracket;
            re_(k, l) = inverse.real();
            im_(k, l) = inverse.imag();
        }
    if (!part.clusters_.non_degenerate) {
        set_clusters(part, shift, trace_weight);
        return;
    }
    RealMatrix populations = rates.population;
    populations.diagonal().array() -= shift;
    populations.array() += trace_weight / static_cast<double>(n_);
    populations_.compute(populations);
}

void SecularInverse::set_clusters(const SecularPart& part, double shift, double trace_weight) {
    const BohrFrequencies& bohr = part.bohr_;
    const BohrClusters& clusters = part.clusters_;
    const CsrMatrix& matrix = part.between_;
    double bytes = 0.0;
    std::vector<Index> place(bohr.element.size(), -1);
    for (std::size_t c = 0; c + 1 < clusters.first.size(); ++c) {
        const std::size_t from = clusters.first[c], to = clusters.first[c + 1];
        // The elements of −ω are the conjugates of those of ω.
        if (to - from < 2 || bohr.frequency[to - 1] < 0.0) continue;
        bytes += sizeof(Complex) * static_cast<double>((to - from) * (to - from));
        linalg::require_bytes(bytes, part.max_bytes_, "lift the degeneracy, or evolve for a long time",
                              "the inverse of ", to - from, " elements of equal Bohr frequency");
        linalg::poll();
        Cluster cluster;
        cluster.elements.assign(bohr.element.begin() + static_cast<std::ptrdiff_t>(from),
                                bohr.element.begin() + static_cast<std::ptrdiff_t>(to));
        const auto size = static_cast<Index>(to - from);
        for (Index i = 0; i < size; ++i)
            place[static_cast<std::size_t>(cluster.elements[static_cast<std::size_t>(i)])] = i;
        ComplexMatrix block = ComplexMatrix::Zero(size, size);
        for (Index i = 0; i < size; ++i) {
            const auto r = static_cast<std::size_t>(cluster.elements[static_cast<std::size_t>(i)]);
            for (std::int32_t e = matrix.row_start[r]; e < matrix.row_start[r + 1]; ++e) {
                const Index j =
                    place[static_cast<std::size_t>(matrix.column[static_cast<std::size_t>(e)])];
                if (j >= 0) block(i, j) = matrix.value[static_cast<std::size_t>(e)];
            }
            block(i, i) -= shift;
            if (static_cast<Index>(r) % (n_ + 1) != 0) continue;
            for (Index k = 0; k < n_; ++k) {
                const Index j = place[static_cast<std::size_t>(k * (n_ + 1))];
                if (j >= 0) block(i, j) += trace_weight / static_cast<double>(n_);
            }
        }
        for (const std::int32_t element : cluster.elements) place[static_cast<std::size_t>(element)] = -1;
        cluster.lu.compute(block);
        clusters_.push_back(std::move(cluster));
    }
}

void SecularInverse::apply(const RealVector& packed, RealVector& result) const {
    const Eigen::Map<const RealMatrix> x(packed.data(), n_, n_);
    result.resize(packed.size());
    Eigen::Map<RealMatrix> out(result.data(), n_, n_);
    for (Index l = 0; l < n_; ++l)
        for (Index k = 0; k < l; ++k) {
            const double re = 0.5 * (x(k, l) + x(l, k)), im = 0.5 * (x(k, l) - x(l, k));
            const double a = re_(k, l) * re - im_(k, l) * im, b = re_(k, l) * im + im_(k, l) * re;
            out(k, l) = a + b;
            out(l, k) = a - b;
        }
    if (clusters_.empty()) {
        const RealVector diagonal = x.diagonal();
        out.diagonal() = populations_.solve(diagonal);
        return;
    }
    for (const Cluster& cluster : clusters_) {
        const auto size = static_cast<Index>(cluster.elements.size());
        Eigen::VectorXcd right(size);
        for (Index i = 0; i < size; ++i) {
            const Index k = cluster.elements[static_cast<std::size_t>(i)] % n_,
                        l = cluster.elements[static_cast<std::size_t>(i)] / n_;
            right[i] = Complex(0.5 * (x(k, l) + x(l, k)), k == l ? 0.0 : 0.5 * (x(k, l) - x(l, k)));
        }
        const Eigen::VectorXcd solved = cluster.lu.solve(right);
        for (Index i = 0; i < size; ++i) {
            const Index k = cluster.elements[static_cast<std::size_t>(i)] % n_,
                        l = cluster.elements[static_cast<std::size_t>(i)] / n_;
            const double re = solved[i].real(), im = k == l ? 0.0 : solved[i].imag();
            out(k, l) = re + im;
            out(l, k) = re - im;
        }
    }
}

LinearMap preconditioner(const PackedMap& map, const SecularPart& part, double shift,
                         double trace_weight) {
    const auto inverse =
        std::make_shared<const SecularInverse>(part, shift + 1e-12 * map.rate(), trace_weight);
    return [inverse](const RealVector& x, RealVector& out) { inverse->apply(x, out); };
}

}  // namespace redfield::steady
