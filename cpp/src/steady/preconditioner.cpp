#include "steady/preconditioner.hpp"

#include <memory>

#include "redfield/equation/kinds.hpp"
#include "redfield/linalg/errors.hpp"
#include "steady/secular_inverse.hpp"

namespace redfield::steady {

LinearMap preconditioner(const PackedMap& map, double shift, double trace_weight, double max_bytes) {
    const Generator& generator = map.generator();
    require(generator.system() != nullptr,
            "the iterative method needs the equation of one system; use method \"direct\"");
    const double damped = shift + 1e-12 * map.fastest();
    const equation::PairEquation* pairs = generator.pair_equation();
    const auto inverse = std::make_shared<const SecularInverse>(
        pairs != nullptr ? *pairs : equation::one_sided(*generator.system(), true), damped, trace_weight,
        max_bytes);
    return [inverse](const RealVector& x, RealVector& out) { inverse->apply(x, out); };
}

}  // namespace redfield::steady
