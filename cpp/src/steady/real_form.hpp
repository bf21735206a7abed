#pragma once

#include <optional>

#include "redfield/generator/generator.hpp"

/// 𝓛 as a real sparse matrix on Hermitian states.
///
/// Its coordinates are orthonormal, ρ_kk at k + N k and, for k < l, √2 Re ρ_kl at k + N l and √2 Im ρ_kl
/// at l + N k. There are as many as of a complex matrix's one triangle, and where 𝓛 is real up to phases
/// of the levels, as of most driven cavities, real and imaginary parts fall apart: half the unknowns.
namespace redfield::steady {

using RealSparse = Eigen::SparseMatrix<double>;

struct RealForm {
    Frame frame;  ///< the basis of ρ_kl
    RealSparse matrix;
};

/// Nothing where 𝓛 has more than `most` non-zeros in every basis that is known to be sparse.
/// std::length_error where the assembled matrix of a PairEquation needs more than max_bytes.
std::optional<RealForm> real_form(const Generator& generator, double most, double max_bytes);

/// The coordinates of a packed state, and the state of them.
RealVector to_coordinates(const RealMatrix& packed);
RealMatrix from_coordinates(const RealVector& coordinates);

}  // namespace redfield::steady
