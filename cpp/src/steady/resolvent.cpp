#include "redfield/steady/resolvent.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/memory.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "steady/packed_map.hpp"
#include "steady/recycled.hpp"
#include "steady/secular_inverse.hpp"

namespace redfield {

namespace {

using steady::PackedMap;
using steady::Recycled;
using Vector = VectorOf<Complex>;

constexpr Index restart = 60;
constexpr int max_cycles = 20;
/// Solutions in whose space the next begins, at most.
constexpr Index max_recycled = 24;

/// 𝓛 on operators without symmetry, in the eigenbasis.
class Map {
  public:
    Map(const Generator& generator, int threads, const Generator* adjoint_of)
        : packed_(generator, threads, adjoint_of), n_(generator.dimension()) {}

    PackedMap& packed() { return packed_; }
    long applications() const { return packed_.applications() / 2; }
    void operator()(const Vector& x, Vector& out) {
        const Split parts = split(x.data(), n_);
        const Index size = n_ * n_;
        packed_(Eigen::Map<const RealVector>(parts.hermitian.data(), size), first_);
        if (parts.antihermitian.size() > 0)
            packed_(Eigen::Map<const RealVector>(parts.antihermitian.data(), size), second_);
        else
            second_.setZero(size);
        out.resize(size);
        join(Eigen::Map<const RealMatrix>(first_.data(), n_, n_),
             Eigen::Map<const RealMatrix>(second_.data(), n_, n_), out.data());
    }

  private:
    PackedMap packed_;
    Index n_;
    RealVector first_, second_;
};

void check(const ComplexMatrix& matrix, Index n, const char* name) {
    require(matrix.rows() == n && matrix.cols() == n, name,
            ": an operator does not have the dimension of the system");
    require(matrix.allFinite(), name, ": an operator has an entry that is not finite");
}

/// The largest residual and the number of applications of all solutions.
struct Effort {
    double residual = 0.0;
    long applications = 0;
};

/// Tells found(f, x) of (z_f − 𝓛)x = right, right and x column-stacked in the frame of the generator,
/// which may be the adjoint of another.
template <class Found>
Effort solve_each(const Generator& generator, const Generator* adjoint_of, const Vector& right,
                  const std::vector<Complex>& z, const ResolventOptions& options, const Found& found) {
    const Index n = generator.dimension(), size = n * n;
    const Index recycled = std::min<Index>(max_recycled, static_cast<Index>(z.size()));
    base::require_bytes(
        16.0 * static_cast<double>(size) * static_cast<double>(2 * recycled + restart + 8),
        options.max_bytes, "ask fewer frequencies", "a Krylov space of ", size, "-dimensional vectors");

    Map map(generator, options.threads, adjoint_of);
    const PackedMap& packed = map.packed();
    // Clusters of coherences would save a tenth to a third of the applications where frequencies are
    // shared; their LU at each z was measured to take longer (rings of 24 and 40 sites, five spins).
    const steady::SecularPart part(packed, options.max_bytes, steady::SecularPart::Clusters::populations);
    const double weight = std::max(packed.decay(), 1e-3 * packed.fastest());
    const double tol = std::max(options.tol, packed.rounding());
    linalg::GmresOptions limits;
    limits.cycles = max_cycles;
    Recycled solutions(right, recycled);
    Effort out;
    std::size_t done = 0;
    for (const std::size_t f : steady::coarse_first(z.size())) {
        base::poll(static_cast<double>(done++) / static_cast<double>(z.size()));
        // (z − 𝓛)x + w tr(x)1/N = y has the same solution for y of trace zero, and no pole at z = 0; its
        // transpose has the same form.
        const auto bordered = [&](const Vector& x, const Vector& image, Vector& result) {
            result = z[f] * x - image;
            auto diagonal = result(Eigen::seqN(0, n, n + 1));
            diagonal.array() += weight / static_cast<double>(n) * x(Eigen::seqN(0, n, n + 1)).sum();
        };
        Vector x, image;  // 𝓛x of the last x, which is the solution when GMRES ends
        const auto shifted = [&](const Vector& v, Vector& result) {
            map(v, image);
            bordered(v, image, result);
        };
        const steady::SecularInverse inverse(part, z[f] + packed.touch(), -weight);
        const auto precondition = [&](const Vector& v, Vector& result) {
            inverse.apply(v, result);
            result = -result;
        };
        solutions.start(z[f], x, image);
        linalg::Guess<Complex> guess{x, Vector()};
        bordered(x, image, guess.residual);
        guess.residual = right - guess.residual;
        const auto solution = linalg::gmres<Complex>(shifted, {precondition, restart}, right, tol, limits,
                                                     std::move(guess));
        if (!(solution.residual <= tol)) {
            std::ostringstream text;
            text << "the resolvent at z = " << z[f] << ": GMRES stagnates at a relative residual of "
                 << solution.residual << "; loosen tol, or use method=\"direct\"";
            throw ConvergenceError(text.str());
        }
        solutions.add(solution.x, image);
        out.residual = std::max(out.residual, solution.residual);
        found(f, solution.x);
    }
    out.applications = map.applications();
    return out;
}

}  // namespace

ResolventTrace resolvent_trace(const Generator& generator, const ComplexMatrix& a, const ComplexMatrix& y,
                               const std::vector<Complex>& z, const ResolventOptions& options) {
    check(a, generator.dimension(), "resolvent_trace");
    check(y, generator.dimension(), "resolvent_trace");
    require(options.tol > 0.0, "resolvent_trace: tol must be positive, got ", options.tol);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    ResolventTrace out{std::vector<Complex>(z.size()), 0.0, 0};
    const Eigensystem& eigensystem = generator.eigensystem();
    const Vector right = eigensystem.to_eigenbasis(y).reshaped();
    if (right.norm() == 0.0 || z.empty()) return out;
    const Vector observed = eigensystem.to_eigenbasis(a).transpose().reshaped();  // tr(ax) = Σ a_lk x_kl
    const Effort effort = solve_each(
        generator, nullptr, right, z, options,
        [&](std::size_t f, const Vector& x) { out.values[f] = observed.cwiseProduct(x).sum(); });
    out.residual = effort.residual;
    out.applications = effort.applications;
    return out;
}

ResolventStates resolvent(const Generator& generator, const ComplexMatrix& y,
                          const std::vector<Complex>& z, bool adjoint, const ResolventOptions& options) {
    const Index n = generator.dimension();
    check(y, n, "resolvent");
    require(options.tol > 0.0, "resolvent: tol must be positive, got ", options.tol);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    ResolventStates out{std::vector<ComplexMatrix>(z.size(), ComplexMatrix::Zero(n, n)), 0.0, 0};
    if (y.isZero(0.0) || z.empty()) return out;
    // The adjoint moves transposed operators, between the eigenvectors U*.
    const auto turned = [&](const ComplexMatrix& x) {
        return adjoint ? ComplexMatrix(x.transpose()) : x;
    };
    const auto of_adjoint = adjoint ? generator.adjoint(options.max_bytes) : nullptr;
    const Generator& map = adjoint ? *of_adjoint : generator;
    const Eigensystem& eigensystem = map.eigensystem();
    const Vector right = eigensystem.to_eigenbasis(turned(y)).reshaped();
    const Effort effort = solve_each(
        map, adjoint ? &generator : nullptr, right, z, options, [&](std::size_t f, const Vector& x) {
            out.x[f] = turned(eigensystem.from_eigenbasis(ComplexMatrix(x.reshaped(n, n))));
        });
    out.residual = effort.residual;
    out.applications = effort.applications;
    return out;
}

}  // namespace redfield
