#include <algorithm>
#include <vector>

#include "redfield/equation/kinds.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::equation {

WindowTable window_table(const RealVector& energies, const CorrelationFunction& correlation,
                         double window) {
    const RealMatrix bohr = bohr_frequencies(energies);
    std::vector<double> distinct(bohr.data(), bohr.data() + bohr.size());
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const Windowed known = windowed(
        correlation, RealVector::Map(distinct.data(), static_cast<Index>(distinct.size())), window);
    WindowTable table{ComplexMatrix(bohr.rows(), bohr.cols()), ComplexMatrix(bohr.rows(), bohr.cols())};
    for (Index l = 0; l < bohr.cols(); ++l)
        for (Index k = 0; k < bohr.rows(); ++k) {
            const Index at =
                std::lower_bound(distinct.begin(), distinct.end(), bohr(k, l)) - distinct.begin();
            table.value(k, l) = known.value[at];
            table.derivative(k, l) = known.derivative[at];
        }
    return table;
}

WindowTable window_table(const RealVector& energies, const FlatBath& bath) {
    const Index n = energies.size();
    return {ComplexMatrix::Constant(n, n, 0.5 * bath.power_spectrum(0.0)), ComplexMatrix::Zero(n, n)};
}

std::vector<WindowTable> window_tables(const System& system,
                                       const std::vector<CorrelationFunction>& correlations,
                                       double window) {
    require(correlations.size() == system.baths().tables.size(), "CoarseGrained: the system has ",
            system.baths().tables.size(), " baths, but ", correlations.size(),
            " correlation functions were given");
    std::vector<WindowTable> tables;
    tables.reserve(correlations.size());
    for (const CorrelationFunction& each : correlations)
        tables.push_back(window_table(system.eigensystem().energies(), each, window));
    return tables;
}

}  // namespace redfield::equation
