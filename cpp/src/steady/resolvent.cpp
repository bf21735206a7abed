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
    Map(const Generator& generator, int threads)
        : packed_(generator, threads), n_(generator.dimension()) {}

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

}  // namespace

ResolventTrace resolvent_trace(const Generator& generator, const ComplexMatrix& a, const ComplexMatrix& y,
                               const std::vector<Complex>& z, const ResolventOptions& options) {
    const Index n = generator.dimension(), size = n * n;
    require(a.rows() == n && a.cols() == n && y.rows() == n && y.cols() == n,
            "resolvent_trace: an operator does not have the dimension of the system");
    require(a.allFinite() && y.allFinite(),
            "resolvent_trace: an operator has an entry that is not finite");
    require(options.tol > 0.0, "resolvent_trace: tol must be positive, got ", options.tol);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    ResolventTrace out{std::vector<Complex>(z.size()), 0.0, 0};
    const Eigensystem& eigensystem = generator.eigensystem();
    const Vector right = eigensystem.to_eigenbasis(y).reshaped();
    if (right.norm() == 0.0 || z.empty()) return out;
    const Vector observed = eigensystem.to_eigenbasis(a).transpose().reshaped();  // tr(ax) = Σ a_lk x_kl
    const Index recycled = std::min<Index>(max_recycled, static_cast<Index>(z.size()));
    base::require_bytes(
        16.0 * static_cast<double>(size) * static_cast<double>(2 * recycled + restart + 8),
        options.max_bytes, "ask fewer frequencies", "a Krylov space of ", size, "-dimensional vectors");

    Map map(generator, options.threads);
    const PackedMap& packed = map.packed();
    // Clusters of coherences would save a tenth to a third of the applications where frequencies are
    // shared; their LU at each z was measured to take longer (rings of 24 and 40 sites, five spins).
    const steady::SecularPart part(packed, options.max_bytes, steady::SecularPart::Clusters::populations);
    const double weight = std::max(packed.decay(), 1e-3 * packed.fastest());
    const double tol = std::max(options.tol, packed.rounding());
    linalg::GmresOptions limits;
    limits.cycles = max_cycles;
    Recycled solutions(right, recycled);
    std::size_t done = 0;
    for (const std::size_t f : steady::coarse_first(z.size())) {
        base::poll(static_cast<double>(done++) / static_cast<double>(z.size()));
        // (z − 𝓛)x + w tr(x)1/N = y has the same solution, of trace zero, and no pole at z = 0.
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
        out.values[f] = observed.cwiseProduct(solution.x).sum();
    }
    out.applications = map.applications();
    return out;
}

}  // namespace redfield
