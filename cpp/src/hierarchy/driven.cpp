#include "redfield/hierarchy/driven.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "driven/schroedinger_picture.hpp"
#include "hierarchy/commutator.hpp"
#include "hierarchy/flow.hpp"
#include "hierarchy/integrate.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/driven/evolve.hpp"
#include "redfield/hierarchy/regression.hpp"

namespace redfield::hierarchy {

namespace {

/// 𝓛(t): the hierarchy's own right-hand side, with couplings of the moment where they change, and
/// −i[H(t) − H, ·].
class MovingHierarchy final : public driven::SchroedingerPicture {
  public:
    MovingHierarchy(const Hierarchy& hierarchy, const Drive& drive, const driven::Resolution& resolution,
                    const SpectralBounds& spectrum, double max_step, int threads)
        : SchroedingerPicture(resolution, max_step),
          hierarchy_(hierarchy),
          drive_(drive),
          held_(hierarchy.system().eigensystem().from_eigenbasis(
              ComplexMatrix(hierarchy.system().eigensystem().energies().cast<Complex>().asDiagonal()))),
          largest_(drive.hamiltonian.largest() + held_.norm()),
          threads_(threads) {
        rate_ = std::max({spectrum.half_height, spectrum.decay, rate_});
        for (const driven::TimeOperator& a : drive.couplings) largest_coupling_.push_back(a.largest());
    }

  private:
    void apply(double t, const RealMatrix& y, RealMatrix& out) override {
        if (!moment_ || *moment_ != t) look_up(t);
        out.resizeLike(y);
        (flow_ ? *flow_ : hierarchy_.flow()).apply(y.data(), out.data(), threads_);
        if (added_) added_->add(hierarchy_.planes(), y.data(), out.data(), threads_);
    }

    void look_up(double t) {
        const driven::Moment moment(t);
        const ComplexMatrix h = drive_.hamiltonian.at(moment);
        require(h.allFinite(), "at t = ", t, " the Hamiltonian is not finite");
        // A difference that is rounding is none.
        const double noise = 1e-15 * std::max(h.cwiseAbs().maxCoeff(), held_.cwiseAbs().maxCoeff());
        const ComplexMatrix added =
            (h - held_).unaryExpr([noise](Complex x) { return std::abs(x) <= noise ? Complex(0.0) : x; });
        if (added.cwiseAbs().maxCoeff() > 0.0)
            added_.emplace(turned(hermitian(added, largest_ + h.norm(), t, "the Hamiltonian")));
        else
            added_.reset();
        if (!drive_.couplings.empty()) {
            std::vector<ComplexMatrix> couplings;
            for (std::size_t j = 0; j < drive_.couplings.size(); ++j)
                couplings.push_back(turned(
                    hermitian(drive_.couplings[j].at(moment), largest_coupling_[j], t, "a coupling")));
            flow_.emplace(hierarchy_.with_couplings(std::move(couplings)));
        }
        moment_ = t;
    }

    /// Its Hermitian part: what an operator is known by is so to a part of its largest value at any time.
    static ComplexMatrix hermitian(const ComplexMatrix& x, double largest, double t, const char* what) {
        const double defect = (x - x.adjoint()).cwiseAbs().maxCoeff();
        require(defect <= 1e-8 * std::max(x.norm(), largest), "at t = ", t, " ", what,
                " is not Hermitian");
        return 0.5 * (x + x.adjoint());
    }

    ComplexMatrix turned(const ComplexMatrix& x) const {
        return hierarchy_.frame() == Frame::given ? x
                                                  : hierarchy_.system().eigensystem().to_eigenbasis(x);
    }

    const Hierarchy& hierarchy_;
    const Drive& drive_;
    ComplexMatrix held_;  ///< the hierarchy's H
    double largest_;      ///< norm of H(t) and of H, at most
    int threads_;
    std::vector<double> largest_coupling_;
    std::optional<double> moment_;      ///< of what follows
    std::optional<Commutator> added_;   ///< of H(t) − H, where it is not zero
    std::optional<Flow<double>> flow_;  ///< with A_j(t), where they change
};

void check_drive(const Hierarchy& hierarchy, const Drive& drive, const RealMatrix& start) {
    const Index n = hierarchy.dimension();
    check_start(hierarchy, start);
    require(drive.max_step > 0.0, "hierarchy: max_step must be positive, got ", drive.max_step);
    require(drive.hamiltonian.dimension() == n, "hierarchy: H(t) has ", drive.hamiltonian.dimension(),
            " levels, the hierarchy ", n);
    if (drive.couplings.empty()) return;
    require(drive.couplings.size() == hierarchy.couplings().size(), "hierarchy: ", drive.couplings.size(),
            " couplings of a drive for ", hierarchy.couplings().size(), " that are kept apart");
    for (const driven::TimeOperator& a : drive.couplings)
        require(a.dimension() == n, "hierarchy: a coupling of the drive has ", a.dimension(),
                " levels, the hierarchy ", n);
    require(hierarchy.remainders().isZero(0.0),
            "hierarchy: what acts at once acts through couplings that do not change");
}

/// ‖[H, ρ]‖ ≤ 2‖H‖‖ρ‖; a coupling moves the operators of neighbouring tiers by 2s√depth‖A‖.
driven::Resolution resolution_of(const Hierarchy& hierarchy, const Drive& drive, double action) {
    driven::Resolution out = drive.hamiltonian.resolution(drive.breaks, 2.0, action);
    for (std::size_t j = 0; j < drive.couplings.size(); ++j) {
        double squares = 0.0;
        for (const Term& term : hierarchy.indices().terms())
            if (term.operator_index == static_cast<Index>(j)) squares += term.scale * term.scale;
        const double scale = 4.0 * std::sqrt(squares * hierarchy.depth());
        out.add(drive.couplings[j].resolution(drive.breaks, scale, action));
    }
    return out;
}

}  // namespace

EvolveStats evolve(const Hierarchy& hierarchy, const Drive& drive, const RealMatrix& start,
                   const std::vector<double>& times, const IntegrationOptions& options,
                   const Observer<StateView>& observe, RealMatrix* last,
                   const Observer<RealMatrix>& lowest) {
    check_drive(hierarchy, drive, start);
    const Evolution<Hierarchy> evolution(hierarchy, start, times, options, observe, lowest);
    const double span = times.back() - times.front();
    integrators::refuse_short_steps(drive.max_step, span);
    const SpectralBounds spectrum = region(hierarchy).box;
    const double fastest = std::max(spectrum.half_height, spectrum.decay);
    const double stable = fastest > 0.0 ? integrators::dormand_prince.stability / fastest
                                        : std::numeric_limits<double>::infinity();
    if (std::isfinite(stable)) integrators::refuse_hopeless(6.0 * span / stable);
    const driven::Resolution resolution =
        resolution_of(hierarchy, drive, driven::Resolution::action_of(options));
    EvolveStats stats;
    stats.method = name_of(driven::method_names, driven::Method::dopri5);
    MovingHierarchy equation(hierarchy, drive, resolution, spectrum, std::min(drive.max_step, stable),
                             hierarchy.threads(options.threads));
    if (last != nullptr) *last = start;
    evolution.run(stats, [&](const Observer<RealMatrix>& output) {
        step(equation, start, times, drive.breaks, options, output, last, stats);
    });
    return stats;
}

}  // namespace redfield::hierarchy
