#include "generator/pump.hpp"

#include "equation/eigen_couplings.hpp"
#include "linalg/transpose.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::generator {

template <class Scalar>
void BasicForm<Scalar>::apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
                              linalg::BasicWorkspace<Scalar>& ws) const {
    const Index n = rho.rows();
    MatrixOf<Scalar>& minus = ws.matrix(0, n, n);
    MatrixOf<Scalar>& sum_scratch = ws.matrix(1, n, n);
    linalg::BasicPlanes<Scalar>& f = ws.planes(0, n, n);
    linalg::BasicPlanes<Scalar>& scratch = ws.planes(1, n, n);
    linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
        linalg::transpose_columns(rho, first, count, minus);
        linalg::left_multiply<Scalar>(minus_decay, rho, minus, first, count, linalg::Store::assign, f,
                                      scratch, sum_scratch);
    });
    pump->add(rho, minus, f, ws);
    // F₊ + F₋ᵀ is the packed form of F + F†.
    linalg::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
        constexpr Index some = linalg::lane_count<Scalar>;  // columns at a time, which stay in cache
        for (Index c = first; c < first + count; c += some) {
            const Index columns = std::min(some, first + count - c);
            out.middleCols(c, columns) = f.plus.middleCols(c, columns);
            linalg::transpose_into<linalg::Put::add>(f.minus.data(), n, n, c, columns, out.data(),
                                                     out.outerStride());
        }
    });
}

template struct BasicForm<double>;
template struct BasicForm<float>;

namespace {

bool sparse_pays_off(const System& system) {
    const auto& operators = std::get<Operators>(system.couplings());
    const auto n = static_cast<double>(system.dimension());
    double rows = 0.0;
    for (const Operator& op : operators) {
        const auto* a = std::get_if<SparseMatrix>(&op);
        if (a == nullptr) return false;
        Eigen::Matrix<bool, Eigen::Dynamic, 1> occupied =
            Eigen::Matrix<bool, Eigen::Dynamic, 1>::Constant(a->rows(), false);
        for (Index c = 0; c < a->outerSize(); ++c)
            for (SparseMatrix::InnerIterator it(*a, c); it; ++it) occupied[it.row()] = true;
        rows += static_cast<double>(occupied.count());
    }
    // Products of n² columns: one a non-empty row, and four for the two changes of basis.
    return rows + 4.0 * n < 2.0 * n * static_cast<double>(operators.size());
}

/// Whether f = ½g, so that the dissipator is that of jump operators L_j = B_j.
bool jumps(const System& system, const equation::SeparableKernel& kernel) {
    for (std::size_t b = 0; b < system.baths().tables.size(); ++b) {
        const RealMatrix right = kernel.right(b);
        if (right.size() == 0 || kernel.left(b) != (0.5 * right).cast<Complex>()) return false;
    }
    return true;
}

}  // namespace

std::shared_ptr<const Pump> make_pump(const System& system, const equation::SeparableKernel& kernel) {
    const bool itself = equation::couples_with_itself(system, kernel);
    if (std::holds_alternative<SiteProjectors>(system.couplings())) {
        if (itself) return site_projector_pump(system, kernel, Frame::eigenbasis);
        if (jumps(system, kernel)) return projector_jump_pump(system, kernel);
    } else if (itself && sparse_pays_off(system)) {
        return sparse_pump(system, kernel);
    }
    return dense_pump(system, kernel);
}

}  // namespace redfield::generator
