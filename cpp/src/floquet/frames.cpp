#include "floquet/frames.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace redfield::floquet {

namespace {

/// Bytes of the frames that are kept.
constexpr double most_bytes = 64e6;

}  // namespace

Frames::Frames(const Modes& modes, const std::vector<double>& times)
    : modes_(modes), places_(times.size()), bytes_left_(most_bytes) {
    const double start = modes.start(), period = modes.period();
    double largest = std::max(std::abs(start), period);
    std::vector<double> since(times.size());
    for (std::size_t i = 0; i < times.size(); ++i) {
        places_[i].periods = std::floor((times[i] - start) / period);
        since[i] = std::clamp(times[i] - start - period * places_[i].periods, 0.0, period);
        largest = std::max(largest, std::abs(times[i]));
    }
    std::vector<std::size_t> order(times.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return since[a] < since[b]; });
    const double rounding = 4.0 * std::numeric_limits<double>::epsilon() * largest;
    for (const std::size_t i : order) {
        if (moments_.empty() || start + since[i] > moments_.back().time + rounding)
            moments_.push_back({start + since[i], 0});
        ++moments_.back().times;
        places_[i].moment = moments_.size() - 1;
    }
    kept_.resize(moments_.size());
}

ComplexMatrix Frames::at(Index i) {
    const auto [moment, periods] = places_[static_cast<std::size_t>(i)];
    ComplexMatrix& kept = kept_[moment];
    ComplexMatrix out = kept.size() > 0 ? kept : modes_.frame(moments_[moment].time);
    if (kept.size() == 0 && moments_[moment].times > 1) {
        const double bytes = sizeof(Complex) * static_cast<double>(out.size());
        if (bytes <= bytes_left_) {
            bytes_left_ -= bytes;
            kept = out;
        }
    }
    const double since = periods * modes_.period();
    for (Index k = 0; k < out.cols(); ++k)
        out.col(k) *= std::polar(1.0, -since * modes_.quasienergies()[k]);
    return out;
}

}  // namespace redfield::floquet
