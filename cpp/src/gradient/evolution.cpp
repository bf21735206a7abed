#include "redfield/gradient/evolution.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>
#include <utility>

#include "bath/gauss.hpp"
#include "gradient/exponential.hpp"
#include "gradient/path.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/evolve/evolve.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

namespace {

/// Turns of the fastest product of ρ and y on a piece, as a phase: long pieces need fewer points a turn,
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

/// The phase of a Gauss rule's piece whose points' states fit into the bytes allowed.
double phase_of(Index n, double fastest, double span, double digits) {
    const double room = bytes_of_points / (8.0 * static_cast<double>(n * n));
    double phase = std::min(longest_phase, fastest * span);
    while (phase > 10.0 && static_cast<double>(points_of(phase, digits)) > room) phase *= 0.7;
    return phase;
}

/// The gradient by expansions on the pieces of a path.
class Expansions {
  public:
    Expansions(const Generator& generator, Sensitivity& sensitivity, const std::vector<double>& times,
               const EvolutionGradientOptions& options)
        : generator_(generator),
          adjoint_(generator.adjoint(options.max_bytes)),
          sensitivity_(sensitivity),
          options_(options),
          span_(times.back() - times.front()) {
        options_.method = Method::chebyshev;
        options_.monitor = nullptr;
        const SpectralBounds bounds = generator.bounds();
        fastest_ = std::hypot(2.0 * bounds.half_height, bounds.decay) * 0.5;
        if (fastest_ * span_ > most_applications) {
            std::ostringstream text;
            text << "gradient: both ways of this evolution need about " << 4.0 * fastest_ * span_
                 << " applications of the generator; shorten the times, or ask the steady state's";
            throw ConvergenceError(text.str());
        }
        digits_ = std::clamp(1.0 - std::log10(options.rtol), 3.0, 14.0);
    }

    /// The path of all outputs; states at its points are kept where they fit.
    gradient::Path path(const std::vector<double>& times) {
        const Index n = generator_.dimension();
        const double phase = phase_of(n, fastest_, span_, digits_);
        gradient::Path out(times, phase > 0.0 ? phase / fastest_ : span_);
        double points = 0.0;
        for (const double length : out.lengths())
            points += static_cast<double>(points_of(fastest_ * length, digits_));
        keeps_ = 8.0 * static_cast<double>(n * n) * points <= 0.5 * options_.stored_bytes;
        kept_.resize(out.lengths().size());
        return out;
    }

    RealMatrix forward(std::size_t piece, const RealMatrix& rho, double length, EvolveStats& stats) {
        if (keeps_) return at_points(rho, length, kept_[piece], stats);
        RealMatrix end;
        const auto keep = [&](Index, StateView state) { end = state.packed; };
        count(stats, evolve(generator_, {rho, generator_.frame()}, {0.0, length}, of(length), keep));
        return end;
    }

    /// Adds ∫ tr[y (d𝓛) ρ] of a piece that begins with ρ and ends with y; returns y where it begins.
    RealMatrix back(std::size_t piece, const RealMatrix& rho, const RealMatrix& y, double length,
                    EvolveStats& stats) {
        std::vector<RealMatrix> states = std::move(kept_[piece]);
        if (states.empty()) at_points(rho, length, states, stats);
        const bath::GaussRule& rule = rule_of(length);
        const Index points = rule.x.size();
        // Backwards, transposed operators move as states do.
        RealMatrix begin;
        const auto add = [&](Index i, StateView state) {
            if (i == points + 1) begin = state.packed.transpose();
            if (i == 0 || i > points) return;
            const auto p = static_cast<std::size_t>(points - i);
            sensitivity_.add(unpack(states[p]), unpack(state.packed.transpose()),
                             0.5 * length * rule.weight[points - i]);
        };
        const RealMatrix last = y.transpose();
        count(stats, evolve(*adjoint_, {last, adjoint_->frame()}, times_of(length), of(length), add));
        return begin;
    }

