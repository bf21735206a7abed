#include "redfield/hierarchy/regression.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/memory.hpp"
#include "hierarchy/complex_inverse.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "steady/recycled.hpp"

namespace redfield::hierarchy {

namespace {

using ComplexVector = VectorOf<Complex>;

constexpr Index resolvent_restart = 60;
constexpr int resolvent_cycles = 20;
/// Solutions in whose space the next begins, at most, and the share of the memory they may take.
constexpr Index most_recycled = 24;
constexpr double recycled_share = 0.5;

void check_vector(const Hierarchy& hierarchy, const RealMatrix& y, Index planes) {
    const Index n = hierarchy.dimension();
    require(y.rows() == n && y.cols() >= n * planes, "hierarchy: a vector must be (", n, ", ", n * planes,
            "), got (", y.rows(), ", ", y.cols(), ")");
}

void check_operator(const Hierarchy& hierarchy, const ComplexMatrix& a, const char* name) {
    const Index n = hierarchy.dimension();
    require(a.rows() == n && a.cols() == n, "hierarchy: ", name, " must be (", n, ", ", n, "), got (",
            a.rows(), ", ", a.cols(), ")");
    require(a.allFinite(), "hierarchy: ", name, " has an entry that is not finite");
}

ComplexMatrix in_frame_of(const Hierarchy& hierarchy, const ComplexMatrix& a) {
    return hierarchy.frame() == Frame::given ? a : hierarchy.system().eigensystem().to_eigenbasis(a);
}

/// 𝓛 on complex combinations of vectors.
class ComplexFlow {
  public:
    ComplexFlow(const Hierarchy& hierarchy, int threads) : hierarchy_(hierarchy), threads_(threads) {}

    long applications() const { return applications_; }
    void operator()(const ComplexVector& x, ComplexVector& out) {
        base::poll();
        ++applications_;
        out.resize(x.size());
        in_ = x.real();
        out_.resize(x.size());
        hierarchy_.flow().apply(in_.data(), out_.data(), threads_);
        out.real() = out_;
        in_ = x.imag();
        hierarchy_.flow().apply(in_.data(), out_.data(), threads_);
        out.imag() = out_;
    }

