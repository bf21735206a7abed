#include "redfield/generator/redfield.hpp"

#include <limits>
#include <mutex>

#include "redfield/equation/decay.hpp"
#include "redfield/equation/one_sided.hpp"
#include "redfield/generator/kernel.hpp"

namespace redfield {

using generator::Frame;
using generator::Kernel;

namespace {

bool sparse_pays_off(const System& system) {
    const auto& operators = std::get<Operators>(system.couplings());
    const auto n = static_cast<double>(system.dimension());
    double rows = 0.0;
    for (const Operator& op : operators) {
        const auto* a = std::get_if<SparseMatrix>(&op);
        if (a == nullptr) return false;
        Eigen::Matrix<bool, Eigen::Dynamic, 1> occupied =
            Eigen::Matrix<bool, Eigen::Dynamic, 1>::Constant(a->rows(), false);
        for (Index c = 0; c < a->outerSize(); ++c)
            for (SparseMatrix::InnerIterator it(*a, c); it; ++it) occupied[it.row()] = true;
        rows += static_cast<double>(occupied.count());
    }
    // Products of n² columns: one a non-empty row, and four for the two changes of basis.
    return rows + 4.0 * n < 2.0 * n * static_cast<double>(operators.size());
}

std::unique_ptr<Kernel> choose_kernel(const System& system, const ComplexMatrix& s, bool lamb_shift) {
    if (std::holds_alternative<SiteProjectors>(system.couplings()))
        return generator::site_projector_kernel(system, s, lamb_shift, Frame::eigenbasis);
    return sparse_pays_off(system) ? generator::sparse_kernel(system, s, lamb_shift)
                                   : generator::dense_kernel(system, s, lamb_shift);
}

}  // namespace

struct Redfield::Lazy {
    std::once_flag once;
    std::unique_ptr<Kernel> kernel;
};

Redfield::Redfield(System given_system, bool lamb_shift)
    : MatrixFree(std::move(given_system)), lamb_shift_(lamb_shift), given_(std::make_unique<Lazy>()) {
    const ComplexMatrix s = equation::effective_decay(system(), lamb_shift);
    set_kernel(choose_kernel(system(), s, lamb_shift), s);
}

Redfield::~Redfield() = default;
Redfield::Redfield(Redfield&&) noexcept = default;

void Redfield::apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    if (!std::holds_alternative<SiteProjectors>(system().couplings())) {
        MatrixFree::apply_in_given_basis(rho, out, ws);
        return;
    }
    std::call_once(given_->once, [this] {
        given_->kernel = generator::site_projector_kernel(
            system(), equation::effective_decay(system(), lamb_shift_), lamb_shift_, Frame::given);
    });
    given_->kernel->apply(rho, out, ws);
}

std::unique_ptr<equation::PairEquation> Redfield::pair_equation() const {
    return std::make_unique<equation::PairEquation>(
        equation::redfield_pairs(system(), lamb_shift_, std::numeric_limits<double>::infinity()));
}

}  // namespace redfield
