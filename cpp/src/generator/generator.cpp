#include "redfield/generator/generator.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "base/epsilon.hpp"
#include "generator/matrix_of.hpp"
#include "generator/packed_map.hpp"
#include "generator/rotation.hpp"
#include "generator/sparse_liouvillian.hpp"
#include "linalg/hermitian_rows.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/equation/pair_kernel.hpp"

namespace redfield {

Generator::Generator(Eigensystem eigensystem)
    : eigensystem_(std::move(eigensystem)), pool_(std::make_unique<linalg::WorkspacePool>()) {}

Generator::~Generator() = default;
Generator::Generator(Generator&&) noexcept = default;

RealMatrix Generator::packed_matrix(linalg::Workspace& ws) const {
    return generator::matrix_of_packed(
        dimension(), [&](const RealMatrix& unit, MutableRef column) { apply(unit, column, ws); });
}

Dissipator Generator::dissipator(linalg::Workspace& ws) const {
    return {eigensystem_,
            generator::matrix_of_packed(dimension(), [&](const RealMatrix& unit, MutableRef column) {
                dissipate(unit, column, ws);
            })};
}

linalg::WorkspacePool::Lease Generator::lease(int threads) const {
    return pool_->lease(base::resolve_threads(threads, dimension()));
}

void Generator::require_states(const ConstRef& rho, const ConstRef& out) const {
    const Index n = dimension();
    if (rho.rows() == n && rho.cols() == n && out.rows() == n && out.cols() == n) return;
    throw std::invalid_argument("a packed state is " + std::to_string(rho.rows()) + " x " +
                                std::to_string(rho.cols()) + " and its change " +
                                std::to_string(out.rows()) + " x " + std::to_string(out.cols()) +
                                ", the system has " + std::to_string(n) + " levels");
}

void add_free_rotation(const RealVector& energies, const ConstRef& rho, MutableRef out, int threads) {
    const Index n = energies.size();
    require(rho.rows() == n && rho.cols() == n && out.rows() == n && out.cols() == n,
            "add_free_rotation: rho is ", rho.rows(), " x ", rho.cols(), " and out ", out.rows(), " x ",
            out.cols(), ", there are ", n, " energies");
    generator::subtract_rotation<double>(energies, rho, out, threads);
}

void Generator::apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    dissipate(rho, out, ws);
    add_free_rotation(eigensystem_.energies(), rho, out, ws.threads());
}

void Generator::apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    const RealMatrix state = eigensystem_.to_eigenbasis(rho, ws.threads());
    RealMatrix change(rho.rows(), rho.cols());
    apply(state, change, ws);
    out = eigensystem_.from_eigenbasis(change, ws.threads());
}

ComplexMatrix Generator::decay() const {
    const equation::PairEquation* pairs = pair_equation();
    return pairs == nullptr ? ComplexMatrix() : pairs->decay();
}

namespace {

void check(const AssemblyOptions& options) {
    require(options.threshold >= 0.0 && std::isfinite(options.threshold),
            "liouvillian: threshold must be finite and not negative, got ", options.threshold);
    require(options.max_bytes > 0.0, "liouvillian: max_bytes must be positive, got ", options.max_bytes);
}

}  // namespace

CsrMatrix Generator::liouvillian_in_eigenbasis(const AssemblyOptions& options) const {
    check(options);
    if (const equation::PairEquation* pairs = pair_equation())
        return generator::assemble(*pairs, options);
    return generator::matrix_of(
        dimension(),
        [this](const ConstRef& x, MutableRef out, linalg::Workspace& ws) { apply(x, out, ws); }, options);
}

CsrMatrix Generator::liouvillian(const AssemblyOptions& options) const {
    check(options);
    return generator::matrix_of(
        dimension(),
        [this](const ConstRef& x, MutableRef out, linalg::Workspace& ws) {
            apply_in_given_basis(x, out, ws);
        },
        options);
}

namespace {

/// Whether H₂ of X = H₁ + iH₂ is rounding of the product that X was, as BLAS leaves aa†: 𝓛H₂ is then
/// below the rounding of 𝓛H₁.
bool is_hermitian(const Split& parts) {
    if (parts.antihermitian.size() == 0) return true;
    const double largest = parts.hermitian.cwiseAbs().maxCoeff();
    return parts.antihermitian.cwiseAbs().maxCoeff() <= 4.0 * base::epsilon * largest;
}

/// 𝓛X = 𝓛H₁ + i𝓛H₂, packed, for what is given on to `join`: M + M† is 𝓛 only on Hermitian matrices.
template <class Join>
void apply_parts(const Generator& generator, const Split& parts, linalg::Workspace& ws, Join&& join) {
    const Index n = parts.hermitian.rows();
    RealMatrix first(n, n), second;
    generator.apply_in_given_basis(parts.hermitian, first, ws);
    if (!is_hermitian(parts)) {
        second.resize(n, n);
        generator.apply_in_given_basis(parts.antihermitian, second, ws);
    }
    join(first, second);
}

}  // namespace

ComplexMatrix Generator::apply(const ComplexMatrix& x, int requested) const {
    require(x.rows() == dimension() && x.cols() == dimension(), "apply: the operator is ", x.rows(),
            " x ", x.cols(), ", the system has ", dimension(), " levels");
    ComplexMatrix out(x.rows(), x.cols());
    apply_parts(*this, split(x), *lease(requested),
                [&](const RealMatrix& re, const RealMatrix& im) { join(re, im, out.data()); });
    return out;
}

void Generator::apply_row_major(const Complex* x, Complex* out, int requested) const {
    require(x != nullptr, "apply_row_major: x is null");
    require(out != nullptr, "apply_row_major: out is null");
    apply_parts(*this, linalg::split_rows(x, dimension()), *lease(requested),
                [&](const RealMatrix& re, const RealMatrix& im) { linalg::join_rows(re, im, out); });
}

}  // namespace redfield
