#include "redfield/equation/kinds.hpp"

namespace redfield::equation {

namespace {

class OneSidedKernel final : public SeparableKernel {
  public:
    OneSidedKernel(System system, bool lamb_shift)
        : system_(std::move(system)), lamb_shift_(lamb_shift) {}

    Complex p(std::size_t bath, Index k, Index l, Index, Index) const override {
        const BathTable& table = system_.baths().tables[bath];
        return {table.half_rate(k, l), shifts(table) ? table.lamb_shift(k, l) : 0.0};
    }
    ComplexMatrix left(std::size_t bath) const override {
        const BathTable& table = system_.baths().tables[bath];
        ComplexMatrix gamma = table.half_rate.cast<Complex>();
        if (shifts(table)) gamma.imag() = table.lamb_shift;
        return gamma;
    }
    RealMatrix right(std::size_t) const override { return {}; }

  private:
    bool shifts(const BathTable& table) const { return lamb_shift_ && table.lamb_shift.size() != 0; }

    System system_;
    bool lamb_shift_;
};

}  // namespace

PairEquation one_sided(const System& system, bool lamb_shift, double cutoff) {
    return {system, std::make_shared<OneSidedKernel>(system, lamb_shift), cutoff};
}

}  // namespace redfield::equation
