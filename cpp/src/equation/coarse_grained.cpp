#include <cmath>
#include <string>

#include "redfield/base/errors.hpp"
#include "redfield/equation/kinds.hpp"

namespace redfield::equation {

namespace {

class CoarseGrainedKernel final : public PairKernel {
  public:
    CoarseGrainedKernel(RealVector energies, double window, std::vector<WindowTable> tables,
                        bool lamb_shift)
        : energies_(std::move(energies)),
          window_(window),
          tables_(std::move(tables)),
          lamb_shift_(lamb_shift) {}

    Complex p(std::size_t bath, Index k, Index l, Index m, Index n) const override {
        const Complex averaged = average(bath, k, l, m, n);
        return lamb_shift_ ? averaged : 0.5 * (averaged + std::conj(average(bath, m, n, k, l)));
    }

  private:
    Complex average(std::size_t bath, Index k, Index l, Index m, Index n) const {
        const double delta = (energies_[l] - energies_[k]) - (energies_[n] - energies_[m]);
        const double x = 0.5 * delta * window_;
        const WindowTable& table = tables_[bath];
        const Complex here = table.value(k, l), there = table.value(m, n);
        // e^{−ix}[e^{ix}Γ' − e^{−ix}Γ]/(2ix); the difference quotient loses digits where x is small, its
        // mean derivative gains them.
        const Complex slope = std::abs(x) < 1e-5 ? 0.5 * (table.derivative(k, l) + table.derivative(m, n))
                                                 : (here - there) / delta;
        const double sinc = std::abs(x) < 1e-8 ? 1.0 : std::sin(x) / x;
        const Complex inner = 0.5 * sinc * (here + there) + Complex(0.0, std::cos(x) / window_) * slope;
        return std::polar(1.0, -x) * inner;
    }

    RealVector energies_;
    double window_;
    std::vector<WindowTable> tables_;
    bool lamb_shift_;
};

}  // namespace

PairEquation coarse_grained(const System& system, double window, std::vector<WindowTable> tables,
                            bool lamb_shift) {
    require(std::isfinite(window) && window > 0.0,
            "CoarseGrained: the window must be positive and finite, got ", window);
    require(tables.size() == system.baths().tables.size(),
            "CoarseGrained: each bath needs a table of its windowed transform");
    const Index n = system.dimension();
    for (const WindowTable& table : tables)
        require(table.value.rows() == n && table.value.cols() == n && table.derivative.rows() == n &&
                    table.derivative.cols() == n && table.value.allFinite() &&
                    table.derivative.allFinite(),
                "CoarseGrained: a table of the windowed transform has the wrong shape or is not finite");
    return {system, std::make_shared<CoarseGrainedKernel>(system.eigensystem().energies(), window,
                                                          std::move(tables), lamb_shift)};
}

}  // namespace redfield::equation
