#include "redfield/equation/decay.hpp"

#include <cmath>

#include "redfield/equation/coupling_table.hpp"
#include "redfield/equation/one_sided.hpp"

namespace redfield::equation {

ComplexMatrix secular_part(const System& system, ComplexMatrix decay, double cutoff) {
    const RealVector& e = system.eigensystem().energies();
    for (Index c = 0; c < decay.cols(); ++c)
        for (Index a = 0; a < decay.rows(); ++a)
            if (std::abs(e[a] - e[c]) > cutoff) decay(a, c) = 0.0;
    return decay;
}

namespace {

/// Σ_k p_ka p_kc Σ_j v_kj² (v_aj v*_cj), p = √γ: the sum over projectors without forming any L_j.
void add_projector_jumps(const System& system, ComplexMatrix& k) {
    const ProjectorColumns columns = projector_columns(system);
    const Index n = system.dimension();
    for (std::size_t b = 0; b + 1 < columns.first.size(); ++b) {
        const auto v = columns.v.middleCols(columns.first[b], columns.first[b + 1] - columns.first[b]);
        const RealMatrix root = (2.0 * system.baths().tables[b].half_rate).cwiseSqrt();
        for (Index e = 0; e < n; ++e) {
            const ComplexMatrix scaled = v * v.row(e).cwiseAbs().asDiagonal();
            const ComplexMatrix gram = scaled * scaled.adjoint();
            k +=
                0.5 * gram.cwiseProduct((root.row(e).transpose() * root.row(e)).template cast<Complex>());
        }
    }
}

}  // namespace

ComplexMatrix jump_decay(const System& system, const ComplexMatrix& lamb_shift) {
    const Index n = system.dimension();
    ComplexMatrix k = ComplexMatrix::Zero(n, n);
    if (std::holds_alternative<SiteProjectors>(system.couplings())) {
        add_projector_jumps(system, k);
    } else {
        const auto& operators = std::get<Operators>(system.couplings());
        for (std::size_t j = 0; j < operators.size(); ++j) {
            const auto bath = static_cast<std::size_t>(system.baths().of_coupling[j]);
            const ComplexMatrix l = (2.0 * system.baths().tables[bath].half_rate)
                                        .cwiseSqrt()
                                        .cast<Complex>()
                                        .cwiseProduct(operator_in_eigenbasis(system, operators[j]));
            k.noalias() += 0.5 * (l.adjoint() * l);
        }
    }
    if (lamb_shift.size() != 0) k += Complex(0.0, 1.0) * lamb_shift;
    return k;
}

ComplexMatrix coarse_grained_decay(const System& system, const CoarseGrainedKernel& kernel,
                                   bool lamb_shift) {
    const CouplingTable table(system);
    const Index n = system.dimension();
    ComplexMatrix k = ComplexMatrix::Zero(n, n), gram;
    for (std::size_t b = 0; b < table.baths(); ++b)
        for (Index e = 0; e < n; ++e) {
            table.gram_block(b, e, e, gram);  // (c, a): Σ_j (A_j)_ec (A_j)*_ea
            for (Index c = 0; c < n; ++c)
                for (Index a = 0; a < n; ++a) {
                    Complex p = kernel.one_sided(b, e, c, e, a);
                    if (!lamb_shift) p = 0.5 * (p + std::conj(kernel.one_sided(b, e, a, e, c)));
                    k(a, c) += p * gram(c, a);
                }
        }
    return k;
}

}  // namespace redfield::equation
