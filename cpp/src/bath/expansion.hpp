#pragma once

#include <vector>

#include "bath/panels.hpp"
#include "bath/sampled.hpp"

namespace redfield::bath {

/// When the series of a panel has converged: its error is `tol` of the largest |f| (`peak`), or its
/// integral `tol` of that of |f| (`integral`), or both.
struct Convergence {
    double tol = 1e-13;
    bool peak = true, integral = false;
};

/// f between the first and the last of `edges`, on panels halved until their series have converged. Where
/// f is not smooth, put an edge. ConvergenceError where f is not finite or too rough.
template <class Scalar>
Panels<Scalar> expand(const Sampled<Scalar>& f, std::vector<double> edges, Convergence convergence,
                      std::vector<PowerLaw> laws = {});

/// `expand`, zero where inner power laws stand for f, and refined where it misses f at a probe: no node
/// may have met a narrow peak. ConvergenceError where it misses f still.
Panels<double> verified(const Sampled<double>& f, std::vector<double> edges,
                        const std::vector<double>& probes, const std::vector<PowerLaw>& laws,
                        Convergence convergence);

/// The places of x, inside the panels, where the expansion is not f.
std::vector<double> missed_at(const Panels<double>& panels, const Sampled<double>& f,
                              const std::vector<double>& x);

}  // namespace redfield::bath
