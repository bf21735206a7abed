#pragma once

namespace redfield::bath {

/// q(±z) of q(z) = P∫₀^∞ ln u e^{−u}/(z − u) du at z > 0.
struct LogarithmicIntegrals {
    double rising, falling;
};

/// To about 1e-14 of ln²z, and of 1/z where z is large.
LogarithmicIntegrals logarithmic_integrals(double z);

}  // namespace redfield::bath
