#include "steady/sparse_lu.hpp"

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::steady {

SparseInverse::SparseInverse(const PackedMap& map, double trace_weight, double max_bytes)
    : n_(map.levels()) {
    AssemblyOptions options;
    options.max_bytes = max_bytes;
    const CsrMatrix csr = map.generator().liouvillian_in_eigenbasis(options);
    std::vector<Eigen::Triplet<Complex>> entries;
    entries.reserve(csr.value.size() + static_cast<std::size_t>(n_ * (n_ + 1)));
    for (Index r = 0; r < csr.rows; ++r)
        for (std::int32_t e = csr.row_start[static_cast<std::size_t>(r)];
             e < csr.row_start[static_cast<std::size_t>(r) + 1]; ++e)
            entries.emplace_back(r, csr.column[static_cast<std::size_t>(e)],
                                 csr.value[static_cast<std::size_t>(e)]);
    for (Index k = 0; k < n_; ++k)
        for (Index l = 0; l < n_; ++l)
            entries.emplace_back(k * (n_ + 1), l * (n_ + 1), trace_weight / static_cast<double>(n_));
    for (Index i = 0; i < csr.rows; ++i) entries.emplace_back(i, i, -1e-12 * map.rate());
    SparseMatrix matrix(csr.rows, csr.cols);
    matrix.setFromTriplets(entries.begin(), entries.end());
    lu_.compute(matrix);
    if (lu_.info() != Eigen::Success)
        throw ConvergenceError("steady_state: the sparse LU fails: " + lu_.lastErrorMessage());
}

void SparseInverse::apply(const RealVector& x, RealVector& out) const {
    const ComplexMatrix rho = unpack(RealMatrix(Eigen::Map<const RealMatrix>(x.data(), n_, n_)));
    const Eigen::VectorXcd right = Eigen::Map<const Eigen::VectorXcd>(rho.data(), rho.size());
    const Eigen::VectorXcd solved = lu_.solve(right);
    const RealMatrix packed = pack(Eigen::Map<const ComplexMatrix>(solved.data(), n_, n_));
    out = Eigen::Map<const RealVector>(packed.data(), packed.size());
}

}  // namespace redfield::steady
