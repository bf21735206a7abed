#include "redfield/driven/memory.hpp"

#include <algorithm>
#include <cmath>

#include "driven/past.hpp"
#include "driven/run.hpp"
#include "evolve/runge_kutta.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield::driven {

namespace {

/// ρ̃ = U†ρU: what is left is Σ_j [Λ̃_jρ̃, Ã_j†] + h.c.
class Interaction final : public integrators::Picture {
  public:
    Interaction(Past& past, double longest, int threads)
        : past_(past), longest_(longest), threads_(threads) {}

    void within(double first, double last) {
        first_ = first;
        last_ = last;
    }
    void start(double now) override {
        now_ = now;
        past_.keep(now, std::min(now + longest_, last_));
    }
    void derivative(double tau, const RealMatrix& y, RealMatrix& out) override {
        // At a jump the panel that is told of is the one of this side.
        past_.at(std::clamp(now_ + tau, std::nextafter(first_, last_), last_), couplings_, lambdas_);
        const ComplexMatrix rho = unpack(y);
        const auto count = static_cast<Index>(couplings_.size());
        std::vector<ComplexMatrix> sums(couplings_.size());
        linalg::parallel_ranges(threads_, count, [&](Index from, Index size) {
            const auto first = static_cast<std::size_t>(from);
            ComplexMatrix& sum = sums[first] = ComplexMatrix::Zero(y.rows(), y.cols());
            ComplexMatrix turned(y.rows(), y.cols());
            for (std::size_t j = first; j < first + static_cast<std::size_t>(size); ++j) {
                turned.noalias() = lambdas_[j] * rho;
                sum.noalias() += turned * couplings_[j].adjoint();
                sum.noalias() -= couplings_[j].adjoint() * turned;
            }
        });
        ComplexMatrix whole = ComplexMatrix::Zero(y.rows(), y.cols());
        for (const ComplexMatrix& sum : sums)
            if (sum.size() > 0) whole += sum;
        out = pack(2.0 * whole);  // the Hermitian part of 2F is F + F†
    }
    void leave(double, const RealMatrix& y, RealMatrix& out) override { out = y; }

  private:
    Past& past_;
    double longest_, now_ = 0.0, first_ = 0.0, last_ = 0.0;
    int threads_;
    std::vector<ComplexMatrix> couplings_, lambdas_;
};

}  // namespace

EvolveStats evolve(const Memory& memory, double max_step, StateView start,
                   const std::vector<double>& times, const EvolveOptions& options,
                   const Observer& observe) {
    const Index n = start.packed.rows();
    require(options.method == Method::automatic || options.method == Method::dopri5,
            "driven::evolve: the method of an equation with a memory is \"dopri5\"");
    require(memory.hamiltonian.dimension() == n, "driven::evolve: H does not have the state's dimension");
    const int threads = linalg::resolve_threads(options.threads, n);
    Past past(memory, threads);
    const Observer in_given_basis = [&](Index i, StateView state) {
        if (i == 0) past.keep(times.front(), std::nextafter(times.front(), times.back()));
        const ComplexMatrix u = past.propagator(times[static_cast<std::size_t>(i)]);
        const RealMatrix rho = pack(u * unpack(state.packed) * u.adjoint());
        observe(i, {rho, Frame::given});
    };
    Run run(start, times, options, max_step, in_given_basis);

    const double longest = std::min(max_step, memory.longest_step);
    EvolveStats stats;
    Interaction picture(past, longest, threads);
    return run.solve(
        memory.breaks, Method::dopri5,
        [&](const RealMatrix& rho, const std::vector<double>& inside, const integrators::Observe& each) {
            picture.within(inside.front(), inside.back());
            integrators::runge_kutta(picture, rho, inside, options, 0.1 * longest, longest, each, stats);
        },
        stats);
}

}  // namespace redfield::driven