  private:
    const Hierarchy& hierarchy_;
    int threads_;
    RealVector in_, out_;
    long applications_ = 0;
};

}  // namespace

VectorPair multiplied(const Hierarchy& hierarchy, const RealMatrix& y, const ComplexMatrix& before,
                      const ComplexMatrix& after) {
    check_vector(hierarchy, y, hierarchy.planes());
    check_operator(hierarchy, before, "an operator");
    check_operator(hierarchy, after, "an operator");
    const ComplexMatrix b = in_frame_of(hierarchy, before), c = in_frame_of(hierarchy, after);
    const Index n = hierarchy.dimension();
    VectorPair out{RealMatrix(n, y.cols()), RealMatrix::Zero(n, y.cols())};
    base::parallel_ranges(hierarchy.threads(0), hierarchy.planes(), [&](Index first, Index count) {
        for (Index p = first; p < first + count; ++p) {
            const Split parts = split(b * unpack(y.middleCols(n * p, n)) * c);
            out.first.middleCols(n * p, n) = parts.hermitian;
            if (parts.antihermitian.size() > 0) out.second.middleCols(n * p, n) = parts.antihermitian;
        }
    });
    return out;
}

ResolventTrace resolvent_trace(const Hierarchy& hierarchy, const ComplexMatrix& a, const VectorPair& y,
                               const std::vector<Complex>& z, const ResolventOptions& options) {
    check_vector(hierarchy, y.first, hierarchy.planes());
    check_vector(hierarchy, y.second, hierarchy.planes());
    check_operator(hierarchy, a, "a");
    require(options.tol > 0.0, "resolvent_trace: tol must be positive, got ", options.tol);
    const base::Caller caller;
    const base::Watch watch(options.monitor);
    ResolventTrace out{std::vector<Complex>(z.size()), 0.0, 0};
    const Index n = hierarchy.dimension(), size = n * n, length = size * hierarchy.planes();
    const RealVector units = tier_units(hierarchy);
    ComplexVector right(length);
    right.real() = y.first.reshaped();
    right.imag() = y.second.reshaped();
    right.array() *= units.array();
    if (right.norm() == 0.0 || z.empty()) return out;
    const double vector_bytes = 2.0 * hierarchy.vector_bytes();
    base::require_bytes(vector_bytes * (resolvent_restart + 12), options.max_bytes,
                        "take a smaller depth or fewer exponentials", "the Krylov space of ",
                        hierarchy.planes(), " auxiliary operators");
    const double room = recycled_share * options.max_bytes / (2.0 * vector_bytes);
    const auto recycled = static_cast<Index>(
        std::clamp(std::min(room, static_cast<double>(z.size())), 1.0, double{most_recycled}));

    const int threads = hierarchy.threads(options.threads);
    const std::unique_ptr<const Generator> generator = redfield_of(hierarchy);
    steady::PackedMap redfield(*generator, options.threads);
    require(redfield.rate() > 0.0, "resolvent: nothing dissipates, lines have no width");
    const double weight = -redfield.rate();
    ComplexInverse inverse(hierarchy, redfield, -weight, threads);
    ComplexFlow flow(hierarchy, threads);
    // tr(ax) = Σ a∘x of packed Hermitian matrices, of which a = a₁ + ia₂ is two.
    const Split observed = split(in_frame_of(hierarchy, a));
    const auto trace_with = [&](const ComplexVector& x) {
        Complex sum = (observed.hermitian.reshaped().cast<Complex>().cwiseProduct(x.head(size))).sum();
        if (observed.antihermitian.size() > 0)
            sum += Complex(0.0, 1.0) *
                   (observed.antihermitian.reshaped().cast<Complex>().cwiseProduct(x.head(size))).sum();
        return sum;
    };
    linalg::GmresOptions limits;
    limits.cycles = resolvent_cycles;
    steady::Recycled solutions(right.cwiseQuotient(units.cast<Complex>()), recycled);
    std::size_t done = 0;
    for (const std::size_t f : steady::coarse_first(z.size())) {
        base::poll(static_cast<double>(done++) / static_cast<double>(z.size()));
        // (z − 𝓛)x − w tr(x_0)1/N = y has the same solution, of trace zero, and no pole at z = 0.
        const auto bordered = [&](const ComplexVector& x, const ComplexVector& image,
                                  ComplexVector& result) {
            result = z[f] * x - image;
            auto diagonal = result(Eigen::seqN(0, n, n + 1));
            diagonal.array() += weight / static_cast<double>(n) * x(Eigen::seqN(0, n, n + 1)).sum();
            result.array() *= units.array();
        };
        ComplexVector x, image;  // 𝓛x of the last x, which is the solution when GMRES ends
        const linalg::LinearMap<Complex> shifted = [&](const ComplexVector& v, ComplexVector& result) {
            flow(v, image);
            bordered(v, image, result);
        };
        inverse.shift(z[f]);
        const linalg::Preconditioner<Complex> nearly(
            [&](const ComplexVector& v, ComplexVector& result) {
                inverse(v.cwiseQuotient(units.cast<Complex>()), result);
                result = -result;
            },
            resolvent_restart);
        solutions.start(z[f], x, image);
        linalg::Guess<Complex> guess{x, ComplexVector()};
        bordered(x, image, guess.residual);
        guess.residual = right - guess.residual;
        const auto solution =
            linalg::gmres<Complex>(shifted, nearly, right, options.tol, limits, std::move(guess));
        if (!(solution.residual <= options.tol)) {
            std::ostringstream text;
            text << "the resolvent at z = " << z[f] << ": GMRES stagnates at a relative residual of "
                 << solution.residual << "; loosen tol, or there is a line without width";
            throw ConvergenceError(text.str());
        }
        solutions.add(solution.x, image);
        out.residual = std::max(out.residual, solution.residual);
        out.values[f] = trace_with(solution.x);
    }
    out.applications = 2 * flow.applications();
    return out;
}

Index leading_planes(const Hierarchy& hierarchy) {
    const IndexSet& set = hierarchy.indices();
    return set.plane(set.tiers()[std::min<std::size_t>(2, set.tiers().size() - 1)]);
}

std::vector<ComplexMatrix> bath_forces(const Hierarchy& hierarchy, const RealMatrix& y) {
    check_vector(hierarchy, y, leading_planes(hierarchy));
    const IndexSet& set = hierarchy.indices();
    const Index n = hierarchy.dimension();
    const ComplexMatrix rho = unpack(y.leftCols(n));
    std::vector<ComplexMatrix> out;
    Index k = 0;
    for (const Exponentials& bath : hierarchy.baths()) {
        const auto a = static_cast<std::size_t>(hierarchy.operator_of(out.size()));
        const ComplexMatrix at_once = bath.remainder * hierarchy.couplings()[a] * rho;
        RealMatrix sum = pack(Complex(0.0, -1.0) * (at_once - at_once.adjoint()));
        for (const Index last = k + Hierarchy::count_exponentials({bath}); k < last; ++k) {
            // ρ and ρ† of a term and its partner are 2G.
            const auto link = set.single(k);
            if (link.exists())
                sum += set.terms()[static_cast<std::size_t>(k)].scale *
                       y.middleCols(n * set.plane(link.member()), n);
        }
        out.push_back(
            unpack(hierarchy.system().eigensystem().in_frame(Frame::given, {sum, hierarchy.frame()}, 1)));
    }
    return out;
}

}  // namespace redfield::hierarchy
