#pragma once

#include <vector>

#include "steady/real_form.hpp"

namespace redfield::steady {

/// The cost of eliminating a sparse matrix in an order that keeps its fill small, from the pattern alone.
struct Elimination {
    Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int> order;  ///< place of each unknown
    double entries = 0.0;                                                 ///< of both factors
    double operations = 0.0;                                              ///< multiply–adds
};

/// Approximate minimum degree on the pattern of A + Aᵀ (Amestoy, Davis & Duff 1996), with the elimination
/// tree's columns counted (Liu 1990). Pivots off the diagonal can make it more. The count ends, and is a
/// lower bound, beyond `most` operations.
Elimination eliminate(const RealSparse& matrix, double most);

/// The connected components of the pattern: the component of each unknown, and how many there are.
struct Components {
    std::vector<Index> of;
    Index count = 0;
};
Components components(const RealSparse& matrix);

}  // namespace redfield::steady
