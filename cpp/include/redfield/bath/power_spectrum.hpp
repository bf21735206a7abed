#pragma once

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "redfield/bath/feature.hpp"
#include "redfield/linalg/types.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// γ of a bath and where it varies: what an integral over it must know. Any bath that has
/// `power_spectrum(ω)` and `features()` is one; of a γ of your own, PowerSpectrum{gamma, {{0.0, width}}}.
class REDFIELD_EXPORT PowerSpectrum {
  public:
    /// γ at `count` frequencies. It is called by the calling thread only.
    using Function = std::function<void(const double* w, double* gamma, Index count)>;

    /// std::invalid_argument without a function or a feature, or where a feature is not finite or its
    /// width not positive.
    PowerSpectrum(Function power_spectrum, std::vector<Feature> features);

    /// γ(ω) of one frequency at a time.
    template <class Gamma, std::enable_if_t<std::is_invocable_r_v<double, Gamma&, double>, int> = 0>
    PowerSpectrum(Gamma gamma, std::vector<Feature> features)
        : PowerSpectrum(Function([gamma = std::move(gamma)](const double* w, double* out, Index count) {
                            for (Index k = 0; k < count; ++k) out[k] = gamma(w[k]);
                        }),
                        std::move(features)) {}

    template <class Bath, class = decltype(std::declval<const Bath&>().features()),
              std::enable_if_t<!std::is_same_v<std::decay_t<Bath>, PowerSpectrum>, int> = 0>
    PowerSpectrum(const Bath& bath)
        : PowerSpectrum([bath](double w) { return bath.power_spectrum(w); }, bath.features()) {}

    const std::vector<Feature>& features() const { return features_; }
    /// √γ at `count` frequencies, 0 where γ is infinite; std::invalid_argument where it is negative or no
    /// number.
    void root(const double* w, double* out, Index count) const;

  private:
    Function power_spectrum_;
    std::vector<Feature> features_;
};

}  // namespace redfield
