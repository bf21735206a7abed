#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "steady/packed_map.hpp"

namespace redfield::steady {

class SparseElimination;

/// One way to precondition 𝓛. What is solved, and how good the solution is, never depends on it.
struct Inverse {
    /// Nearly the inverse of  X ↦ 𝓛X − σX + w tr(X) 1/N, with w > 0 or σ > 0.
    std::function<Preconditioner(double shift, double trace_weight)> at;
    /// The σ with which it inverts 𝓛 on its range and does not amplify the null space beyond the digits.
    double range_shift;
    /// Whether it is the inverse but for rounding.
    bool exact;
};

/// Which inverses may be tried.
enum class InverseChoice {
    cheapest,        ///< all, the one of least expected cost first
    factorisations,  ///< the sparse LU, whatever it costs, as long as the dense LU costs more
    iterations,      ///< those that are not exact, in the order of their cost
};

/// The inverses that a choice allows, one after another. Each is made when it is asked for: the exact
/// inverse of the secular part costs nothing beside the products of an application; a sparse LU is the
/// quickest where its operations, counted beforehand, are few; the no-jump inverse is for equations far
/// from their secular part whose LU fills.
class Inverses {
  public:
    Inverses(PackedMap& map, InverseChoice choice, double max_bytes);
    /// The next to try, or nothing. std::length_error where its memory exceeds max_bytes and nothing is
    /// left to try.
    std::optional<Inverse> next();

  private:
    enum class Kind { quick_sparse, secular, no_jump, sparse };
    std::optional<Inverse> made(Kind kind);
    std::optional<Inverse> made_sparse(double operations);
    double max_operations() const;

    PackedMap& map_;
    InverseChoice choice_;
    double max_bytes_;
    std::size_t step_ = 0;
    /// The elimination, once it is counted; null inside where 𝓛 is not sparse.
    std::optional<std::shared_ptr<const SparseElimination>> elimination_;
};

}  // namespace redfield::steady
