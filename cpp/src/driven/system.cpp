#include "redfield/driven/system.hpp"

#include <algorithm>

#include "redfield/linalg/errors.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::driven {

namespace {

BathTable table_of(const Spectrum& spectrum, const RealMatrix& frequencies) {
    const Index n = frequencies.rows();
    const bool shifts = spectrum.shifts();
    RealMatrix half(n, n), shift(shifts ? n : 0, shifts ? n : 0);
    if (shifts) {
        RealMatrix both(2, n * n);
        spectrum.pieces.at(frequencies.data(), n * n, both.data());
        half = both.row(0).reshaped(n, n).cwiseMax(0.0);
        shift = both.row(1).reshaped(n, n);
    } else {
        spectrum.pieces.at(frequencies.data(), n * n, half.data());
        half = half.cwiseMax(0.0);
    }
    const Complex zero = spectrum.at(0.0);
    for (Index i = 0; i < n * n; ++i)
        if (frequencies.data()[i] == 0.0) {
            half.data()[i] = zero.real();
            if (shifts) shift.data()[i] = zero.imag();
        }
    return {std::move(half), std::move(shift)};
}

}  // namespace

System::System(TimeOperator hamiltonian, Couplings couplings, std::vector<Spectrum> spectra,
               std::vector<Index> bath_of_coupling)
    : hamiltonian_(std::move(hamiltonian)),
      fixed_(std::make_shared<const Couplings>(std::move(couplings))),
      spectra_(std::move(spectra)),
      bath_of_coupling_(std::move(bath_of_coupling)) {}

System::System(TimeOperator hamiltonian, std::vector<TimeOperator> couplings,
               std::vector<Spectrum> spectra, std::vector<Index> bath_of_coupling)
    : hamiltonian_(std::move(hamiltonian)),
      couplings_(std::move(couplings)),
      spectra_(std::move(spectra)),
      bath_of_coupling_(std::move(bath_of_coupling)) {
    for (const TimeOperator& a : couplings_)
        require(a.dimension() == dimension(),
                "driven::System: a coupling does not have the dimension of H");
    if (!std::all_of(couplings_.begin(), couplings_.end(),
                     [](const TimeOperator& a) { return a.is_constant(); }))
        return;
    Operators operators;
    for (const TimeOperator& a : couplings_) operators.emplace_back(a.at(Moment(0.0)));
    fixed_ = std::make_shared<const Couplings>(std::move(operators));
}

redfield::System System::at(const Moment& moment) const {
    std::shared_ptr<const Couplings> couplings = fixed_;
    if (!couplings) {
        Operators operators;
        for (const TimeOperator& a : couplings_) operators.emplace_back(a.at(moment));
        couplings = std::make_shared<const Couplings>(std::move(operators));
    }
    Eigensystem eigensystem(hamiltonian_.at(moment));
    const RealMatrix frequencies = bohr_frequencies(eigensystem.energies());
    Baths baths;
    baths.of_coupling = bath_of_coupling_;
    for (const Spectrum& spectrum : spectra_) baths.tables.push_back(table_of(spectrum, frequencies));
    return redfield::System(
        redfield::System::Parts{std::move(eigensystem), std::move(couplings), nullptr, std::move(baths)});
}

}  // namespace redfield::driven
