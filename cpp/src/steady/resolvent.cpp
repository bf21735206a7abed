#include "redfield/steady/resolvent.hpp"

#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <sstream>

#include "linalg/memory.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"
#include "steady/packed_map.hpp"
#include "steady/secular_inverse.hpp"

namespace redfield {

namespace {

using steady::PackedMap;
using Vector = Eigen::VectorXcd;

constexpr Index cycle = 60;
constexpr int most_cycles = 20;
/// Solutions that are kept to start from.
constexpr Index most_kept = 24;

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

/// The inverse of z − 𝓛_s + w tr(·)1/N, as if no two frequencies but those of populations were equal.
class Secular {
  public:
    Secular(const equation::SecularRates& rates, const RealVector& energies, double weight)
        : rates_(rates),
          energies_(energies),
          weight_(weight),
          inverse_(energies.size(), energies.size()) {}

    void set(Complex z) {
        const Index n = energies_.size();
        const double smallest = 1e-13 * (std::abs(z) + energies_[n - 1] - energies_[0] + weight_);
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < n; ++k) {
                const Complex bracket =
                    z - Complex(rates_.coherence_re(k, l),
                                rates_.coherence_im(k, l) - (energies_[k] - energies_[l]));
                inverse_(k, l) = 1.0 / (std::abs(bracket) < smallest ? Complex(smallest) : bracket);
            }
        ComplexMatrix populations = -rates_.population.cast<Complex>();
        populations.diagonal().array() += z + smallest;
        populations.array() += weight_ / static_cast<double>(n);
        populations_.compute(populations);
    }
    void apply(const Vector& x, Vector& out) const {
        const Index n = energies_.size();
        out.resize(x.size());
        const Eigen::Map<const ComplexMatrix> in(x.data(), n, n);
        Eigen::Map<ComplexMatrix> result(out.data(), n, n);
        result = inverse_.cwiseProduct(in);
        result.diagonal() = populations_.solve(in.diagonal());
    }

  private:
    const equation::SecularRates& rates_;
    const RealVector& energies_;
    double weight_;
    ComplexMatrix inverse_;
    Eigen::PartialPivLU<ComplexMatrix> populations_;
};

/// Solutions for other z, orthonormal, with 𝓛 of them: (z − 𝓛)x = y is solved in their space first.
class Kept {
  public:
    Kept(Index size, Index most)
        : basis_(size, most), image_(size, most), small_(most, most), right_(most) {}

    /// The solution x in their space, and 𝓛x.
    void start(Complex z, Vector& x, Vector& image) const {
        ComplexMatrix small = -small_.topLeftCorner(count_, count_);
        small.diagonal().array() += z;
        const Vector along = small.partialPivLu().solve(right_.head(count_));
        x = basis_.leftCols(count_) * along;
        image = image_.leftCols(count_) * along;
    }
    void add(const Vector& x, const Vector& image, const Vector& y) {
        if (count_ == basis_.cols()) return;
        Vector v = x, w = image;
        const auto known = basis_.leftCols(count_);
        for (int pass = 0; pass < 2; ++pass) {
            const Vector along = known.adjoint() * v;
            v.noalias() -= known * along;
            w.noalias() -= image_.leftCols(count_) * along;
        }
        const double norm = v.norm();
        if (!(norm > 1e-7 * x.norm())) return;
        basis_.col(count_) = v / norm;
        image_.col(count_) = w / norm;
        ++count_;
        small_.col(count_ - 1).head(count_) = basis_.leftCols(count_).adjoint() * image_.col(count_ - 1);
        small_.row(count_ - 1).head(count_) = basis_.col(count_ - 1).adjoint() * image_.leftCols(count_);
        right_[count_ - 1] = basis_.col(count_ - 1).dot(y);
    }

