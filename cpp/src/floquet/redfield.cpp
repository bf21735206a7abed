#include "redfield/floquet/redfield.hpp"

#include <algorithm>
#include <cmath>

#include "floquet/contacts.hpp"
#include "floquet/run_in_modes.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::floquet {

namespace {

using Series = std::vector<std::vector<ComplexMatrix>>;

/// Interaction-picture operators X̃(t) = e^{iεt} Σ_n X_n e^{inΩ(t − t₀)} e^{−iεt}, in the frame of the
/// modes.
class FourierSums final : public driven::InteractionOperators {
  public:
    FourierSums(const Modes& modes, const Series& couplings, const Series& lambdas, Index most,
                int threads)
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
        base::parallel_ranges(threads_, 2 * count, [&](Index from, Index size) {
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

EvolveStats Redfield::evolve(StateView start, const std::vector<double>& times,
                             const IntegrationOptions& options, const Observer<StateView>& observe,
                             double max_step, const std::vector<double>& breaks) const {
    const int threads = base::resolve_threads(options.threads, modes.dimension());
    const double fastest = modes.energies().maxCoeff() - modes.energies().minCoeff() +
                           static_cast<double>(couplings.most) * modes.frequency();
    FourierSums operators(modes, couplings.of, lambdas, couplings.most, threads);
    driven::InteractionEquation equation(operators, std::min(max_step, 2.0 / std::max(fastest, 1e-300)),
                                         threads);
    return run_in_modes(modes, start, times, options, observe, breaks, equation);
}

}  // namespace redfield::floquet
