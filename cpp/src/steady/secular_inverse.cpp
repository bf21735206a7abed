#include "steady/secular_inverse.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

#include "generator/sparse_liouvillian.hpp"
#include "redfield/equation/secular_rates.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::steady {

SecularInverse::SecularInverse(const equation::PairEquation& equation, double shift, double trace_weight,
                               double max_bytes)
    : n_(equation.system.dimension()), re_(n_, n_), im_(n_, n_) {
    const RealVector& energies = equation.system.eigensystem().energies();
    const equation::SecularRates rates = equation::secular_rates(equation);
    // A coherence that neither turns nor decays has no inverse; the smallest that rounding can tell has.
    const double smallest = 1e-13 * std::max(1e-290, equation.system.eigensystem().bandwidth() +
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
    const BohrFrequencies bohr(energies);
    if (!BohrClusters(bohr, degeneracy_tol(energies)).non_degenerate) {
        set_clusters(equation, shift, trace_weight, max_bytes);
        return;
    }
    RealMatrix populations = rates.population;
    populations.diagonal().array() -= shift;
    populations.array() += trace_weight / static_cast<double>(n_);
    populations_.compute(populations);
}

void SecularInverse::set_clusters(const equation::PairEquation& equation, double shift,
                                  double trace_weight, double max_bytes) {
    const RealVector& energies = equation.system.eigensystem().energies();
    const BohrFrequencies bohr(energies);
    const BohrClusters clusters(bohr, degeneracy_tol(energies));
    equation::PairEquation secular = equation;
    secular.cutoff = std::min(equation.cutoff, std::max(degeneracy_tol(energies), clusters.width));
    AssemblyOptions options;
    options.max_bytes = max_bytes;
    const CsrMatrix matrix = generator::assemble(secular, options);
    double bytes = 0.0;
    std::vector<Index> place(bohr.element.size(), -1);
    for (std::size_t c = 0; c + 1 < clusters.first.size(); ++c) {
        const std::size_t from = clusters.first[c], to = clusters.first[c + 1];
        // The elements of −ω are the conjugates of those of ω.
        if (to - from < 2 || bohr.frequency[to - 1] < 0.0) continue;
        bytes += sizeof(Complex) * static_cast<double>((to - from) * (to - from));
        if (bytes > max_bytes) {
            std::ostringstream text;
            text << "steady_state: " << to - from << " elements of equal Bohr frequency need " << bytes
                 << " bytes, more than the " << max_bytes << " there are";
            throw std::length_error(text.str());
        }
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

}  // namespace redfield::steady
