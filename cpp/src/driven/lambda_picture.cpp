#include <algorithm>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "driven/cheaper.hpp"
#include "driven/controlled_picture.hpp"
#include "equation/eigen_couplings.hpp"
#include "generator/kernel.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "system/site_operator.hpp"

namespace redfield::driven {

namespace {

/// Levels up to which products of complex matrices take less than a kernel's preparation.
constexpr Index few_levels = 32;
/// Site projectors, as a part of the levels, beyond which an eigenbasis costs less than their Λ_j.
constexpr double most_projectors = 0.25;

int threads_of(Index n, const linalg::Workspace& ws) { return n <= few_levels ? 1 : ws.threads(); }

/// F += ΛρA†, of few levels.
template <class Lambda>
void add(const Lambda& lambda, const ComplexMatrix& rho, const ComplexMatrix& a, ComplexMatrix& f) {
    const ComplexMatrix x = rho * a.adjoint();
    f.noalias() += lambda * x;
}

/// Columns of ρA† where A has empty rows are zero.
template <class Lambda>
void add(const Lambda& lambda, const ComplexMatrix& rho, const SparseMatrix& a, ComplexMatrix& f) {
    const SparseMatrix adjoint = a.adjoint();
    Eigen::VectorXcd x(rho.rows());
    for (Index r = 0; r < adjoint.outerSize(); ++r) {
        SparseMatrix::InnerIterator entry(adjoint, r);
        if (!entry) continue;
        x.setZero();
        for (; entry; ++entry) x += entry.value() * rho.col(entry.row());
        f.col(r).noalias() += lambda * x;
    }
}

Operators operators_of(const Couplings& couplings, Index n) {
    Operators out;
    if (const auto* projectors = std::get_if<SiteProjectors>(&couplings)) {
        for (std::size_t j = 0; j < projectors->sites.size(); ++j)
            out.emplace_back(system::site_operator(*projectors, j, n));
        return out;
    }
    for (const Operator& a : std::get<Operators>(couplings))
        out.push_back(std::visit([](const auto& m) { return cheaper(ComplexMatrix(m)); }, a));
    return out;
}

/// 𝓛ρ = F + F†,  F = Σ_jΛ_jρA_j† − (iH + Σ_jA_j†Λ_j)ρ, in the basis H is given in.
class LambdaPicture final : public ControlledPicture {
  public:
    LambdaPicture(const Controlled& equation, const Resolution& resolution, Operators couplings,
                  const SpectralBounds& start, const MatrixPanels::Shape& shape, linalg::Workspace& ws)
        : ControlledPicture(equation, resolution, start, shape, ws), couplings_(std::move(couplings)) {
        if (equation.control) line_ = line_of(equation);
    }

  private:
    void sample(const redfield::System& system, RealMatrix& matrices) override {
        const equation::PairEquation pair = equation_.pair_equation(system);
        const Index n = system.dimension();
        for (std::size_t j = 0; j < couplings_.size(); ++j)
            Eigen::Map<ComplexMatrix>(numbers_of(matrices, j), n, n) =
                system.eigensystem().from_eigenbasis(equation::term(system, *pair.separable(), j).lambda);
    }

    void apply(double u, const RealMatrix& matrices, const RealMatrix& y, RealMatrix& out) override {
        const Index n = y.rows();
        const auto lambda = [&](std::size_t j) {
            return Eigen::Map<const ComplexMatrix>(numbers_of(matrices, j), n, n);
        };
        ComplexMatrix drift = line_ ? ComplexMatrix(line_->constant + u * line_->slope) : hamiltonian(u);
        drift *= Complex(0.0, -1.0);
        // A mean energy would take the digits of all others.
        drift.diagonal().array() -= drift.trace() / static_cast<double>(n);
        base::parallel_ranges(threads_of(n, ws_), n, [&](Index first, Index count) {
            for (std::size_t j = 0; j < couplings_.size(); ++j)
                std::visit(
                    [&](const auto& a) {
                        drift.middleCols(first, count) -=
                            a.adjoint() * lambda(j).middleCols(first, count);
                    },
                    couplings_[j]);
        });
        if (n <= few_levels) {
            const ComplexMatrix rho = unpack(y);
            ComplexMatrix f = drift * rho;
            for (std::size_t j = 0; j < couplings_.size(); ++j)
                std::visit([&](const auto& a) { add(lambda(j), rho, a, f); }, couplings_[j]);
            out = 2.0 * pack(f);  // the Hermitian part of 2F is F + F†
            return;
        }
        std::vector<LambdaTerm> terms;
        for (std::size_t j = 0; j < couplings_.size(); ++j)
            terms.push_back({ComplexMatrix(lambda(j)), couplings_[j]});
        generator::make_kernel(drift, std::move(terms))->apply(y, out, ws_);
    }

    static Complex* numbers_of(RealMatrix& matrices, std::size_t j) {
        return reinterpret_cast<Complex*>(matrices.col(static_cast<Index>(j)).data());
    }
    static const Complex* numbers_of(const RealMatrix& matrices, std::size_t j) {
        return reinterpret_cast<const Complex*>(matrices.col(static_cast<Index>(j)).data());
    }

    Operators couplings_;
    std::optional<Line> line_;  ///< none where u is the time
};

/// The ends of a range and, within it, of all intervals in which H is a polynomial of few terms: what
/// lies between two places is seen in each.
std::vector<double> with_ends_of(const Resolution& resolution, std::vector<double> ends) {
    const double low = ends.front(), high = ends.back();
    for (const std::vector<double>& grid : resolution.grids())
        for (const double end : grid)
            if (low < end && end < high) ends.push_back(end);
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    return ends;
}

}  // namespace

std::unique_ptr<ControlledPicture> by_lambdas(const Controlled& equation, const Resolution& resolution,
                                              const SpectralBounds& start,
                                              const IntegrationOptions& options, linalg::Workspace& ws) {
    const Couplings& couplings = *equation.system.fixed_couplings();
    const Index n = equation.system.dimension(), count = redfield::count(couplings);
    const bool projects = std::holds_alternative<SiteProjectors>(couplings);
    if (count == 0 || MatrixPanels::bytes_of_panel(2 * n * n, count) > equation.max_bytes ||
        (projects && static_cast<double>(count) > most_projectors * static_cast<double>(n)))
        return nullptr;
    const std::vector<double> range{equation.low, equation.high};
    const MatrixPanels::Shape shape{2 * n * n, count,
                                    equation.control ? range : with_ends_of(resolution, range),
                                    accuracy_of(options), threads_of(n, ws)};
    return std::make_unique<LambdaPicture>(equation, resolution, operators_of(couplings, n), start, shape,
                                           ws);
}

}  // namespace redfield::driven
