#include "redfield/driven/system.hpp"

#include <algorithm>
#include <cmath>

#include "redfield/base/errors.hpp"
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

/// The largest |Γ| of a spectrum, by samples of its pieces.
double largest(const Spectrum& spectrum) {
    double out = std::hypot(spectrum.half_rate_at_zero, spectrum.lamb_shift_at_zero);
    const std::vector<double>& ends = spectrum.pieces.breaks();
    constexpr int looks = 8;
    for (std::size_t p = 0; p + 1 < ends.size(); ++p)
        for (int i = 0; i < looks; ++i) {
            double value[2] = {0.0, 0.0};
            spectrum.pieces.at(ends[p] + (i + 0.5) / looks * (ends[p + 1] - ends[p]), value);
            out = std::max(out, std::hypot(value[0], value[1]));
        }
    return out;
}

void require_baths(const std::vector<Index>& bath_of_coupling, std::size_t baths) {
    for (std::size_t j = 0; j < bath_of_coupling.size(); ++j)
        require(bath_of_coupling[j] >= 0 && static_cast<std::size_t>(bath_of_coupling[j]) < baths,
                "driven::System: bath_of_coupling[", j, "] = ", bath_of_coupling[j],
                " must be the index of one of ", baths, " spectra");
}

}  // namespace

System::System(TimeOperator hamiltonian, Couplings couplings, std::vector<Spectrum> spectra,
               std::vector<Index> bath_of_coupling)
    : hamiltonian_(std::move(hamiltonian)),
      fixed_(std::make_shared<const Couplings>(std::move(couplings))),
      spectra_(std::move(spectra)),
      bath_of_coupling_(std::move(bath_of_coupling)) {
    require_baths(bath_of_coupling_, spectra_.size());
}

System::System(TimeOperator hamiltonian, std::vector<TimeOperator> couplings,
               std::vector<Spectrum> spectra, std::vector<Index> bath_of_coupling)
    : hamiltonian_(std::move(hamiltonian)),
      couplings_(std::move(couplings)),
      spectra_(std::move(spectra)),
      bath_of_coupling_(std::move(bath_of_coupling)) {
    require_baths(bath_of_coupling_, spectra_.size());
    require(bath_of_coupling_.size() == couplings_.size(),
            "driven::System: bath_of_coupling must have an entry for each coupling");
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

Resolution System::resolution(const std::vector<double>& breaks, double action) const {
    // ‖[H, ρ]‖ ≤ 2‖H‖‖ρ‖, and the dissipator of one coupling is at most 4|Γ|‖A‖².
    Resolution out = hamiltonian_.resolution(breaks, 2.0, action);
    for (std::size_t j = 0; j < couplings_.size(); ++j) {
        const Spectrum& spectrum = spectra_[static_cast<std::size_t>(bath_of_coupling_[j])];
        const double scale = 4.0 * largest(spectrum) * couplings_[j].largest();
        out.add(couplings_[j].resolution(breaks, scale, action));
    }
    return out;
}

}  // namespace redfield::driven
