#include "redfield/floquet/partial_secular.hpp"

#include <algorithm>
#include <cmath>

#include "base/memory.hpp"
#include "floquet/run_in_modes.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/floquet/redfield.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::floquet {

namespace {

/// Elements of the gain below this part of its largest are rounding of the harmonics.
constexpr double negligible = 1e-13;

/// The equation in the frame of the modes, for the integrator.
class InModes final : public driven::InteractionPicture {
  public:
    InModes(const PartialSecular& equation, double longest)
        : InteractionPicture(longest), equation_(equation) {}

    void derivative(double tau, const RealMatrix& y, RealMatrix& out) override {
        out = pack(2.0 * equation_.half(unpack(y), now_ + tau));  // the Hermitian part of 2F is F + F†
    }

  private:
    const PartialSecular& equation_;
};

/// The largest decay rate of the diagonal of Σ_j A_j†Λ_j.
double largest_rate(const std::vector<ComplexMatrix>& loss) {
    double rate = 0.0;
    for (const ComplexMatrix& k : loss) rate += 2.0 * k.cwiseAbs().rowwise().sum().maxCoeff();
    return rate;
}

}  // namespace

PartialSecular::PartialSecular(const Modes& modes, const Contacts& contacts, bool lamb_shift,
                               double cutoff, double tol, double max_bytes)
    : modes_(modes), most_(2 * contacts.couplings.most) {
    require(cutoff >= 0.0, "floquet::PartialSecular: the cutoff must not be negative, got ", cutoff);
    require(tol >= 0.0, "floquet::PartialSecular: degeneracy_tol must not be negative, got ", tol);
    const Redfield whole(modes, contacts, lamb_shift);
    const double reach = cutoff + tol;
    find_losses(contacts, whole.lambdas, reach);
    find_gain(contacts, whole.lambdas, reach, max_bytes);
    const RealVector& e = modes.energies();
    const double width = e.maxCoeff() - e.minCoeff();
    const double turning = std::min(cutoff, 2.0 * width + static_cast<double>(most_) * modes.frequency());
    fastest_ = std::max(turning, largest_rate(loss_));
}

/// ω_kln − ω_k'l'n' depends on n − n' alone, so that each element of the gain has one sum over n for each
/// m.
void PartialSecular::find_gain(const Contacts& contacts,
                               const std::vector<std::vector<ComplexMatrix>>& lambdas, double reach,
                               double max_bytes) {
    const Index n = dimension(), most = contacts.couplings.most;
    const RealVector& e = modes_.energies();
    const double omega = modes_.frequency();
    gain_.assign(static_cast<std::size_t>(2 * most_ + 1), {});
    double count = 0.0, largest = 0.0;
    for (Index l2 = 0; l2 < n; ++l2)
        for (Index l = 0; l < n; ++l) {
            base::poll();
            for (Index k2 = 0; k2 < n; ++k2)
                for (Index k = 0; k < n; ++k) {
                    const double apart = (e[l] - e[k]) - (e[l2] - e[k2]);
                    const double low = std::ceil((apart - reach) / omega),
                                 high = std::floor((apart + reach) / omega);
                    const auto from = static_cast<Index>(std::max(low, -static_cast<double>(most_)));
                    const auto to = static_cast<Index>(std::min(high, static_cast<double>(most_)));
                    for (Index m = from; m <= to; ++m) {
                        Complex sum = 0.0;
                        for (std::size_t j = 0; j < lambdas.size(); ++j)
                            for (Index h = std::max(-most, m - most); h <= std::min(most, m + most); ++h)
                                sum += lambdas[j][static_cast<std::size_t>(h + most)](k, l) *
                                       std::conj(contacts.couplings.at(j, h - m)(k2, l2));
                        if (sum == 0.0) continue;
                        largest = std::max(largest, std::abs(sum));
                        gain_[static_cast<std::size_t>(m + most_)].push_back(
                            {k + n * k2, l + n * l2, sum});
                        ++count;
                    }
                }
            base::require_bytes(count * sizeof(Term), max_bytes, "choose a smaller cutoff, or Redfield",
                                "a Floquet equation of ", count, " terms");
        }
    for (auto& terms : gain_) {
        terms.erase(
            std::remove_if(terms.begin(), terms.end(),
                           [&](const Term& t) { return std::abs(t.value) <= negligible * largest; }),
            terms.end());
        terms.shrink_to_fit();
    }
}

