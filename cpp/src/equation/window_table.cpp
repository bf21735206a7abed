#include <algorithm>
#include <vector>

#include "redfield/base/errors.hpp"
#include "redfield/equation/kinds.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::equation {

WindowTable window_table(const RealVector& energies, const Bath& bath, double window) {
    const RealMatrix bohr = bohr_frequencies(energies);
    std::vector<double> distinct(bohr.data(), bohr.data() + bohr.size());
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const Windowed known =
        bath.windowed(RealVector::Map(distinct.data(), static_cast<Index>(distinct.size())), window);
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

std::vector<WindowTable> window_tables(const System& system, double window) {
    std::vector<WindowTable> tables;
    for (std::size_t b = 0; b < system.baths().tables.size(); ++b)
        tables.push_back(window_table(system.eigensystem().energies(), system.baths().bath(b), window));
    return tables;
}

}  // namespace redfield::equation
