// What the library does with any numbers: it answers, or throws one of its exceptions; it never crashes,
// hangs or hands out what is not finite. Built by tests/fuzz/run with libFuzzer, AddressSanitizer and
// UndefinedBehaviorSanitizer.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <redfield/redfield.hpp>

namespace {

using redfield::Complex;
using redfield::ComplexMatrix;
using redfield::Index;

/// The input, taken as numbers one after the other; zeros where it has ended.
class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) : at_(data), left_(size) {}
    std::uint8_t byte() { return left_ == 0 ? std::uint8_t{0} : (--left_, *at_++); }
    Index below(Index n) { return static_cast<Index>(byte()) % n; }
    /// Mostly of ordinary size; sometimes any bits: infinities, NaN, denormals.
    double number() {
        if (byte() >= 16) return (static_cast<double>(byte()) - 128.0) / 16.0;
        std::uint64_t bits = 0;
        for (int k = 0; k < 8; ++k) bits = bits << 8 | byte();
        double x = 0.0;
        std::memcpy(&x, &bits, sizeof x);
        return x;
    }
    ComplexMatrix matrix(Index rows, Index cols) {
        ComplexMatrix m(rows, cols);
        for (Index l = 0; l < cols; ++l)
            for (Index k = 0; k < rows; ++k) m(k, l) = Complex(number(), byte() < 128 ? 0.0 : number());
        return m;
    }

  private:
    const std::uint8_t* at_;
    std::size_t left_;
};

redfield::Bath bath_of(Input& in) {
    const double a = in.number(), b = in.number(), c = in.number();
    switch (in.below(7)) {
        case 0:
            return redfield::OhmicBath(a, b, c);
        case 1:
            return redfield::DrudeBath(a, b, c);
        case 2:
            return redfield::LorentzianBath(a, b, c);
        case 3:
            return redfield::FlatBath(a);
        case 4: {
            std::vector<double> w, gamma;
            for (Index k = 0, n = in.below(6); k < n; ++k) {
                w.push_back(in.number());
                gamma.push_back(in.number());
            }
            if (in.byte() < 128) return redfield::TabulatedBath(w, gamma, redfield::Outside::zero);
            return redfield::TabulatedBath::thermal(w, gamma, c, redfield::Outside::zero);
        }
        case 5:
            return redfield::UnderdampedBath(a, b, c, in.number());
        default:
            return [a, b](double w) { return Complex(a, b * w); };
    }
}

redfield::Couplings couplings_of(Input& in, Index n) {
    if (in.byte() < 96) return redfield::SiteProjectors{n};
    if (in.byte() < 64) {
        redfield::RealVector weights(1);
        weights[0] = in.number();
        return redfield::SiteProjectors{{in.below(n + 1)}, weights};
    }
    redfield::Operators operators;
    for (Index k = 0, count = 1 + in.below(2); k < count; ++k) {
        const ComplexMatrix a = in.matrix(n, in.byte() < 250 ? n : n + 1);
        if (in.byte() < 128)
            operators.emplace_back(a);
        else
            operators.emplace_back(redfield::SparseMatrix(a.sparseView()));
    }
    return operators;
}

std::unique_ptr<redfield::Generator> equation_of(Input& in, const redfield::System& system) {
    const bool shift = in.byte() < 128;
    switch (in.below(7)) {
        case 0:
            return std::make_unique<redfield::Redfield>(system, shift);
        case 1:
            return std::make_unique<redfield::Davies>(system, shift, in.number(), 1e8);
        case 2:
            return std::make_unique<redfield::PartialSecular>(system, in.number(), shift, in.number(),
                                                              1e8);
        case 3:
            return std::make_unique<redfield::UniversalLindblad>(system);
        case 4:
            return std::make_unique<redfield::UniversalLindblad>(
                system, redfield::equation::universal_lamb_shift(system));
        case 5:
            return std::make_unique<redfield::CoarseGrained>(system, in.number(), shift, in.number(),
                                                             1e8);
        default:
            return std::make_unique<redfield::GeometricArithmetic>(system, shift);
    }
}

void require_finite(bool finite) {
    if (!finite) std::abort();
}

void run(Input in) {
    const Index n = 1 + in.below(5);
    const ComplexMatrix a = in.matrix(n, in.byte() < 250 ? n : n + 1);
    const ComplexMatrix h = in.byte() < 240 && a.rows() == a.cols() ? ComplexMatrix(a + a.adjoint()) : a;
    const redfield::Couplings couplings = couplings_of(in, n);
    const redfield::Bath bath = bath_of(in);
    const redfield::System system{h, couplings, bath};
    long polls = 0;
    redfield::EvolveOptions options;
    options.method = static_cast<redfield::Method>(in.below(6));
    options.threads = 1;
    options.rtol = in.byte() < 200 ? 1e-5 : in.number();
    options.precision = in.byte() < 230 ? redfield::Precision::full : redfield::Precision::single;
    options.max_bytes = 1e8;
    options.monitor = [&polls](double) { return ++polls < 300; };  // no input may take for ever
    const redfield::base::Watch watch(options.monitor);
    const auto equation = equation_of(in, system);
    polls = 0;
    const std::vector<double> times{0.0, std::abs(in.number()), in.number()};
    const ComplexMatrix rho = in.matrix(n, in.byte() < 128 ? n : 1);
    for (const auto& state : redfield::evolve(*equation, rho, times, options).states)
        require_finite(state.allFinite());
    const auto values = redfield::expectations(*equation, rho, times, {in.matrix(n, n)}, options);
    redfield::SteadyOptions steady;
    steady.threads = 1;
    steady.max_bytes = 1e8;
    polls = 0;
    steady.monitor = options.monitor;
    require_finite(redfield::steady_state(*equation, steady).state.allFinite());
    for (const Complex& value : redfield::spectrum(*equation, 1 + in.below(3), steady).eigenvalues)
        require_finite(std::isfinite(value.real()) && std::isfinite(value.imag()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        run(Input(data, size));
    } catch (const std::invalid_argument&) {
    } catch (const std::length_error&) {
    } catch (const std::bad_alloc&) {
    } catch (const redfield::ConvergenceError&) {
    } catch (const redfield::Interrupted&) {
    } catch (const redfield::MultipleSteadyStates&) {
    }
    return 0;
}
