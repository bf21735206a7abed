#include "redfield/floquet/redfield.hpp"

#include <algorithm>
#include <cmath>

#include "driven/interaction.hpp"
#include "driven/run.hpp"
#include "evolve/methods.hpp"
#include "floquet/contacts.hpp"
#include "floquet/period_map.hpp"
#include "floquet/run_in_modes.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::floquet {

namespace {

using Series = std::vector<std::vector<ComplexMatrix>>;

/// Σ_n X_n e^{inΩ(t − t₀)}, in the frame of the modes: e^{iεt}…e^{−iεt}.
class Sums final : public driven::Turned {
  public:
    Sums(const Modes& modes, const Series& couplings, const Series& lambdas, Index most, int threads)
        : modes_(modes), couplings_(couplings), lambdas_(lambdas), most_(most), threads_(threads) {}

    void keep(double, double) override {}
    void at(double t, std::vector<ComplexMatrix>& couplings,
            std::vector<ComplexMatrix>& lambdas) const override {
        const double since = t - modes_.start();
        const double in_period = since - modes_.period() * std::floor(since / modes_.period());
        const Eigen::VectorXcd phases = (Complex(0.0, since) * modes_.energies().array()).exp().matrix();
        couplings.resize(couplings_.size());
        lambdas.resize(lambdas_.size());
        const auto count = static_cast<Index>(couplings_.size());
        linalg::parallel_ranges(threads_, 2 * count, [&](Index from, Index size) {
            for (Index i = from; i < from + size; ++i) {
                const auto j = static_cast<std::size_t>(i / 2);
                const Series& of = i % 2 == 0 ? couplings_ : lambdas_;
                ComplexMatrix& out = i % 2 == 0 ? couplings[j] : lambdas[j];
                out = of[j][static_cast<std::size_t>(most_)];
                for (Index n = 1; n <= most_; ++n) {
                    const Complex turn =
                        std::polar(1.0, static_cast<double>(n) * modes_.frequency() * in_period);
                    out += turn * of[j][static_cast<std::size_t>(most_ + n)] +
                           std::conj(turn) * of[j][static_cast<std::size_t>(most_ - n)];
                }
                out = phases.asDiagonal() * out * phases.conjugate().asDiagonal();
            }
        });
    }

  private:
    const Modes& modes_;
    const Series& couplings_;
    const Series& lambdas_;
    Index most_;
    int threads_;
};

/// The breaks of the first period, in each from `first` to `last`.
std::vector<double> repeated(const Modes& modes, const std::vector<double>& breaks, double first,
                             double last) {
    std::vector<double> out;
    if (breaks.empty()) return out;
    for (double p = std::floor((first - modes.start()) / modes.period());
         modes.start() + p * modes.period() < last; ++p)
        for (const double b : breaks) {
            const double at = b + p * modes.period();
            if (at > first && at < last) out.push_back(at);
        }
    std::sort(out.begin(), out.end());
    return out;
}

/// How much of a state the dissipator changes in a period, at most 1, judged at a few moments of it.
double change_in_a_period(integrators::Picture& picture, const Within& within, const Modes& modes,
                          double first) {
    constexpr int moments = 8;
    const Index n = modes.dimension();
    double change = 0.0;
    RealMatrix unit = RealMatrix::Zero(n, n), moved;
    within(first, first + modes.period());
    for (int i = 0; i < moments; ++i) {
        picture.start(first + modes.period() * (i + 0.5) / moments);
        for (Index k = 0; k < n; ++k) {
            unit(k, k) = 1.0;
            picture.derivative(0.0, unit, moved);
            unit(k, k) = 0.0;
            change = std::max(change, moved.norm() * modes.period());
        }
    }
    return std::clamp(change, 1e-280, 1.0);
}

}  // namespace

