#include "steady/secular_inverse.hpp"

#include <algorithm>
#include <cmath>

#include "base/memory.hpp"
#include "generator/sparse_liouvillian.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/equation/kinds.hpp"
#include "redfield/equation/secular_rates.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::steady {

namespace {

equation::PairEquation pairs_of(const Generator& generator) {
    if (generator.pair_equation() != nullptr) return *generator.pair_equation();
    require(generator.system() != nullptr,
            "the iterative method needs the equation of one system; use method \"direct\"");
    return equation::one_sided(*generator.system(), true);
}

}  // namespace

SecularPart::SecularPart(const PackedMap& map, double max_bytes, Clusters which)
    : SecularPart(pairs_of(map.equation()), max_bytes, which) {
    transposed_ = map.is_adjoint();
    if (transposed_) populations_.transposeInPlace();
}

SecularPart::SecularPart(const equation::PairEquation& equation, double max_bytes, Clusters which)
    : max_bytes_(max_bytes) {
    const RealVector& energies = equation.system.eigensystem().energies();
    const Index n = energies.size();
    equation::SecularRates rates = equation::secular_rates(equation);
    brackets_.resize(n, n);
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k)
            brackets_(k, l) =
                Complex(rates.coherence_re(k, l), rates.coherence_im(k, l) - (energies[k] - energies[l]));
    magnitude_ = energies[n - 1] - energies[0] + rates.coherence_re.cwiseAbs().maxCoeff();
    populations_ = std::move(rates.population);
    const BohrFrequencies bohr(energies);
    const BohrClusters chains(bohr, degeneracy_tol(energies));
    if (which == Clusters::populations || chains.non_degenerate) {
        clusters_.push_back({{}, true, false});
        for (Index k = 0; k < n; ++k)
            clusters_.back().elements.push_back(static_cast<std::int32_t>(k * (n + 1)));
        return;
    }
    cluster_.assign(static_cast<std::size_t>(n * n), -1);
    place_.assign(cluster_.size(), -1);
    for (std::size_t c = 0; c + 1 < chains.first.size(); ++c) {
        const std::size_t from = chains.first[c], to = chains.first[c + 1];
        if (to - from < 2) continue;
        Cluster cluster{{},
                        bohr.frequency[from] <= 0.0 && bohr.frequency[to - 1] >= 0.0,
                        bohr.frequency[to - 1] < 0.0};
        for (std::size_t i = from; i < to; ++i) {
            const auto element = static_cast<std::size_t>(bohr.element[i]);
            cluster_[element] = static_cast<std::int32_t>(clusters_.size());
            place_[element] = static_cast<std::int32_t>(i - from);
            cluster.elements.push_back(bohr.element[i]);
        }
        clusters_.push_back(std::move(cluster));
    }
    equation::PairEquation secular = equation;
    secular.cutoff = std::min(equation.cutoff, std::max(degeneracy_tol(energies), chains.width));
    AssemblyOptions options;
    options.max_bytes = max_bytes;
    between_ = generator::assemble(secular, options);
}

ComplexMatrix SecularPart::block(std::int32_t c) const {
    if (cluster_.empty()) return populations_.cast<Complex>();
    const std::vector<std::int32_t>& elements = clusters_[static_cast<std::size_t>(c)].elements;
    const auto size = static_cast<Index>(elements.size());
    ComplexMatrix out = ComplexMatrix::Zero(size, size);
    for (Index i = 0; i < size; ++i) {
        const auto row = static_cast<std::size_t>(elements[static_cast<std::size_t>(i)]);
        for (auto e = static_cast<std::size_t>(between_.row_start[row]);
             e < static_cast<std::size_t>(between_.row_start[row + 1]); ++e) {
            const auto column = static_cast<std::size_t>(between_.column[e]);
            if (cluster_[column] == c) out(i, place_[column]) = between_.value[e];
        }
    }
    if (transposed_) out.transposeInPlace();
    return out;
}

