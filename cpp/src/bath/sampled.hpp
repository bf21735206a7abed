#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/base/types.hpp"
#include "redfield/bath/bath.hpp"

namespace redfield::bath {

/// f(x[0 … count)), a function of many points at a time. It may be a user's, so that it is called by the
/// calling thread only and never copied while one works.
template <class Scalar>
using Sampled = std::function<void(const double* x, Scalar* f, Index count)>;

template <class Scalar>
std::vector<Scalar> sample(const Sampled<Scalar>& f, const std::vector<double>& x) {
    std::vector<Scalar> out(x.size());
    if (!x.empty()) f(x.data(), out.data(), static_cast<Index>(x.size()));
    return out;
}

/// Calls from which on a team takes less time, of a sum over many panels and of a closed form.
constexpr Index many_sums = 100, many_formulas = 20000;

/// f(k) for every k < count, by a team where there are at least `pays_off`.
template <class F>
void for_each_index(Index count, F&& f, Index pays_off = many_sums) {
    base::parallel_ranges(count < pays_off ? 1 : base::cores(), count, [&](Index first, Index some) {
        for (Index k = first; k < first + some; ++k) {
            base::poll();
            f(k);
        }
    });
}

/// A number as messages show it.
inline std::string brief(double x, int digits = 3) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*g", digits, x);
    return text.data();
}

/// std::invalid_argument without a feature, or where one is not finite or its width not positive.
inline void require_features(const std::vector<Feature>& features) {
    require(!features.empty(), "features must say where the power spectrum varies, got none");
    for (const Feature& feature : features) {
        require(std::isfinite(feature.at), "a feature lies at ", feature.at);
        require(std::isfinite(feature.width) && feature.width > 0.0, "the feature at ", feature.at,
                " must have a positive width, got ", feature.width);
    }
}

/// A value that is made when it is first asked for. Threads that ask at the same time may each make it;
/// the first one stays. Nothing is locked meanwhile, since making it may call a user's function.
template <class T>
class Cached {
  public:
    template <class Make>
    std::shared_ptr<const T> get(Make&& make) const {
        if (auto known = peek()) return known;
        auto made = std::make_shared<const T>(make());
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!value_) value_ = std::move(made);
        return value_;
    }
    std::shared_ptr<const T> peek() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return value_;
    }
    std::shared_ptr<const T> replace(T value) const {
        auto made = std::make_shared<const T>(std::move(value));
        const std::lock_guard<std::mutex> lock(mutex_);
        return value_ = std::move(made);
    }

  private:
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const T> value_;
};

}  // namespace redfield::bath
