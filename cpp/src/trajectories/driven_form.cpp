#include <algorithm>
#include <cmath>
#include <utility>

#include "redfield/base/errors.hpp"
#include "redfield/system/bohr.hpp"
#include "redfield/trajectories/driven_jumps.hpp"

namespace redfield::trajectories {

namespace {

/// U of H = U diag(E) U†.
ComplexMatrix vectors_of(const System& system) {
    const linalg::Factor& u = system.eigensystem().vectors();
    ComplexMatrix out = u.re().cast<Complex>();
    if (!u.is_real()) out -= Complex(0.0, 1.0) * u.minus_im().cast<Complex>();
    return out;
}

/// √γ_j of a coupling's bath at the Bohr frequencies.
RealMatrix roots_of_rates(const System& system, std::size_t j) {
    return (2.0 * system.baths().of(j).half_rate).cwiseMax(0.0).cwiseSqrt();
}

ComplexMatrix coupling_in_eigenbasis(const System& system, std::size_t j) {
    if (const auto* sites = std::get_if<SiteProjectors>(&system.couplings())) {
        const Eigen::RowVectorXcd row = vectors_of(system).row(sites->sites[j]);
        return sites->weights[static_cast<Index>(j)] * (row.adjoint() * row);
    }
    return system.operator_in_eigenbasis(j);
}

/// L_j = √γ_j∘A_j.
Leaps all_frequencies(const System& system, const Eigen::VectorXcd& ket, std::size_t count) {
    Leaps out;
    out.kets.resize(ket.size(), static_cast<Index>(count));
    for (std::size_t j = 0; j < count; ++j) {
        const ComplexMatrix a = coupling_in_eigenbasis(system, j);
        out.kets.col(static_cast<Index>(j)) =
            roots_of_rates(system, j).cast<Complex>().cwiseProduct(a) * ket;
        out.channels.push_back(static_cast<std::int64_t>(j));
    }
    return out;
}

/// L_jω = √γ_j(ω)A_j(ω), frequencies within degeneracy_tol being one.
Leaps each_frequency(const System& system, const Eigen::VectorXcd& ket, std::size_t count) {
    const Index n = ket.size();
    const RealVector& energies = system.eigensystem().energies();
    const BohrFrequencies bohr(energies);
    const BohrClusters clusters(bohr, degeneracy_tol(energies));
    const std::size_t frequencies = clusters.first.size() - 1;
    Leaps out;
    out.kets = ComplexMatrix::Zero(n, static_cast<Index>(count * frequencies));
    for (std::size_t j = 0; j < count; ++j) {
        const ComplexMatrix l =
            roots_of_rates(system, j).cast<Complex>().cwiseProduct(coupling_in_eigenbasis(system, j));
        for (std::size_t c = 0; c < frequencies; ++c) {
            auto column = out.kets.col(static_cast<Index>(out.channels.size()));
            out.channels.push_back(static_cast<std::int64_t>(j));
            for (std::size_t i = clusters.first[c]; i < clusters.first[c + 1]; ++i) {
                const Index k = bohr.element[i] % n, from = bohr.element[i] / n;
                column[k] += l(k, from) * ket[from];
            }
        }
    }
    return out;
}

}  // namespace

DrivenForm driven_lindblad(driven::TimeOperator hamiltonian, std::vector<driven::TimeOperator> jumps) {
    const Index n = hamiltonian.dimension();
    DrivenForm out;
    out.dimension = n;
    out.concurrent = true;
    ComplexMatrix constant = ComplexMatrix::Zero(n, n);
    for (std::size_t j = 0; j < jumps.size(); ++j) {
        require(jumps[j].dimension() == n, "trajectories: jump operator ", j, " is of ",
                jumps[j].dimension(), " levels, H of ", n);
        out.concurrent = out.concurrent && jumps[j].is_constant();
        if (!jumps[j].is_constant()) continue;
        const ComplexMatrix l = jumps[j].at(driven::Moment(0.0));
        constant += l.adjoint() * l;
    }
    const auto shared = std::make_shared<const std::vector<driven::TimeOperator>>(std::move(jumps));
    out.drift = [shared, constant, h = std::move(hamiltonian)](double t) {
        const driven::Moment now(t);
        ComplexMatrix g = -Complex(0.0, 1.0) * h.at(now) - 0.5 * constant;
        for (const driven::TimeOperator& jump : *shared) {
            if (jump.is_constant()) continue;
            const ComplexMatrix l = jump.at(now);
            g.noalias() -= 0.5 * (l.adjoint() * l);
        }
        return g;
    };
    out.leaps = [shared](double t, const Eigen::VectorXcd& ket) {
        Leaps found;
        found.kets.resize(ket.size(), static_cast<Index>(shared->size()));
        for (std::size_t j = 0; j < shared->size(); ++j) {
            found.kets.col(static_cast<Index>(j)).noalias() = (*shared)[j].at(driven::Moment(t)) * ket;
            found.channels.push_back(static_cast<std::int64_t>(j));
        }
        return found;
    };
    return out;
}

DrivenForm driven_in_eigenbasis(driven::System system, bool secular,
                                std::function<ComplexMatrix(double t)> drift) {
    DrivenForm out;
    out.dimension = system.dimension();
    out.concurrent = false;
    out.drift = std::move(drift);
    out.leaps = [system = std::move(system), secular](double t, const Eigen::VectorXcd& ket) {
        const redfield::System now = system.at(driven::Moment(t));
        const ComplexMatrix u = vectors_of(now);
        const Eigen::VectorXcd inside = u.adjoint() * ket;
        const std::size_t count = now.baths().of_coupling.size();
        Leaps found = secular ? each_frequency(now, inside, count) : all_frequencies(now, inside, count);
        found.kets = u * found.kets;
        return found;
    };
    return out;
}

}  // namespace redfield::trajectories
