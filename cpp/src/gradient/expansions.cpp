#include "gradient/expansions.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "redfield/base/errors.hpp"

namespace redfield::gradient {

namespace {

/// Turns of the fastest product of x and y on a piece, as a phase: long pieces need fewer points a turn,
/// short ones less memory.
constexpr double longest_phase = 100.0;
constexpr double bytes_of_points = 2e8;

/// Points of a Gauss rule that integrates e^{ix}, |x| ≤ phase, to as many digits: half a point a radian,
/// and what the edge takes.
Index points_of(double phase, double digits) {
    return static_cast<Index>(std::ceil(0.5 * phase + (0.7 + 0.33 * digits) * std::cbrt(phase) + 1.0));
}

/// Applications of one way that anyone can wait for.
constexpr double most_applications = 1e7;

/// The phase of a Gauss rule's piece whose points' vectors fit into the bytes allowed.
double phase_of(Index numbers, double fastest, double span, double digits) {
    const double room = bytes_of_points / (8.0 * static_cast<double>(numbers));
    double phase = std::min(longest_phase, fastest * span);
    while (phase > 10.0 && static_cast<double>(points_of(phase, digits)) > room) phase *= 0.7;
    return phase;
}

void count(EvolveStats& to, const EvolveStats& of) {
    to.steps += of.steps;
    to.rejected += of.rejected;
    to.applications += of.applications;
}

}  // namespace

void check_outputs(const std::vector<double>& times, const std::vector<ComplexMatrix>& weights, Index n) {
    require(!times.empty(), "gradient: there are no times");
    require(weights.size() == times.size(), "gradient: ", weights.size(), " weights for ", times.size(),
            " times");
    for (std::size_t i = 0; i < times.size(); ++i) {
        require(std::isfinite(times[i]) && (i == 0 || times[i] >= times[i - 1]),
                "gradient: times must ascend, times[", i, "] = ", times[i]);
        require(weights[i].rows() == n && weights[i].cols() == n && weights[i].allFinite(),
                "gradient: weights[", i, "] is not a finite matrix of the system's dimension");
    }
}

Expansions::Expansions(Ways ways, const SpectralBounds& bounds, Index numbers,
                       const std::vector<double>& times, const EvolutionGradientOptions& options)
    : ways_(std::move(ways)),
      options_(options),
      numbers_(numbers),
      span_(times.back() - times.front()),
      fastest_(std::hypot(2.0 * bounds.half_height, bounds.decay) * 0.5),
      digits_(std::clamp(1.0 - std::log10(options.rtol), 3.0, 14.0)) {
    options_.method = Method::chebyshev;
    options_.monitor = nullptr;
    if (fastest_ * span_ > most_applications) {
        std::ostringstream text;
        text << "gradient: both ways of this evolution need about " << 4.0 * fastest_ * span_
             << " applications of the generator; shorten the times, or ask the steady state's";
        throw ConvergenceError(text.str());
    }
}

void Expansions::walk(const std::vector<double>& times, const RealMatrix& start, const Visit& visit,
                      RealMatrix& y, EvolveStats& stats) {
    path(times).walk(
        start, options_.stored_bytes,
        [&](std::size_t piece, const RealMatrix& x, double length) {
            return forward(piece, x, length, stats);
        },
        [&](std::size_t piece, const RealMatrix& x, const RealMatrix& late, double length) {
            return back(piece, x, late, length, stats);
        },
        visit, y);
}

Path Expansions::path(const std::vector<double>& times) {
    const double phase = phase_of(numbers_, fastest_, span_, digits_);
    Path out(times, phase > 0.0 ? phase / fastest_ : span_);
    double points = 0.0;
    for (const double length : out.lengths())
        points += static_cast<double>(points_of(fastest_ * length, digits_));
    keeps_ = 8.0 * static_cast<double>(numbers_) * points <= 0.5 * options_.stored_bytes;
    kept_.resize(out.lengths().size());
    return out;
}

RealMatrix Expansions::forward(std::size_t piece, const RealMatrix& x, double length,
                               EvolveStats& stats) {
    if (keeps_) return at_points(x, length, kept_[piece], stats);
    RealMatrix end;
    count(stats, ways_.forward(x, {0.0, length}, of(length),
                               [&](Index, const RealMatrix& state) { end = state; }));
    return end;
}

/// Adds ∫ ⟨y, (d𝓛)x⟩ of a piece that begins with x and ends with y; returns y where it begins.
RealMatrix Expansions::back(std::size_t piece, const RealMatrix& x, const RealMatrix& y, double length,
                            EvolveStats& stats) {
    std::vector<RealMatrix> states = std::move(kept_[piece]);
    if (states.empty()) at_points(x, length, states, stats);
    const bath::GaussRule& rule = rule_of(length);
    const Index points = rule.x.size();
    RealMatrix begin;
    const auto add = [&](Index i, const RealMatrix& early) {
        if (i == points + 1) begin = early;
        if (i == 0 || i > points) return;
        const auto p = static_cast<std::size_t>(points - i);
        ways_.add(states[p], early, 0.5 * length * rule.weight[points - i]);
    };
    count(stats, ways_.back(y, times_of(length), of(length), add));
    return begin;
}

EvolveOptions Expansions::of(double length) const {
    EvolveOptions out = options_;
    const double share = span_ > 0.0 ? length / span_ : 1.0;
    out.rtol = std::max(1e-15, 0.5 * options_.rtol * share);
    out.atol = 0.0;
    return out;
}

const bath::GaussRule& Expansions::rule_of(double length) {
    const Index points = points_of(fastest_ * length, digits_);
    if (!rule_ || rule_->x.size() != points) rule_ = std::make_unique<bath::GaussRule>(points);
    return *rule_;
}

std::vector<double> Expansions::times_of(double length) {
    const bath::GaussRule& rule = rule_of(length);
    std::vector<double> at{0.0};
    for (Index i = 0; i < rule.x.size(); ++i) at.push_back(0.5 * length * (1.0 + rule.x[i]));
    at.push_back(length);
    return at;
}

RealMatrix Expansions::at_points(const RealMatrix& x, double length, std::vector<RealMatrix>& states,
                                 EvolveStats& stats) {
    const std::vector<double> at = times_of(length);
    const auto last = static_cast<Index>(at.size()) - 1;
    RealMatrix end;
    const auto keep = [&](Index i, const RealMatrix& state) {
        if (i == last)
            end = state;
        else if (i > 0)
            states.push_back(state);
    };
    count(stats, ways_.forward(x, at, of(length), keep));
    return end;
}

}  // namespace redfield::gradient
