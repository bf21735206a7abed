#pragma once

#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "redfield/base/errors.hpp"
#include "redfield/base/types.hpp"
#include "redfield/bath/derivatives.hpp"
#include "redfield/redfield_export.h"

namespace redfield {

/// A frequency where a power spectrum is not smooth or varies fast, and the distance over which it does.
struct Feature {
    double at, width;
};

/// Γ_T(ω) = ∫₀ᵀ ds C(s) e^{iωs} and its derivative in ω at frequencies (M,).
struct Windowed {
    Eigen::VectorXcd value, derivative;
};

/// The calls that a class of bath may understand, for Bath to find them.
namespace bath {

using In = const double*;
template <class B>
using Rate = decltype(std::declval<const B&>().power_spectrum(0.0));
template <class B>
using Rates = decltype(std::declval<const B&>().power_spectrum(In(), std::declval<double*>(), Index()));
template <class B>
using Shift = decltype(std::declval<const B&>().lamb_shift(0.0));
template <class B>
using Shifts = decltype(std::declval<const B&>().lamb_shift(In(), std::declval<double*>(), Index()));
template <class B>
using OneSided = decltype(Complex(std::declval<const B&>()(0.0)));
template <class B>
using Value = decltype(std::declval<const B&>().correlation(0.0));
template <class B>
using Values = decltype(std::declval<const B&>().correlation(In(), std::declval<Complex*>(), Index()));
template <class B>
using TimeScale = decltype(std::declval<const B&>().time_scale());
template <class B>
using Noise = decltype(std::declval<const B&>().noise());
template <class B>
using Features = decltype(std::declval<const B&>().features());
template <class B>
using Windows = decltype(std::declval<const B&>().windowed(std::declval<const RealVector&>(), 0.0));
template <class B>
using Slopes = decltype(std::declval<const B&>().derivatives(0.0, true).numbers);

template <template <class> class Call, class B, class = void>
constexpr bool has = false;
template <template <class> class Call, class B>
constexpr bool has<Call, B, std::void_t<Call<B>>> = true;

template <class B>
constexpr bool is_bath = has<Rate, B> || has<Rates, B> || has<OneSided, B>;

}  // namespace bath

/// A bath with correlation function C(t) = tr[B(t) B ρ_B], Γ(ω) = ∫₀^∞ ds e^{iωs} C(s) = ½γ(ω) + iη(ω):
/// everything that an equation asks of one. Immutable; copies share it.
///
/// A class is a bath that has `power_spectrum(ω)`, and, as far as it knows them, `lamb_shift(ω)`,
/// `correlation(t)` with `time_scale()` over which C varies first and `noise()`, the rounding of C in its
/// largest value, `features()`, the places where γ varies, `windowed(w, T)`, and `derivatives(ω, whether
/// of η too)`, a DerivativesAt. Each of the first three may take many places at once instead, (in, out,
/// count). A function ω → Γ(ω) is a bath that knows nothing else.
class REDFIELD_EXPORT Bath {
  public:
    template <class B, std::enable_if_t<bath::is_bath<B> && !std::is_same_v<B, Bath>, int> = 0>
    Bath(B bath) : form_(std::make_shared<Form<B>>(std::move(bath))) {}

    /// γ at `count` frequencies, a rate. As all functions of a bath, the calling thread alone calls it.
    void power_spectrum(const double* w, double* gamma, Index count) const {
        form_->power_spectrum(w, gamma, count);
    }
    /// Γ at `count` frequencies; std::invalid_argument where the bath has no Lamb shift.
    void one_sided(const double* w, Complex* out, Index count) const { form_->one_sided(w, out, count); }
    /// Γ(ω) = ½γ(ω) + iη(ω).
    Complex operator()(double w) const {
        Complex out = 0.0;
        one_sided(&w, &out, 1);
        return out;
    }
    /// C at `count` times, an energy squared; std::invalid_argument where the bath has none, or it is not
    /// finite.
    void correlation(const double* t, Complex* c, Index count) const;
    /// Time over which C varies first. std::invalid_argument unless it is positive and finite.
    double time_scale() const;
    /// Rounding of C in its largest value, where it is not relative to C(t) itself.
    double noise() const { return form_->noise(); }
    /// Frequencies where γ varies. std::invalid_argument where the bath does not say.
    std::vector<Feature> features() const;
    /// Γ_T and its derivative at frequencies (M,), to 1e-10 of ∫|C|; T may be infinite.
    /// std::invalid_argument unless it is positive, ConvergenceError where C is too rough or does not
    /// end.
    Windowed windowed(const RealVector& w, double window) const;
    /// Derivatives of Γ at `count` frequencies, of ½γ alone without `lamb_shift`; std::invalid_argument
    /// where the bath has none.
    BathDerivatives derivatives(const double* w, Index count, bool lamb_shift = true) const {
        return form_->derivatives(w, count, lamb_shift);
    }

