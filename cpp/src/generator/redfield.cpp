#include "redfield/generator/redfield.hpp"

#include <cmath>
#include <mutex>

#include "redfield/equation/one_sided.hpp"
#include "redfield/generator/kernel.hpp"

namespace redfield {

using generator::Frame;
using generator::Kernel;

namespace {

/// Largest |eigenvalue| of a Hermitian matrix, a few percent above what power iteration reaches.
double hermitian_norm(const ComplexMatrix& h) {
    const Index n = h.rows();
    // A start with no symmetry, so that no eigenvector of a structured matrix is missed.
    Eigen::VectorXcd x(n);
    for (Index k = 0; k < n; ++k)
        x[k] = Complex(1.0 + 0.5 * std::sin(1.7 * static_cast<double>(k) + 0.3),
                       0.5 * std::cos(2.3 * static_cast<double>(k)));
    double norm = 0.0;
    for (int i = 0; i < 12; ++i) {
        const double length = x.norm();
        if (length == 0.0) break;
        x = (h * (x / length)).eval();
        norm = std::max(norm, x.norm());
    }
    return 1.1 * norm;
}

/// A completely positive dissipator with S + S† = K decays no faster than 2‖K‖, and with positive
/// semidefinite couplings (projectors) than ‖K‖; −i[H_LS, ·] turns by at most 2‖H_LS‖. Redfield's is not
/// completely positive, but no farther out in any case known; the integrator notices if it ever is.
SpectralBounds spectral_bounds(const System& system, const ComplexMatrix& s) {
    const ComplexMatrix k = s + s.adjoint();
    const ComplexMatrix ls = Complex(0.0, -0.5) * (s - s.adjoint());
    const double projectors = std::holds_alternative<SiteProjectors>(system.couplings()) ? 1.0 : 2.0;
    const double decay = projectors * hermitian_norm(k);
    return {system.eigensystem().bandwidth() + 2.0 * hermitian_norm(ls) + 0.02 * decay, decay};
}

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

Redfield::Redfield(System system, bool lamb_shift)
    : Generator(system.eigensystem()),
      system_(std::move(system)),
      lamb_shift_(lamb_shift),
      given_(std::make_unique<Lazy>()) {
    const ComplexMatrix s = equation::effective_decay(system_, lamb_shift);
    bounds_ = spectral_bounds(system_, s);
    kernel_ = choose_kernel(system_, s, lamb_shift);
}

Redfield::~Redfield() = default;
Redfield::Redfield(Redfield&&) noexcept = default;

void Redfield::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    if (kernel_->frame() == Frame::eigenbasis) {
        kernel_->apply(rho, out, ws);
        return;
    }
    const RealMatrix given = eigensystem().from_eigenbasis(rho, ws.threads());
    RealMatrix& change = ws.matrix(2, rho.rows(), rho.cols());
    kernel_->apply(given, change, ws);
    out = eigensystem().to_eigenbasis(change, ws.threads());
}

void Redfield::apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    if (!std::holds_alternative<SiteProjectors>(system_.couplings())) {
        Generator::apply_in_given_basis(rho, out, ws);
        return;
    }
    std::call_once(given_->once, [this] {
        given_->kernel = generator::site_projector_kernel(
            system_, equation::effective_decay(system_, lamb_shift_), lamb_shift_, Frame::given);
    });
    given_->kernel->apply(rho, out, ws);
}

}  // namespace redfield