  private:
    ComplexMatrix basis_, image_, small_;
    Vector right_;
    Index count_ = 0;
};

/// One cycle of GMRES on A M⁻¹ from x, until what is left is `goal` by its own account.
void improve(const std::function<void(const Vector&, Vector&)>& a, const Secular& secular,
             const Vector& residual, double goal, Vector& x) {
    const double norm = residual.norm();
    ComplexMatrix basis(residual.size(), cycle + 1), hessenberg = ComplexMatrix::Zero(cycle + 1, cycle);
    basis.col(0) = residual / norm;
    Vector prepared, image, y;
    double left = norm;
    Index k = 0;
    while (k < cycle && left > goal) {
        secular.apply(basis.col(k), prepared);
        a(prepared, image);
        const double before = image.norm();
        for (int pass = 0; pass < 2; ++pass) {
            const Vector along = basis.leftCols(k + 1).adjoint() * image;
            image.noalias() -= basis.leftCols(k + 1) * along;
            hessenberg.col(k).head(k + 1) += along;
        }
        const double length = image.norm();
        hessenberg(k + 1, k) = length;
        ++k;
        Vector right = Vector::Zero(k + 1);
        right[0] = norm;
        const auto small = hessenberg.topLeftCorner(k + 1, k);
        y = small.colPivHouseholderQr().solve(right);
        left = (right - small * y).norm();
        if (length <= 1e-14 * before) break;
        basis.col(k) = image / length;
    }
    if (k == 0) return;
    secular.apply(basis.leftCols(k) * y, prepared);
    x += prepared;
}

/// Ends first, then what halves the gaps.
std::vector<std::size_t> coarse_first(std::size_t count) {
    std::vector<std::size_t> order;
    std::vector<bool> taken(count, false);
    for (std::size_t step = std::max<std::size_t>(count - 1, 1);; step = (step + 1) / 2) {
        for (std::size_t i = 0; i < count; i += step)
            if (!taken[i]) {
                taken[i] = true;
                order.push_back(i);
            }
        if (step == 1) return order;
    }
}

}  // namespace

ResolventTrace resolvent_trace(const Generator& generator, const ComplexMatrix& a, const ComplexMatrix& y,
                               const std::vector<Complex>& z, const SteadyOptions& options) {
    const Index n = generator.dimension(), size = n * n;
    require(a.rows() == n && a.cols() == n && y.rows() == n && y.cols() == n,
            "resolvent_trace: an operator does not have the dimension of the system");
    require(a.allFinite() && y.allFinite(),
            "resolvent_trace: an operator has an entry that is not finite");
    require(options.tol > 0.0, "resolvent_trace: tol must be positive, got ", options.tol);
    const linalg::Caller caller;
    const linalg::Watch watch(options.monitor);
    ResolventTrace out{std::vector<Complex>(z.size()), 0.0, 0};
    const Eigensystem& eigensystem = generator.eigensystem();
    const ComplexMatrix turned = eigensystem.to_eigenbasis(y);
    const Vector right = Eigen::Map<const Vector>(turned.data(), size);
    const double norm = right.norm();
    if (norm == 0.0 || z.empty()) return out;
    const ComplexMatrix observed = eigensystem.to_eigenbasis(a).transpose();  // tr(ax) = Σ a_lk x_kl
    const Index kept = std::min<Index>(most_kept, static_cast<Index>(z.size()));
    linalg::require_bytes(16.0 * static_cast<double>(size) * static_cast<double>(2 * kept + cycle + 8),
                          options.max_bytes, "ask fewer frequencies", "a Krylov space of ", size,
                          "-dimensional vectors");

    Map map(generator, options.threads);
    const steady::SecularPart part(map.packed(), options.max_bytes);
    const double weight = std::max(map.packed().decay(), 1e-3 * map.packed().fastest());
    Secular secular(part.rates(), eigensystem.energies(), weight);
    Kept before(size, kept);
    const double tol = std::max(options.tol, map.packed().rounding());
    std::size_t done = 0;
    for (const std::size_t f : coarse_first(z.size())) {
        linalg::poll(static_cast<double>(done++) / static_cast<double>(z.size()));
        secular.set(z[f]);
        const auto bordered = [&](const Vector& x, const Vector& image, Vector& result) {
            result = z[f] * x - image;
            Complex trace = 0.0;
            for (Index k = 0; k < n; ++k) trace += x[k * (n + 1)];
            for (Index k = 0; k < n; ++k) result[k * (n + 1)] += weight * trace / static_cast<double>(n);
        };
        Vector x, image, result;
        const auto shifted = [&](const Vector& of, Vector& out_of) {
            map(of, image);
            bordered(of, image, out_of);
        };
        before.start(z[f], x, image);
        double left;  // of the residual, when the loop ends
        for (int c = 0;; ++c) {
            bordered(x, image, result);
            result = right - result;
            left = result.norm();
            if (left <= tol * norm) break;
            if (c == most_cycles || !std::isfinite(left)) {
                std::ostringstream text;
                text << "the resolvent at z = " << z[f] << ": GMRES stagnates at a relative residual of "
                     << left / norm << "; loosen tol, or use method=\"direct\"";
                throw ConvergenceError(text.str());
            }
            improve(shifted, secular, result, 0.3 * tol * norm, x);
            map(x, image);
        }
        before.add(x, image, right);
        out.residual = std::max(out.residual, left / norm);
        out.values[f] = (Eigen::Map<const Vector>(observed.data(), size).array() * x.array()).sum();
    }
    out.applications = map.applications();
    return out;
}

}  // namespace redfield