SecularInverse::SecularInverse(const SecularPart& part, Complex z, double trace_weight)
    : n_(part.brackets_.rows()) {
    const double smallest = 1e-13 * std::max(1e-290, part.magnitude_ + std::abs(z));
    inverse_brackets_ = part.brackets_.unaryExpr([&](const Complex& bracket) {
        const Complex shifted = bracket - z;
        return 1.0 / (std::abs(shifted) < smallest ? Complex(-smallest) : shifted);
    });
    const double weight = trace_weight / static_cast<double>(n_);
    if (part.cluster_.empty() && z.imag() == 0.0) {
        RealMatrix block = part.populations_;
        block.diagonal().array() -= z.real();
        populations_.emplace(block.array() + weight);
        return;
    }
    double bytes = 0.0;
    for (std::int32_t c = 0; c < static_cast<std::int32_t>(part.clusters_.size()); ++c) {
        const SecularPart::Cluster& cluster = part.clusters_[static_cast<std::size_t>(c)];
        if (cluster.negative && z.imag() == 0.0) continue;  // solved with its adjoint
        const auto size = static_cast<double>(cluster.elements.size());
        bytes += sizeof(Complex) * size * size;
        base::require_bytes(bytes, part.max_bytes_, "lift the degeneracy, or evolve for a long time",
                            "the inverse of ", cluster.elements.size(),
                            " elements of equal Bohr frequency");
        base::poll();
        ComplexMatrix block = part.block(c);
        block.diagonal().array() -= z;
        const auto is_population = [&](Index i) {
            return cluster.elements[static_cast<std::size_t>(i)] % (n_ + 1) == 0;
        };
        for (Index j = 0; cluster.zero && j < block.cols(); ++j)
            for (Index i = 0; is_population(j) && i < block.rows(); ++i)
                if (is_population(i)) block(i, j) += weight;
        clusters_.push_back({cluster.elements, block.partialPivLu()});
    }
}

template <class Get, class Put>
void SecularInverse::solve_clusters(const Get& get, const Put& put) const {
    VectorOf<Complex> right;
    for (const Cluster& cluster : clusters_) {
        const auto size = static_cast<Index>(cluster.elements.size());
        right.resize(size);
        for (Index i = 0; i < size; ++i) {
            const Index element = cluster.elements[static_cast<std::size_t>(i)];
            right[i] = get(element % n_, element / n_);
        }
        const VectorOf<Complex> solved = cluster.lu.solve(right);
        for (Index i = 0; i < size; ++i) {
            const Index element = cluster.elements[static_cast<std::size_t>(i)];
            put(element % n_, element / n_, solved[i]);
        }
    }
}

void SecularInverse::apply(const RealVector& packed, RealVector& result) const {
    const Eigen::Map<const RealMatrix> x(packed.data(), n_, n_);
    result.resize(packed.size());
    Eigen::Map<RealMatrix> out(result.data(), n_, n_);
    for (Index l = 0; l < n_; ++l)
        for (Index k = 0; k < l; ++k) {
            const double re = 0.5 * (x(k, l) + x(l, k)), im = 0.5 * (x(k, l) - x(l, k));
            const Complex factor = inverse_brackets_(k, l);
            const double a = factor.real() * re - factor.imag() * im,
                         b = factor.real() * im + factor.imag() * re;
            out(k, l) = a + b;
            out(l, k) = a - b;
        }
    if (populations_) {
        const RealVector p = x.diagonal();
        out.diagonal() = populations_->solve(p);
        return;
    }
    solve_clusters(
        [&](Index k, Index l) { return Complex(0.5 * (x(k, l) + x(l, k)), 0.5 * (x(k, l) - x(l, k))); },
        [&](Index k, Index l, Complex y) {
            const double im = k == l ? 0.0 : y.imag();
            out(k, l) = y.real() + im;
            out(l, k) = y.real() - im;
        });
}

void SecularInverse::apply(const VectorOf<Complex>& x, VectorOf<Complex>& result) const {
    result = inverse_brackets_.reshaped().cwiseProduct(x);
    if (populations_) {
        const VectorOf<Complex> p = x(Eigen::seqN(0, n_, n_ + 1));
        const RealVector re = populations_->solve(p.real()), im = populations_->solve(p.imag());
        for (Index k = 0; k < n_; ++k) result[k * (n_ + 1)] = Complex(re[k], im[k]);
        return;
    }
    solve_clusters([&](Index k, Index l) { return x[k + n_ * l]; },
                   [&](Index k, Index l, Complex y) { result[k + n_ * l] = y; });
}

}  // namespace redfield::steady
