#include "steady/preconditioners.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "linalg/memory.hpp"
#include "steady/no_jump.hpp"
#include "steady/null_space.hpp"
#include "steady/secular_inverse.hpp"
#include "steady/sparse_inverse.hpp"
#include "steady/terms.hpp"

namespace redfield::steady {

namespace {

/// Non-zeros a matrix element beyond which a factorisation is as good as dense.
constexpr double most_entries = 60.0;
/// Those beyond which even finding an order takes too long for "automatic".
constexpr double most_entries_at_all = 3e6;
/// Multiply–adds of a sparse LU that is done before any iteration: no more than some hundreds of
/// applications by dense products and their orthogonalisation take, N³ each time this.
constexpr double quick_operations = 2e7, quick_operations_a_product = 4000.0;
/// Those that "automatic" does at most, about two seconds.
constexpr double bearable_operations = 4e9;
/// Vectors of a Krylov space with the no-jump inverse, and the bytes beyond which there are fewer.
constexpr Index no_jump_restart = 160;
constexpr double restart_bytes = 1e9;
/// Of the fastest decay: the damping of the no-jump inverse, for dark states.
constexpr double no_jump_damping = 1e-3;
/// Of the dissipative scale: the shift of a sparse LU where there are several steady states.
constexpr double range_damping = 1e-6;
/// Of the dissipative scale, and at least of the fastest rate: the damping of what is singular.
constexpr double touch = 1e-12, least_touch = 1e-16;

double rate_of(const PackedMap& map) { return std::max(map.decay(), map.rounding() * map.fastest()); }

double touch_of(const PackedMap& map) {
    return std::max(touch * map.rate(), least_touch * map.fastest());
}

void require_krylov_space(const PackedMap& map, Index vectors, double max_bytes) {
    linalg::require_bytes(
        sizeof(double) * static_cast<double>(map.size()) * static_cast<double>(vectors + 8), max_bytes,
        "evolve for a long time instead", "a Krylov space of ", map.size(), "-dimensional vectors");
}

}  // namespace

class Inverses::Secular final : public Inverse {
  public:
    Secular(const PackedMap& map, double max_bytes) : map_(map), part_(map, max_bytes) {}
    Preconditioner bordered(double weight) override { return preconditioner(map_, part_, 0.0, weight); }
    Preconditioner on_range() override { return shifted(null_space_damping * map_.rate()); }
    Preconditioner shifted(double shift) override { return preconditioner(map_, part_, shift, 0.0); }
    SteadyMethod method() const override { return SteadyMethod::iterative; }

  private:
    const PackedMap& map_;
    SecularPart part_;
};

class Inverses::NoJump final : public Inverse {
  public:
    NoJump(const PackedMap& map, ComplexMatrix drift) : map_(map), drift_(std::move(drift)) {
        const double bytes = sizeof(double) * static_cast<double>(map.size());
        restart_ = std::clamp(static_cast<Index>(restart_bytes / bytes), gmres_restart, no_jump_restart);
    }
    Index restart() const { return restart_; }
    Preconditioner bordered(double) override { return on_range(); }
    Preconditioner on_range() override {
        if (!on_range_) on_range_ = inverse(0.0);
        return {*on_range_, restart_};
    }
    Preconditioner shifted(double shift) override { return {inverse(shift), restart_}; }
    SteadyMethod method() const override { return SteadyMethod::iterative; }

  private:
    LinearMap inverse(double shift) const {
        const auto made = std::make_shared<const NoJumpInverse>(
            drift_, shift + no_jump_damping * rate_of(map_), touch_of(map_));
        return [made](const RealVector& x, RealVector& out) { made->apply(x, out); };
    }

    const PackedMap& map_;
    ComplexMatrix drift_;
    Index restart_;
    std::optional<LinearMap> on_range_;
};

struct Inverses::Elimination {
    std::shared_ptr<const SparseElimination> found;  ///< null where 𝓛 is not sparse
};

class Inverses::Sparse final : public Inverse {
  public:
    Sparse(const PackedMap& map, std::shared_ptr<const SparseElimination> elimination)
        : map_(map), elimination_(std::move(elimination)) {}
    Preconditioner bordered(double weight) override { return inverse(0.0, weight); }
    Preconditioner on_range() override { return shifted(range_damping * map_.rate()); }
    Preconditioner shifted(double shift) override { return inverse(shift, 0.0); }
    SteadyMethod method() const override { return SteadyMethod::direct; }

