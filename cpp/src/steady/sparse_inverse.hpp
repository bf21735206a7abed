#pragma once

#include <Eigen/SparseLU>
#include <memory>
#include <vector>

#include "steady/elimination.hpp"
#include "steady/packed_map.hpp"
#include "steady/real_form.hpp"

namespace redfield::steady {

/// The elimination of 𝓛 as a real sparse matrix: its parts that nothing joins, an order and the cost of
/// each, found before anything is factorised.
class SparseElimination {
  public:
    /// Costs are counted up to `most` operations.
    SparseElimination(const Generator& generator, RealForm form, double most);

    double operations() const { return operations_; }
    /// Bytes of the factors with the numbers of their rows, and of what Eigen's growing arrays take
    /// beside.
    double bytes() const;

  private:
    friend class SparseInverse;
    struct Part {
        std::vector<Index> unknown;  ///< at each place of the elimination
        RealSparse matrix;           ///< in that order
        double operations = 0.0;
    };
    void add_part(const RealSparse& matrix, std::vector<Index> unknowns, double most);

    const Eigensystem& eigensystem_;
    Frame frame_;
    Index n_;
    std::vector<Part> parts_;  ///< first the one that holds the populations
    double operations_ = 0.0, entries_ = 0.0;
};

/// The inverse of  X ↦ 𝓛X − σX + w tr(X) 1/N  by the sparse LU of each part, w tr(X) as one row in place
/// of that of a population, which the others tell as 𝓛 keeps the trace.
///
/// A part that is singular within rounding, as of coherences that nothing damps or of several steady
/// states, is damped by a rate `touch`.
class SparseInverse {
  public:
    /// ConvergenceError where even that has no LU.
    SparseInverse(std::shared_ptr<const SparseElimination> elimination, double shift, double trace_weight,
                  double touch);
    SparseInverse(SparseInverse&&) noexcept;
    ~SparseInverse();
    /// On packed states in the frame of the generator.
    void apply(const RealVector& packed, RealVector& result) const;

  private:
    class Factors;
    std::unique_ptr<const Factors> factorised(const SparseElimination::Part& part, double shift,
                                              double touch) const;

    std::shared_ptr<const SparseElimination> elimination_;
    double trace_weight_, trace_scale_ = 0.0;
    Index replaced_ = -1;  ///< the population whose row is the trace's
    std::vector<std::unique_ptr<const Factors>> factors_;
};

}  // namespace redfield::steady
