#include "redfield/generator/pairwise.hpp"

#include <string>

#include "generator/bounds.hpp"
#include "generator/packed_csr.hpp"
#include "generator/single.hpp"
#include "generator/sparse_liouvillian.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield {

Pairwise::Pairwise(equation::PairEquation equation, double threshold, double max_bytes)
    : Generator(equation.system.eigensystem()), equation_(std::move(equation)) {
    require(equation_.kernel != nullptr, "Pairwise: the equation has no kernel");
    AssemblyOptions options;
    options.threshold = threshold;
    options.max_bytes = max_bytes;
    options.free_rotation = false;
    options.upper_rows_only = true;
    dissipator_ = generator::assemble(equation_, options);
    bounds_ = generator::spectral_bounds(equation_.system, equation_.decay());
}

void Pairwise::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    generator::apply_upper_rows<double>(dissipator_, dissipator_.value, rho, out, ws);
}

namespace {

/// The rows of a matrix that is kept elsewhere, with values of its own.
class SingleRows final : public generator::Kernel<float> {
  public:
    explicit SingleRows(const CsrMatrix& of) : pattern_(of), value_(of.value.begin(), of.value.end()) {}
    void apply(const ConstRefOf<float>& rho, MutableRefOf<float> out,
               linalg::BasicWorkspace<float>& ws) const override {
        generator::apply_upper_rows<float>(pattern_, value_, rho, out, ws);
    }

  private:
    const CsrMatrix& pattern_;
    std::vector<std::complex<float>> value_;
};

}  // namespace

std::shared_ptr<const SingleGenerator> Pairwise::single() const {
    return std::make_shared<generator::Single>(std::make_shared<SingleRows>(dissipator_),
                                               eigensystem().energies());
}

namespace {

equation::PairEquation within(const System& system, double cutoff, bool lamb_shift, double tolerance) {
    require(cutoff >= 0.0, "PartialSecular: the cutoff must not be negative, got ", cutoff);
    // Equal frequencies differ by rounding.
    if (tolerance < 0.0) tolerance = degeneracy_tol(system.eigensystem().energies());
    return equation::one_sided(system, lamb_shift, cutoff + tolerance);
}

}  // namespace

PartialSecular::PartialSecular(const System& system, double cutoff, bool lamb_shift,
                               double degeneracy_tol, double max_bytes)
    : Pairwise(within(system, cutoff, lamb_shift, degeneracy_tol), 0.0, max_bytes) {}

}  // namespace redfield
