#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "bath/gauss.hpp"
#include "gradient/path.hpp"
#include "redfield/evolve/options.hpp"
#include "redfield/generator/generator.hpp"
#include "redfield/gradient/evolution.hpp"

namespace redfield::gradient {

/// std::invalid_argument where times do not ascend, or weights are not one finite (N, N) matrix each.
void check_outputs(const std::vector<double>& times, const std::vector<ComplexMatrix>& weights, Index n);

/// An equation of vectors x, and its adjoint.
struct Ways {
    /// Tells x at every time but the first from x at that one, and what it took.
    using Evolve =
        std::function<EvolveStats(const RealMatrix& start, const std::vector<double>& times,
                                  const EvolveOptions& options, const Observer<RealMatrix>& tell)>;
    Evolve forward;
    Evolve back;  ///< the same of y, whose time runs backwards
    /// Adds w ⟨y, (d𝓛)x⟩ to a gradient.
    std::function<void(const RealMatrix& x, const RealMatrix& y, double weight)> add;
};

/// ∫ ⟨y, (d𝓛)x⟩ dt of an evolution and its outputs, at the points of Gauss rules on the pieces of a path
/// that resolve x and y together.
class Expansions {
  public:
    /// `numbers` of a vector. ConvergenceError where nobody can wait for the evolution.
    Expansions(Ways ways, const SpectralBounds& bounds, Index numbers, const std::vector<double>& times,
               const EvolutionGradientOptions& options);

    /// Goes from `start` to the last time and back with y, to which `visit` adds at outputs.
    void walk(const std::vector<double>& times, const RealMatrix& start, const Visit& visit,
              RealMatrix& y, EvolveStats& stats);

  private:
    RealMatrix forward(std::size_t piece, const RealMatrix& x, double length, EvolveStats& stats);
    RealMatrix back(std::size_t piece, const RealMatrix& x, const RealMatrix& y, double length,
                    EvolveStats& stats);
    /// The path of all outputs; vectors at its points are kept where they fit.
    Path path(const std::vector<double>& times);
    EvolveOptions of(double length) const;
    const bath::GaussRule& rule_of(double length);
    /// 0, the points of a piece, and its end.
    std::vector<double> times_of(double length);
    /// Appends x at the points of a piece; returns it at the end.
    RealMatrix at_points(const RealMatrix& x, double length, std::vector<RealMatrix>& states,
                         EvolveStats& stats);

    Ways ways_;
    EvolutionGradientOptions options_;
    Index numbers_;
    double span_, fastest_, digits_;
    bool keeps_ = false;
    std::vector<std::vector<RealMatrix>> kept_;  ///< x at the points of each piece
    std::unique_ptr<bath::GaussRule> rule_;
};

}  // namespace redfield::gradient
