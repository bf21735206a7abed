#pragma once

#include <array>

#include "redfield/evolve/options.hpp"

namespace redfield::integrators {

/// An explicit Runge–Kutta pair as data: stages a, nodes c, weights b (the last row of a: first same as
/// last), error weights e = b − b̂, and the coefficients d of its continuous extension, cubic Hermite
/// interpolation where they are zero.
struct Tableau {
    static constexpr int most_stages = 7;
    int stages;
    int order;         ///< of the weights b, and of the error of a step estimated with e
    double stability;  ///< decay times h on the negative real axis up to which a step damps
    std::array<double, most_stages> c;
    std::array<std::array<double, most_stages>, most_stages> a;
    std::array<double, most_stages> e;
    std::array<double, most_stages> d;
};

/// Dormand & Prince, J. Comput. Appl. Math. 6, 19 (1980); continuous extension: Hairer, Nørsett & Wanner,
/// Solving Ordinary Differential Equations I, II.6.
inline constexpr Tableau dormand_prince = {
    7,
    5,
    3.3,
    {0.0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1.0, 1.0},
    {{{},
      {1.0 / 5},
      {3.0 / 40, 9.0 / 40},
      {44.0 / 45, -56.0 / 15, 32.0 / 9},
      {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
      {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
      {35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}}},
    {71.0 / 57600, 0.0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40},
    {-12715105075.0 / 11282082432.0, 0.0, 87487479700.0 / 32700410799.0, -10690763975.0 / 1880347072.0,
     701980252875.0 / 199316789632.0, -1453857185.0 / 822651844.0, 69997945.0 / 29380423.0}};

/// The pair of a method; null where it is none.
constexpr const Tableau* tableau_of(Method method) {
    return method == Method::dopri5 ? &dormand_prince : nullptr;
}

}  // namespace redfield::integrators
