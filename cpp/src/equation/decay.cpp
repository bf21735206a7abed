#include "redfield/equation/decay.hpp"

#include <cmath>

#include "redfield/equation/coupling_table.hpp"
#include "redfield/equation/one_sided.hpp"
#include "redfield/linalg/monitor.hpp"

namespace redfield::equation {

ComplexMatrix secular_part(const System& system, ComplexMatrix decay, double cutoff) {
    const RealVector& e = system.eigensystem().energies();
    for (Index c = 0; c < decay.cols(); ++c)
        for (Index a = 0; a < decay.rows(); ++a)
            if (std::abs(e[a] - e[c]) > cutoff) decay(a, c) = 0.0;
    return decay;
}

namespace {

/// K_ac = Σ_b Σ_e P_b(ω_ec, ω_ea) Σ_j (A_j)_ec (A_j)*_ea, P given as p(b, e, c, a).
template <class P>
ComplexMatrix sum_over_levels(const System& system, const P& p) {
    const CouplingTable table(system);
    const Index n = system.dimension();
    ComplexMatrix k = ComplexMatrix::Zero(n, n), gram;
    for (std::size_t b = 0; b < table.baths(); ++b)
        for (Index e = 0; e < n; ++e) {
            linalg::poll();
            table.gram_block(b, e, e, gram);  // (c, a)
            for (Index c = 0; c < n; ++c)
                for (Index a = 0; a < n; ++a) k(a, c) += p(b, e, c, a) * gram(c, a);
        }
    return k;
}

}  // namespace

ComplexMatrix jump_decay(const System& system, const ComplexMatrix& lamb_shift) {
    const JumpKernel kernel(system);
    ComplexMatrix k = sum_over_levels(system, [&](std::size_t b, Index e, Index c, Index a) {
        return 0.5 * kernel.chi(b, e, c, e, a);
    });
    if (lamb_shift.size() != 0) k += Complex(0.0, 1.0) * lamb_shift;
    return k;
}

ComplexMatrix coarse_grained_decay(const System& system, const CoarseGrainedKernel& kernel,
                                   bool lamb_shift) {
    return sum_over_levels(system, [&](std::size_t b, Index e, Index c, Index a) {
        return lamb_shift ? kernel.one_sided(b, e, c, e, a) : 0.5 * kernel.chi(b, e, c, e, a);
    });
}

PairEquation redfield_pairs(const System& system, bool lamb_shift, double cutoff) {
    return {system, std::make_unique<RedfieldKernel>(system, lamb_shift),
            secular_part(system, effective_decay(system, lamb_shift), cutoff), cutoff};
}

}  // namespace redfield::equation
