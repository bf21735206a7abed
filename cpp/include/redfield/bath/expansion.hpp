#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

namespace bath {
template <class Scalar, Index points = 24>
class Panels;
}

/// A complex function of one variable as Legendre series on panels that are halved until they have
/// converged; zero outside. Copies share them.
class REDFIELD_EXPORT Expansion {
  public:
    /// A function at `count` places; the calling thread alone calls it.
    using Function = std::function<void(const double* x, Complex* f, Index count)>;
    /// Gauss points of each panel.
    static constexpr Index order = 24;

    /// f between the first and the last edge, to `tol` of the largest |f|; where f is not smooth, put an
    /// edge. ConvergenceError where it is not finite or too rough.
    Expansion(const Function& f, std::vector<double> edges, double tol);
    /// C(t) on [0, T], or until t|C| is negligible, to 1e-13 of ∫|C|; T may be infinite. `fastest` is a
    /// frequency with which C turns for ever, 0 where it has none. ConvergenceError where C decays too
    /// slowly, turns too often or is too rough.
    static Expansion memory(const Bath& bath, double window, double fastest = 0.0);

    Complex operator()(double x) const;
    /// Ends of the panels, ascending.
    const std::vector<double>& ends() const;

    /// Nodes and weights of ∫ dx f(x) g(x), and f there, for a g that turns no faster than `fastest` and
    /// is smooth between `cuts`.
    struct Nodes {
        std::vector<double> x, weight;
        std::vector<Complex> values;
    };
    Nodes nodes(const std::vector<double>& cuts = {}, double fastest = 0.0) const;

  private:
    explicit Expansion(bath::Panels<Complex, order> panels);
    std::shared_ptr<const bath::Panels<Complex, order>> panels_;
};

}  // namespace redfield