  private:
    EvolveOptions of(double length) const {
        EvolveOptions out = options_;
        const double share = span_ > 0.0 ? length / span_ : 1.0;
        out.rtol = std::max(1e-15, 0.5 * options_.rtol * share);
        out.atol = 0.0;
        return out;
    }
    static void count(EvolveStats& to, const EvolveStats& of) {
        to.steps += of.steps;
        to.rejected += of.rejected;
        to.applications += of.applications;
    }
    const bath::GaussRule& rule_of(double length) {
        const Index points = points_of(fastest_ * length, digits_);
        if (!rule_ || rule_->x.size() != points) rule_ = std::make_unique<bath::GaussRule>(points);
        return *rule_;
    }
    /// 0, the points of a piece, and its end.
    std::vector<double> times_of(double length) {
        const bath::GaussRule& rule = rule_of(length);
        std::vector<double> at{0.0};
        for (Index i = 0; i < rule.x.size(); ++i) at.push_back(0.5 * length * (1.0 + rule.x[i]));
        at.push_back(length);
        return at;
    }
    /// Appends ρ at the points of a piece; returns it at the end.
    RealMatrix at_points(const RealMatrix& rho, double length, std::vector<RealMatrix>& states,
                         EvolveStats& stats) {
        const std::vector<double> at = times_of(length);
        const auto last = static_cast<Index>(at.size()) - 1;
        RealMatrix end;
        const auto keep = [&](Index i, StateView state) {
            if (i == last)
                end = state.packed;
            else if (i > 0)
                states.push_back(state.packed);
        };
        count(stats, evolve(generator_, {rho, generator_.frame()}, at, of(length), keep));
        return end;
    }

    const Generator& generator_;
    std::shared_ptr<const Generator> adjoint_;
    Sensitivity& sensitivity_;
    EvolutionGradientOptions options_;
    double span_, fastest_, digits_;
    bool keeps_ = false;
    std::vector<std::vector<RealMatrix>> kept_;  ///< ρ at the points of each piece
    std::unique_ptr<bath::GaussRule> rule_;
};

}  // namespace

EvolutionGradient add_gradient(const Generator& generator, Sensitivity& sensitivity,
                               const ComplexMatrix& rho0, const std::vector<double>& times,
                               const std::vector<ComplexMatrix>& weights,
                               const EvolutionGradientOptions& options) {
    const Index n = generator.dimension();
    require(!times.empty(), "gradient: there are no times");
    require(weights.size() == times.size(), "gradient: ", weights.size(), " weights for ", times.size(),
            " times");
    for (std::size_t i = 0; i < times.size(); ++i) {
        require(std::isfinite(times[i]) && (i == 0 || times[i] >= times[i - 1]),
                "gradient: times must ascend, times[", i, "] = ", times[i]);
        require(weights[i].rows() == n && weights[i].cols() == n && weights[i].allFinite(),
                "gradient: weights[", i, "] is not a finite matrix of the system's dimension");
    }
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const Eigensystem& eigensystem = generator.eigensystem();
    const int threads = base::resolve_threads(options.threads, n);
    const auto inside = [&](const ComplexMatrix& x) {
        return eigensystem.in_frame(generator.frame(), {pack(x), Frame::given}, threads);
    };
    std::vector<RealMatrix> packed;
    for (const ComplexMatrix& w : weights) packed.push_back(inside(w));
    const RealMatrix start = inside(unpack(pack_state(rho0, n)));

    EvolutionGradient out{0.0, {}, RealVector::Zero(static_cast<Index>(times.size())), {}};
    out.stats.frame = generator.frame();
    const auto ws = generator.lease(options.threads);
    RealMatrix change(n, n);
    const gradient::Visit visit = [&](std::size_t i, const RealMatrix& rho, RealMatrix& y) {
        // ρ and y just after times[i].
        generator.apply(rho, change, *ws);
        out.times[static_cast<Index>(i)] =
            i > 0 ? packed[i].cwiseProduct(change).sum() : -y.cwiseProduct(change).sum();
        out.value += packed[i].cwiseProduct(rho).sum();
        y += packed[i];
    };
    RealMatrix y = RealMatrix::Zero(n, n);
    if (gradient::exponential_is_cheaper(generator, times, options.max_bytes)) {
        out.stats.method = name_of(method_names, Method::exponential);
        gradient::by_exponentials(generator, sensitivity, start, times, visit, y, options.threads);
    } else {
        out.stats.method = name_of(method_names, Method::chebyshev);
        Expansions expansions(generator, sensitivity, times, options);
        gradient::Path path = expansions.path(times);
        path.walk(
            start, options.stored_bytes,
            [&](std::size_t piece, const RealMatrix& rho, double length) {
                return expansions.forward(piece, rho, length, out.stats);
            },
            [&](std::size_t piece, const RealMatrix& rho, const RealMatrix& late, double length) {
                return expansions.back(piece, rho, late, length, out.stats);
            },
            visit, y);
    }
    out.rho0 = unpack(eigensystem.in_frame(Frame::given, {y, generator.frame()}, threads));
    return out;
}

}  // namespace redfield
