#pragma once

#include <memory>
#include <optional>

#include "redfield/steady/steady_state.hpp"
#include "steady/gmres.hpp"
#include "steady/packed_map.hpp"

namespace redfield::steady {

/// One way to precondition 𝓛. What is solved, and how good the solution is, never depends on it.
class Inverse {
  public:
    virtual ~Inverse() = default;
    /// Nearly the inverse of  X ↦ 𝓛X + w tr(X) 1/N.
    virtual Preconditioner bordered(double trace_weight) = 0;
    /// Nearly the inverse of 𝓛 on its range, which does not amplify its null space beyond the digits.
    virtual Preconditioner on_range() = 0;
    /// Nearly the inverse of 𝓛 − σ, σ > 0.
    virtual Preconditioner shifted(double shift) = 0;
    /// "direct" where it is exact but for rounding.
    virtual SteadyMethod method() const = 0;
};

/// The inverses that options.method allows, the one of least expected cost first. Each is made when it is
/// asked for: the exact inverse of the secular part costs nothing beside the products of an application;
/// a sparse LU is the quickest where its operations, counted beforehand, are few; the no-jump inverse is
/// for equations far from their secular part whose LU fills.
class Inverses {
  public:
    Inverses(PackedMap& map, const SteadyOptions& options);
    ~Inverses();
    /// The next to try, or null. std::length_error where its memory exceeds options.max_bytes and nothing
    /// is left to try.
    std::unique_ptr<Inverse> next();
    /// Multiply–adds of the sparse LU; infinite where there is none.
    double sparse_operations();

  private:
    class Sparse;
    class Secular;
    class NoJump;
    enum class Kind { quick_sparse, secular, no_jump, sparse };
    std::unique_ptr<Inverse> made(Kind kind);
    std::unique_ptr<Inverse> made_sparse(double most);
    double most_operations() const;
    struct Elimination;
    const Elimination& elimination();

    PackedMap& map_;
    const SteadyOptions& options_;
    int step_ = 0;
    bool has_secular_;
    std::shared_ptr<const Elimination> elimination_;
};

}  // namespace redfield::steady
