#include "redfield/steady/steady_state.hpp"

#include <cmath>
#include <memory>
#include <optional>
#include <sstream>

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/parallel.hpp"
#include "steady/gmres.hpp"
#include "steady/null_space.hpp"
#include "steady/preconditioners.hpp"

namespace redfield {

using steady::PackedMap;

namespace {

/// Levels up to which the null space of a dense N²×N² matrix is the quickest.
constexpr Index null_space_levels = 7;
/// The same with so few couplings that the matrix is made in no time.
constexpr Index null_space_levels_of_few = 8;
constexpr Index few = 2;
/// Levels up to which "automatic" takes it where every way stagnates.
constexpr Index dense_null_space_levels = 48;

std::string several(std::size_t count) {
    std::ostringstream text;
    text << "there are " << count
         << " steady states; .states of this exception has a basis of them. A symmetry of H and all "
            "couplings, or levels that no bath reaches, conserve something: solve in one sector, or "
            "evolve "
            "the initial state you have";
    return text.str();
}

bool null_space_is_quickest(const Generator& generator) {
    const bool sums_few = generator.pair_equation() != nullptr && generator.stored_entries() > 1e300 &&
                          count(generator.system()->couplings()) <= few;
    return generator.dimension() <= (sums_few ? null_space_levels_of_few : null_space_levels);
}

template <class Vectors>
std::vector<ComplexMatrix> unpacked(const PackedMap& map, const Vectors& vectors) {
    std::vector<ComplexMatrix> out;
    out.reserve(vectors.size());
    for (const auto& v : vectors) out.push_back(map.unpack(v));
    return out;
}

RealVector from_dense(PackedMap& map, double max_bytes) {
    const RealMatrix dense = map.matrix(4.0, max_bytes);
    const double largest = std::max(map.fastest(), dense.colwise().norm().maxCoeff());
    // Rounding of a matrix of size ‖𝓛‖, and a little more; weak dissipation is far above it.
    const RealMatrix vectors = steady::null_space(dense, map.rounding() * largest);
    if (vectors.cols() > 1) {
        std::vector<RealVector> columns;
        for (Index c = 0; c < vectors.cols(); ++c) columns.emplace_back(vectors.col(c));
        throw MultipleSteadyStates(unpacked(map, columns));
    }
    return vectors.col(0);
}

/// 𝓛ρ + w tr(ρ) 1/N = w 1/N, whose solution is the steady state of trace 1 where there is one.
class Bordered {
  public:
    explicit Bordered(PackedMap& map) : map_(map) {
        weight_ = std::max(map.decay(), 1e-3 * map.fastest());
        const Index n = map.levels();
        right_ = RealVector::Zero(map.size());
        for (Index k = 0; k < n; ++k) right_[k * (n + 1)] = weight_ / static_cast<double>(n);
    }
    double weight() const { return weight_; }
    const RealVector& right() const { return right_; }
    void operator()(const RealVector& x, RealVector& out) {
        map_(x, out);
        out += map_.trace(x) * right_;
    }

  private:
    PackedMap& map_;
    double weight_;
    RealVector right_;
};

RealVector by_gmres(PackedMap& map, steady::Inverse& inverse, double tol) {
    Bordered system(map);
    // The largest rate times ‖ρ‖_F ≤ 1 is what ‖𝓛ρ‖ is measured with.
    const double scale =
        map.fastest() / system.right().norm() / std::sqrt(static_cast<double>(map.levels()));
    const double rtol = std::max(tol, map.rounding()) * std::min(1.0, scale);
    const steady::Solution solution =
        steady::gmres(std::ref(system), inverse.bordered(system.weight()), system.right(),
                      std::max(0.3 * rtol, 1e-15), [](double fraction) { linalg::poll(fraction); });
    if (!solution.x.allFinite() || solution.residual > 1e-3) {
        std::ostringstream text;
        text << "steady_state: GMRES stagnates at a relative residual of " << solution.residual
             << " after " << map.applications()
             << " applications. Try method=\"direct\", or evolve for a long time";
        throw ConvergenceError(text.str());
    }
    return solution.x;
}

/// Throws MultipleSteadyStates where what 𝓛 leaves of random operators is not the state found; false
/// where GMRES can not tell.
bool is_only_one(PackedMap& map, steady::Inverse& inverse, const RealVector& state) {
    const steady::NullSpace found = steady::null_space(map, inverse.on_range(), state);
    if (found.basis.size() > 1) throw MultipleSteadyStates(unpacked(map, found.basis));
    return found.whole;
}

struct Solved {
    RealVector state;  ///< of trace 1
    double residual;
    SteadyMethod method;
    bool unique;
};

/// A multiple of the steady state with its trace and residual; ConvergenceError where that is above tol.
Solved accepted(PackedMap& map, RealVector state, SteadyMethod method, double tol) {
    state /= map.trace(state);
    const double residual = map.residual(state);
    const double allowed = std::max(tol, map.rounding()) * map.fastest();
    if (!(residual <= allowed)) {
        std::ostringstream text;
        text << "steady_state: the residual is " << residual << ", above tol times the fastest rate, "
             << allowed << "; loosen tol, or try method=\"direct\"";
        throw ConvergenceError(text.str());
    }
    return {std::move(state), residual, method, true};
}

/// By the first inverse that finds a state and shows it to be the only one; else by the last that finds
/// one. The error of the last where none does, or nothing where there is no inverse.
std::optional<Solved> by_any(PackedMap& map, steady::Inverses& inverses, double tol) {
    std::optional<Solved> out;
    std::optional<ConvergenceError> failure;
    while (const auto inverse = inverses.next()) {
        try {
            Solved found = accepted(map, by_gmres(map, *inverse, tol), inverse->method(), tol);
            found.unique = is_only_one(map, *inverse, found.state);
            out = std::move(found);
            if (out->unique) return out;
        } catch (const ConvergenceError& error) {
            failure = error;
        }
    }
    if (!out && failure) throw *failure;
    return out;
}

}  // namespace

MultipleSteadyStates::MultipleSteadyStates(std::vector<ComplexMatrix> basis)
    : std::runtime_error(several(basis.size())), states_(std::move(basis)) {}

SteadyState steady_state(const Generator& generator, const SteadyOptions& options) {
    require(std::isfinite(options.tol) && options.tol > 0.0, "steady_state: tol must be positive, got ",
            options.tol);
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    PackedMap map(generator, options.threads);
    const bool chooses = options.method == SteadyMethod::automatic;
    const auto dense = [&] {
        return accepted(map, from_dense(map, options.max_bytes), SteadyMethod::direct, options.tol);
    };
    const bool dense_is_allowed = options.method != SteadyMethod::iterative;
    steady::Inverses inverses(map, options);
    std::optional<Solved> solved;
    if (dense_is_allowed && null_space_is_quickest(generator)) solved = dense();
    if (!solved) try {
            solved = by_any(map, inverses, options.tol);
        } catch (const ConvergenceError&) {
            if (!chooses || map.levels() > dense_null_space_levels) throw;
        }
    if (dense_is_allowed &&
        (!solved || (chooses && !solved->unique && map.levels() <= dense_null_space_levels)))
        solved = dense();
    require(solved.has_value(),
            "steady_state: the iterative method needs an equation that tells its "
            "decay K; use method \"direct\"");
    return {map.unpack(solved->state), solved->residual, map.applications(), solved->method,
            solved->unique};
}

}  // namespace redfield