  private:
    struct Interface {
        virtual ~Interface() = default;
        virtual void power_spectrum(const double* w, double* gamma, Index count) const = 0;
        virtual void one_sided(const double* w, Complex* out, Index count) const = 0;
        virtual void correlation(const double* t, Complex* c, Index count) const = 0;
        virtual double time_scale() const = 0;
        virtual double noise() const = 0;
        virtual std::vector<Feature> features() const = 0;
        virtual Windowed windowed(const Bath& self, const RealVector& w, double window) const = 0;
        virtual BathDerivatives derivatives(const double* w, Index count, bool lamb_shift) const = 0;
    };
    template <class B>
    struct Form;
    static Windowed windowed_by_times(const Bath& bath, const RealVector& w, double window);

    std::shared_ptr<const Interface> form_;
};

template <class B>
struct Bath::Form final : Bath::Interface {
    explicit Form(B given) : of(std::move(given)) {}

    void power_spectrum(const double* w, double* gamma, Index count) const override {
        if constexpr (bath::has<bath::Rates, B>)
            of.power_spectrum(w, gamma, count);
        else if constexpr (bath::has<bath::Rate, B>)
            for (Index k = 0; k < count; ++k) gamma[k] = of.power_spectrum(w[k]);
        else
            for (Index k = 0; k < count; ++k) gamma[k] = 2.0 * Complex(of(w[k])).real();
    }
    void one_sided(const double* w, Complex* out, Index count) const override {
        if constexpr (bath::has<bath::Shifts, B>) {
            RealVector gamma(count), eta(count);
            power_spectrum(w, gamma.data(), count);
            of.lamb_shift(w, eta.data(), count);
            for (Index k = 0; k < count; ++k) out[k] = {0.5 * gamma[k], eta[k]};
        } else if constexpr (bath::has<bath::OneSided, B>) {
            for (Index k = 0; k < count; ++k) out[k] = of(w[k]);
        } else if constexpr (bath::has<bath::Shift, B>) {
            for (Index k = 0; k < count; ++k)
                out[k] = {0.5 * of.power_spectrum(w[k]), of.lamb_shift(w[k])};
        } else {
            require(false, "the bath does not define lamb_shift");
        }
    }
    void correlation(const double* t, Complex* c, Index count) const override {
        if constexpr (bath::has<bath::Values, B>)
            of.correlation(t, c, count);
        else if constexpr (bath::has<bath::Value, B>)
            for (Index k = 0; k < count; ++k) c[k] = of.correlation(t[k]);
        else
            require(false, "the bath does not define correlation");
    }
    double time_scale() const override {
        if constexpr (bath::has<bath::TimeScale, B>) return of.time_scale();
        return 0.0;
    }
    double noise() const override {
        if constexpr (bath::has<bath::Noise, B>) return of.noise();
        return 0.0;
    }
    std::vector<Feature> features() const override {
        if constexpr (bath::has<bath::Features, B>) return of.features();
        return {};
    }
    Windowed windowed(const Bath& self, const RealVector& w, double window) const override {
        if constexpr (bath::has<bath::Windows, B>) return of.windowed(w, window);
        return windowed_by_times(self, w, window);
    }
    BathDerivatives derivatives(const double* w, Index count, bool lamb_shift) const override {
        BathDerivatives out;
        if constexpr (bath::has<bath::Slopes, B>) {
            constexpr auto numbers = static_cast<Index>(std::tuple_size_v<bath::Slopes<B>>);
            out.frequency.resize(count);
            out.numbers.resize(count, numbers);
            for (Index k = 0; k < count; ++k) {
                const auto at = of.derivatives(w[k], lamb_shift);
                out.frequency[k] = at.frequency;
                for (Index p = 0; p < numbers; ++p)
                    out.numbers(k, p) = at.numbers[static_cast<std::size_t>(p)];
            }
        } else {
            require(false, "the bath does not define derivatives");
        }
        return out;
    }

    B of;
};

}  // namespace redfield