/// In A†(ω')Λ(ω) both take the same level k, and ω − ω' = ε_l − ε_l' − mΩ.
void PartialSecular::find_losses(const Contacts& contacts,
                                 const std::vector<std::vector<ComplexMatrix>>& lambdas, double reach) {
    const Index n = dimension(), most = contacts.couplings.most;
    const RealVector& e = modes_.energies();
    loss_.assign(static_cast<std::size_t>(2 * most_ + 1), ComplexMatrix::Zero(n, n));
    losses_.assign(lambdas.size(), loss_);
    for (std::size_t j = 0; j < lambdas.size(); ++j)
        for (Index m = -most_; m <= most_; ++m) {
            base::poll();
            ComplexMatrix kept = ComplexMatrix::Zero(n, n);
            for (Index h = std::max(-most, m - most); h <= std::min(most, m + most); ++h)
                kept += contacts.couplings.at(j, h - m).adjoint() *
                        lambdas[j][static_cast<std::size_t>(h + most)];
            for (Index l = 0; l < n; ++l)
                for (Index l2 = 0; l2 < n; ++l2)
                    if (std::abs(e[l] - e[l2] - static_cast<double>(m) * modes_.frequency()) > reach)
                        kept(l2, l) = 0.0;
            loss_[static_cast<std::size_t>(m + most_)] += kept;
            losses_[j][static_cast<std::size_t>(m + most_)] = std::move(kept);
        }
}

double PartialSecular::terms() const {
    double count = 0.0;
    for (const auto& terms : gain_) count += static_cast<double>(terms.size());
    return count;
}

ComplexMatrix PartialSecular::half(const ComplexMatrix& rho, double t) const {
    const Index n = dimension();
    const double since = t - modes_.start();
    const double in_period = since - modes_.period() * std::floor(since / modes_.period());
    const Eigen::VectorXcd phases = (Complex(0.0, since) * modes_.energies().array()).exp().matrix();
    const ComplexMatrix x = phases.conjugate().asDiagonal() * rho * phases.asDiagonal();
    ComplexMatrix out = ComplexMatrix::Zero(n, n), loss = ComplexMatrix::Zero(n, n), part(n, n);
    for (Index m = -most_; m <= most_; ++m) {
        const auto at = static_cast<std::size_t>(m + most_);
        const Complex turn = std::polar(1.0, static_cast<double>(m) * modes_.frequency() * in_period);
        loss += turn * loss_[at];
        if (gain_[at].empty()) continue;
        part.setZero();
        for (const Term& term : gain_[at]) part.data()[term.row] += term.value * x.data()[term.column];
        out += turn * part;
    }
    out.noalias() -= loss * x;
    return phases.asDiagonal() * out * phases.conjugate().asDiagonal();
}

ComplexMatrix PartialSecular::dissipate(const ComplexMatrix& x, double t) const {
    require(x.rows() == dimension() && x.cols() == dimension(),
            "floquet::PartialSecular: the operator does not have the dimension of H");
    const ComplexMatrix turn = modes_.frame(t);
    const ComplexMatrix rho = turn.adjoint() * x * turn;
    const ComplexMatrix change = half(rho, t) + half(rho.adjoint(), t).adjoint();
    return turn * change * turn.adjoint();
}

EvolveStats PartialSecular::evolve(StateView start, const std::vector<double>& times,
                                   const IntegrationOptions& options, const Observer<StateView>& observe,
                                   double max_step, const std::vector<double>& breaks) const {
    InModes equation(*this, std::min(max_step, 2.0 / std::max(fastest_, 1e-300)));
    return run_in_modes(modes_, start, times, options, observe, breaks, equation);
}

}  // namespace redfield::floquet
