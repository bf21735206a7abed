#include "redfield/hierarchy/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>

#include "base/memory.hpp"
#include "hierarchy/inverse.hpp"
#include "linalg/decompositions.hpp"
#include "linalg/orthonormal_basis.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "steady/modes.hpp"
#include "steady/ritz.hpp"

namespace redfield::hierarchy {

namespace {

/// Numbers of a vector up to which all modes are found as those of a dense matrix.
constexpr Index dense_numbers = 400;
/// The shift beside the farthest of the modes that Redfield's equation has, and at least beside its
/// rates.
constexpr double shift_share = 0.3, least_shift = 1e-9;
/// The part ρ_0 of a mode below which it is rounding.
constexpr double no_state = 1e-9;
constexpr Index shifted_vectors = 60;

/// 𝓛 on vectors of reals.
class ModeMap {
  public:
    ModeMap(const Hierarchy& hierarchy, int threads)
        : hierarchy_(hierarchy),
          size_(hierarchy.dimension() * hierarchy.dimension() * hierarchy.planes()),
          threads_(threads) {}

    Index size() const { return size_; }
    long applications() const { return applications_; }
    void operator()(const RealVector& x, RealVector& out) {
        base::poll();
        ++applications_;
        out.resize(x.size());
        hierarchy_.flow().apply(x.data(), out.data(), threads_);
    }