  private:
    LinearMap inverse(double shift, double weight) const {
        const auto made =
            std::make_shared<const SparseInverse>(*elimination_, shift, weight, touch_of(map_));
        return [made, keep = elimination_](const RealVector& x, RealVector& out) { made->apply(x, out); };
    }

    const PackedMap& map_;
    std::shared_ptr<const SparseElimination> elimination_;
};

Inverses::Inverses(PackedMap& map, const SteadyOptions& options)
    : map_(map),
      options_(options),
      has_secular_(map.generator().pair_equation() != nullptr || map.generator().system() != nullptr) {}

Inverses::~Inverses() = default;

const Inverses::Elimination& Inverses::elimination() {
    if (elimination_) return *elimination_;
    auto out = std::make_shared<Elimination>();
    double entries = most_entries * static_cast<double>(map_.size());
    if (options_.method == SteadyMethod::automatic) entries = std::min(entries, most_entries_at_all);
    auto form = real_form(map_.generator(), entries, options_.max_bytes);
    if (form)
        out->found = std::make_shared<const SparseElimination>(map_.generator(), std::move(*form),
                                                               most_operations());
    elimination_ = std::move(out);
    return *elimination_;
}

double Inverses::sparse_operations() {
    const auto& found = elimination().found;
    return found ? found->operations() : std::numeric_limits<double>::infinity();
}

double Inverses::most_operations() const {
    // As many as the null space of the dense matrix takes.
    const double dense = std::pow(static_cast<double>(map_.levels()), 6.0) / 3.0;
    return options_.method == SteadyMethod::direct ? dense : std::min(dense, bearable_operations);
}

std::unique_ptr<Inverse> Inverses::made_sparse(double most) {
    if (sparse_operations() > most) return nullptr;
    const auto& found = elimination().found;
    if (options_.method == SteadyMethod::automatic && found->bytes() > options_.max_bytes) return nullptr;
    linalg::require_bytes(found->bytes(), options_.max_bytes, "use method \"iterative\"",
                          "the sparse LU of ", map_.levels(), " levels");
    return std::make_unique<Sparse>(map_, found);
}

std::unique_ptr<Inverse> Inverses::made(Kind kind) {
    const auto n = static_cast<double>(map_.levels());
    switch (kind) {
        case Kind::quick_sparse:
            return made_sparse(
                std::min(quick_operations + quick_operations_a_product * n * n * n, most_operations()));
        case Kind::secular:
            if (!has_secular_) return nullptr;
            require_krylov_space(map_, gmres_restart, options_.max_bytes);
            return std::make_unique<Secular>(map_, options_.max_bytes);
        case Kind::no_jump: {
            ComplexMatrix g = drift(map_.generator());
            if (g.size() == 0) return nullptr;
            auto inverse = std::make_unique<NoJump>(map_, std::move(g));
            require_krylov_space(map_, inverse->restart(), options_.max_bytes);
            return inverse;
        }
        case Kind::sparse:
            break;
    }
    return made_sparse(most_operations());
}

std::unique_ptr<Inverse> Inverses::next() {
    constexpr std::array<Kind, 4> all{Kind::quick_sparse, Kind::secular, Kind::no_jump, Kind::sparse};
    constexpr std::array<Kind, 2> iterations{Kind::secular, Kind::no_jump};
    constexpr std::array<Kind, 1> factorisation{Kind::sparse};
    const auto from = [this](const auto& kinds) -> std::unique_ptr<Inverse> {
        while (step_ < static_cast<int>(kinds.size()))
            if (auto inverse = made(kinds[static_cast<std::size_t>(step_++)])) return inverse;
        return nullptr;
    };
    switch (options_.method) {
        case SteadyMethod::direct:
            return from(factorisation);
        case SteadyMethod::iterative:
            return from(iterations);
        case SteadyMethod::automatic:
            break;
    }
    return from(all);
}

}  // namespace redfield::steady
