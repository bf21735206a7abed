#include "steady/inverses.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/memory.hpp"
#include "steady/no_jump.hpp"
#include "steady/secular_inverse.hpp"
#include "steady/sparse_inverse.hpp"
#include "steady/terms.hpp"

namespace redfield::steady {

namespace {

/// Non-zeros a matrix element beyond which a factorisation is as good as dense.
constexpr double max_entries_of_element = 60.0;
/// Non-zeros beyond which even finding an order takes too long for `cheapest`.
constexpr double max_entries = 3e6;
/// Multiply–adds of a sparse LU that is done before any iteration: no more than some hundreds of
/// applications by dense products and their orthogonalisation take, N³ each time this.
constexpr double quick_operations = 2e7, quick_operations_of_product = 4000.0;
/// Multiply–adds that `cheapest` does at most, about two seconds.
constexpr double bearable_operations = 4e9;
/// Vectors of a Krylov space with the no-jump inverse, and the bytes beyond which there are fewer.
constexpr Index gmres_restart = 60, no_jump_restart = 160;
constexpr double restart_bytes = 1e9;
/// The damping of the no-jump inverse, for dark states, relative to the fastest decay.
constexpr double no_jump_damping = 1e-3;
/// The range_shift of the secular inverse and of a sparse LU, relative to the dissipative scale.
constexpr double secular_range_shift = 1e-2, sparse_range_shift = 1e-6;

void require_krylov_space(const PackedMap& map, Index vectors, double max_bytes) {
    base::require_bytes(
        sizeof(double) * static_cast<double>(map.size()) * static_cast<double>(vectors + 8), max_bytes,
        "evolve for a long time instead", "a Krylov space of ", map.size(), "-dimensional vectors");
}

/// x ↦ inverse.apply(x) of an inverse that the preconditioner owns.
template <class Made>
Preconditioner owning(Made inverse, Index restart = gmres_restart) {
    const auto shared = std::make_shared<const Made>(std::move(inverse));
    return {[shared](const RealVector& x, RealVector& out) { shared->apply(x, out); }, restart};
}

Inverse secular_inverse(const PackedMap& map, double max_bytes) {
    const auto part = std::make_shared<const SecularPart>(map, max_bytes);
    const double touch = singular_damping * map.rate();
    return {[part, touch](double shift, double weight) {
                return owning(SecularInverse(*part, shift + touch, weight));
            },
            secular_range_shift * map.rate(), false};
}

Inverse no_jump_inverse(const PackedMap& map, const ComplexMatrix& drift, Index restart) {
    const NoJumpInverse plain(drift);
    const double damping = no_jump_damping * std::max(map.decay(), map.rounding() * map.fastest());
    return {[plain, damping, smallest = map.touch(), restart](double shift, double) {
                return owning(plain.shifted(shift + damping, smallest), restart);
            },
            0.0, false};
}

Inverse sparse_inverse(const PackedMap& map,
                       const std::shared_ptr<const SparseElimination>& elimination) {
    return {[elimination, touch = map.touch()](double shift, double weight) {
                return owning(SparseInverse(elimination, shift, weight, touch));
            },
            sparse_range_shift * map.rate(), true};
}

}  // namespace

Inverses::Inverses(PackedMap& map, InverseChoice choice, double max_bytes)
    : map_(map), choice_(choice), max_bytes_(max_bytes) {}

double Inverses::max_operations() const {
    // As many as the null space of the dense matrix takes.
    const double dense = std::pow(static_cast<double>(map_.levels()), 6.0) / 3.0;
    return choice_ == InverseChoice::factorisations ? dense : std::min(dense, bearable_operations);
}

std::optional<Inverse> Inverses::made_sparse(double operations) {
    const bool chooses = choice_ == InverseChoice::cheapest;
    if (!elimination_) {
        double entries = max_entries_of_element * static_cast<double>(map_.size());
        if (chooses) entries = std::min(entries, max_entries);
        auto form = real_form(map_.generator(), entries, max_bytes_);
        elimination_.emplace(form ? std::make_shared<const SparseElimination>(
                                        map_.generator(), std::move(*form), max_operations())
                                  : nullptr);
    }
    const auto& elimination = *elimination_;
    if (!elimination || elimination->operations() > operations) return std::nullopt;
    if (chooses && elimination->bytes() > max_bytes_) return std::nullopt;
    base::require_bytes(elimination->bytes(), max_bytes_, "use method \"iterative\"", "the sparse LU of ",
                        map_.levels(), " levels");
    return sparse_inverse(map_, elimination);
}

std::optional<Inverse> Inverses::made(Kind kind) {
    const Generator& generator = map_.generator();
    const auto n = static_cast<double>(map_.levels());
    switch (kind) {
        case Kind::quick_sparse:
            return made_sparse(
                std::min(quick_operations + quick_operations_of_product * n * n * n, max_operations()));
        case Kind::secular:
            if (map_.equation().pair_equation() == nullptr && map_.equation().system() == nullptr)
                return std::nullopt;
            require_krylov_space(map_, gmres_restart, max_bytes_);
            return secular_inverse(map_, max_bytes_);
        case Kind::no_jump: {
            const ComplexMatrix g = drift(generator);
            if (g.size() == 0) return std::nullopt;
            const double bytes = sizeof(double) * static_cast<double>(map_.size());
            const Index restart =
                std::clamp(static_cast<Index>(restart_bytes / bytes), gmres_restart, no_jump_restart);
            require_krylov_space(map_, restart, max_bytes_);
            return no_jump_inverse(map_, g, restart);
        }
        case Kind::sparse:
            break;
    }
    return made_sparse(max_operations());
}

std::optional<Inverse> Inverses::next() {
    static const std::vector<Kind> all{Kind::quick_sparse, Kind::secular, Kind::no_jump, Kind::sparse},
        iterations{Kind::secular, Kind::no_jump}, factorisations{Kind::sparse};
    const std::vector<Kind>& kinds = choice_ == InverseChoice::cheapest     ? all
                                     : choice_ == InverseChoice::iterations ? iterations
                                                                            : factorisations;
    while (step_ < kinds.size())
        if (auto inverse = made(kinds[step_++])) return inverse;
    return std::nullopt;
}

}  // namespace redfield::steady