  private:
    const Hierarchy& hierarchy_;
    Index size_;
    int threads_;
    long applications_ = 0;
};

/// 𝓛 in an orthonormal space, VᵀLV, with its modes.
steady::Modes modes_of(ModeMap& map, const RealMatrix& space, double zero) {
    RealMatrix image(map.size(), space.cols());
    RealVector column;
    for (Index c = 0; c < space.cols(); ++c) {
        map(space.col(c), column);
        image.col(c) = column;
    }
    const linalg::GeneralModes small =
        linalg::general_modes(RealMatrix(space.transpose() * image), "spectrum: the small problem");
    return {small.values, space.cast<Complex>() * small.vectors, zero};
}

/// The k modes nearest zero and maybe more. A Krylov space has one vector of a degenerate eigenvalue: it
/// is made anew beside what was found, until it finds nothing nearer.
steady::Modes nearest_modes(ModeMap& map, const RedfieldInverse& inverse, double sigma, double zero,
                            Index k, double tol) {
    constexpr double new_direction = 1e-6, nearer = 1.0 - 1e-6;
    const linalg::LinearMap<double> shifted = [&](const RealVector& x, RealVector& out) {
        map(x, out);
        out -= sigma * x;
    };
    const linalg::Preconditioner<double> precondition(
        [&](const RealVector& r, RealVector& out) { inverse(r, out); }, shifted_vectors);
    linalg::OrthonormalBasis<double> space(map.size());
    const linalg::LinearMap<double> inverted = [&](const RealVector& x, RealVector& out) {
        const RealVector right = x - space.projection(x);
        const auto solution = linalg::gmres<double>(shifted, precondition, right, 0.01 * tol);
        if (!(solution.residual <= tol)) {
            std::ostringstream text;
            text << "spectrum: GMRES stagnates at a relative residual of " << solution.residual
                 << "; loosen tol, or take another depth";
            throw ConvergenceError(text.str());
        }
        out = solution.x - space.projection(solution.x);
    };
    std::mt19937_64 engine(1);
    for (Index wanted = k;; wanted = std::min<Index>(k, 2)) {
        RealVector start = steady::random_operator(engine, map.size());
        start -= space.projection(start);
        const steady::RitzPairs pairs =
            steady::ritz_pairs(inverted, start, wanted, tol, std::max<Index>(60, 6 * wanted + 30));
        const double nearest = (sigma + pairs.values.array().inverse()).abs().minCoeff();
        const bool first = space.size() == 0;
        for (Index c = 0; c < pairs.vectors.cols(); ++c)
            for (const RealVector& part :
                 {RealVector(pairs.vectors.col(c).real()), RealVector(pairs.vectors.col(c).imag())})
                space.append(part, new_direction * std::max(part.norm(), 1e-3));
        steady::Modes modes = modes_of(map, space.vectors(), zero);
        const auto last = static_cast<std::size_t>(std::min<Index>(k, space.size()) - 1);
        const double farthest = std::abs(modes.values[steady::by_distance(modes.values)[last]]);
        const bool enough = !first && space.size() >= k && nearest > nearer * farthest;
        if (enough || space.size() > map.size() - 4) return modes;
    }
}

/// ρ_0 of a mode, of unit norm.
ComplexMatrix state_of(const Hierarchy& hierarchy, const VectorOf<Complex>& mode) {
    const Index n = hierarchy.dimension();
    const Eigensystem& eigen = hierarchy.system().eigensystem();
    const auto part = [&](const RealVector& x) {
        const RealMatrix packed = x.head(n * n).reshaped(n, n);
        return unpack(eigen.in_frame(Frame::given, {packed, hierarchy.frame()}, 1));
    };
    const ComplexMatrix state = part(mode.real()) + Complex(0.0, 1.0) * part(mode.imag());
    const double norm = state.norm();
    if (!(norm > no_state * mode.norm())) return ComplexMatrix::Zero(n, n);
    return state / norm;
}

}  // namespace

Spectrum spectrum(const Hierarchy& hierarchy, Index k, const SpectrumOptions& options) {
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    const int threads = hierarchy.threads(options.threads);
    ModeMap map(hierarchy, threads);
    require(k >= 1 && k <= map.size(), "spectrum: k = ", k, " modes of a hierarchy with ", map.size());
    require(std::isfinite(options.tol) && options.tol > 0.0, "spectrum: tol must be positive, got ",
            options.tol);
    const std::unique_ptr<const Generator> generator = redfield_of(hierarchy);
    steady::PackedMap redfield(*generator, options.threads);
    Spectrum out;
    out.complete = map.size() <= dense_numbers || k > map.size() / 2;
    const double zero = std::max(redfield.rounding() * std::max(redfield.fastest(), 1e-300),
                                 options.tol * redfield.rate());
    steady::Modes modes;
    if (out.complete) {
        const auto length = static_cast<double>(map.size());
        base::require_bytes(9.0 * sizeof(double) * length * length, options.max_bytes, "ask fewer modes",
                            "the matrix of ", hierarchy.planes(), " auxiliary operators");
        modes = modes_of(map, RealMatrix::Identity(map.size(), map.size()), zero);
    } else {
        require(redfield.rate() > 0.0, "spectrum: nothing dissipates");
        base::require_bytes(hierarchy.vector_bytes() * static_cast<double>(130 + 10 * k),
                            options.max_bytes, "take a smaller depth or fewer exponentials",
                            "the Krylov spaces of ", hierarchy.planes(), " auxiliary operators");
        SpectrumOptions slow = options;
        slow.monitor = {};
        const Index known = std::min(k, redfield.size());
        const Spectrum estimate = redfield::spectrum(*generator, known, slow);
        const double sigma =
            std::max(shift_share * std::abs(estimate.eigenvalues.back()), least_shift * redfield.rate());
        const RedfieldInverse inverse(hierarchy, redfield, 0.0, threads, sigma);
        modes = nearest_modes(map, inverse, sigma, zero, k, options.tol);
    }
    out.gap = std::numeric_limits<double>::quiet_NaN();
    for (const Complex value : modes.values)
        if (std::abs(value) > modes.zero && !(out.gap <= -value.real())) out.gap = -value.real();
    const std::vector<Index> order = steady::by_distance(modes.values);
    for (Index i = 0; i < k; ++i) {
        const Index c = order[static_cast<std::size_t>(i)];
        out.eigenvalues.push_back(modes.values[c]);
        out.modes.push_back(state_of(hierarchy, modes.vectors.col(c)));
    }
    out.applications = map.applications();
    return out;
}

}  // namespace redfield::hierarchy