Redfield::Redfield(const Modes& given, const Contacts& contacts, bool lamb_shift)
    : modes(given), couplings(contacts.couplings) {
    check(contacts, modes.dimension(), "floquet::Redfield");
    const Index n = modes.dimension();
    lambdas = couplings.of;
    for (std::size_t j = 0; j < lambdas.size(); ++j) {
        const auto& spectrum = contacts.spectra[static_cast<std::size_t>(contacts.bath_of_coupling[j])];
        for (Index h = -couplings.most; h <= couplings.most; ++h) {
            ComplexMatrix& lambda = lambdas[j][static_cast<std::size_t>(h + couplings.most)];
            for (Index l = 0; l < n; ++l)
                for (Index k = 0; k < n; ++k) {
                    if (lambda(k, l) == 0.0) continue;
                    const Complex gamma = spectrum.at(released(modes, k, l, h));
                    lambda(k, l) *= lamb_shift ? gamma : Complex(gamma.real());
                }
        }
    }
}

EvolveStats run_in_modes(const Modes& modes, StateView start, const std::vector<double>& times,
                         const EvolveOptions& options, const Observer& observe, double longest,
                         const std::vector<double>& breaks, integrators::Picture& picture,
                         const Within& within) {
    require(options.method == Method::automatic || options.method == Method::dopri5,
            "floquet: the method is \"dopri5\"");
    const Index n = modes.dimension();
    require(start.packed.rows() == n && start.packed.cols() == n,
            "floquet: rho0 does not have the dimension of H");
    const Observer in_given_basis = [&](Index i, StateView state) {
        const ComplexMatrix back = modes.frame(times[static_cast<std::size_t>(i)]);
        const RealMatrix rho = pack(back * unpack(state.packed) * back.adjoint());
        observe(i, {rho, Frame::given});
    };
    require(!times.empty(), "evolve: there are no times");
    const ComplexMatrix turn = modes.frame(times.front());
    const RealMatrix rho0 = pack(turn.adjoint() * unpack(start.packed) * turn);
    driven::Run run({rho0, start.frame}, times, options, longest, in_given_basis);
    EvolveStats stats;
    const integrators::Longest bound = [longest](double) { return longest; };
    if (period_map_pays_off(modes, times)) {
        const SolveBetween between = [&](const RealMatrix& from, double first, double last,
                                         double tolerance) {
            EvolveOptions own = options;
            own.rtol = 0.0;
            own.atol = tolerance;
            RealMatrix out = from;
            driven::in_segments(
                from, {first, last}, repeated(modes, breaks, first, last),
                [&](const RealMatrix& rho, const std::vector<double>& inside,
                    const integrators::Observe& each) {
                    within(inside.front(), inside.back());
                    integrators::runge_kutta(picture, rho, inside, own, 0.1 * longest, bound, each,
                                             stats);
                },
                [&](Index, const RealMatrix& rho) { out = rho; });
            return out;
        };
        return run.solve(
            {}, Method::dopri5,
            [&](const RealMatrix& rho, const std::vector<double>& inside,
                const integrators::Observe& each) {
                evolve_by_periods(modes, rho, inside, options, between,
                                  change_in_a_period(picture, within, modes, inside.front()), each);
            },
            stats);
    }
    integrators::refuse_hopeless(6.0 * (times.back() - times.front()) / longest);
    return run.solve(
        repeated(modes, breaks, times.front(), times.back()), Method::dopri5,
        [&](const RealMatrix& rho, const std::vector<double>& inside, const integrators::Observe& each) {
            within(inside.front(), inside.back());
            integrators::runge_kutta(picture, rho, inside, options, 0.1 * longest, bound, each, stats);
        },
        stats);
}

EvolveStats Redfield::evolve(StateView start, const std::vector<double>& times,
                             const EvolveOptions& options, const Observer& observe, double max_step,
                             const std::vector<double>& breaks) const {
    const int threads = linalg::resolve_threads(options.threads, modes.dimension());
    const double fastest = modes.energies().maxCoeff() - modes.energies().minCoeff() +
                           static_cast<double>(couplings.most) * modes.frequency();
    const double longest = std::min(max_step, 2.0 / std::max(fastest, 1e-300));
    Sums sums(modes, couplings.of, lambdas, couplings.most, threads);
    driven::Interaction picture(sums, longest, threads);
    return run_in_modes(modes, start, times, options, observe, longest, breaks, picture,
                        [&](double first, double last) { picture.within(first, last); });
}

}  // namespace redfield::floquet
