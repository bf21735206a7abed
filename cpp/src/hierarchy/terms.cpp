#include <algorithm>
#include <cmath>

#include "redfield/base/errors.hpp"
#include "redfield/hierarchy/exponentials.hpp"

namespace redfield::hierarchy {

namespace {

/// Whether two rates are one, to the rounding of what computed them.
bool same(Complex a, Complex b) { return std::abs(a - b) <= 1e-10 * std::abs(a); }

void check(const Exponentials& bath, std::size_t j) {
    const Index count = bath.coefficients.size();
    require(count == bath.rates.size(), "hierarchy: exponentials[", j, "] has ", count,
            " coefficients and ", bath.rates.size(), " rates");
    for (Index k = 0; k < count; ++k) {
        const Complex c = bath.coefficients[k], rate = bath.rates[k];
        require(std::isfinite(std::abs(c)) && std::isfinite(std::abs(rate)), "hierarchy: exponentials[",
                j, "] is not finite: ", c, " exp(-", rate, " t)");
        require(rate.real() > 0.0, "hierarchy: exponentials[", j, "] has the rate ", rate,
                ", whose real part must be positive");
    }
}

}  // namespace

std::vector<Term> closed_terms(const std::vector<Exponentials>& baths,
                               const std::vector<Index>& operator_of) {
    std::vector<Term> terms;
    const auto add = [&](Index j, Complex c, Complex conjugate, Complex rate, Index partner,
                         Index place) {
        const double scale = std::sqrt(std::max(std::abs(c), std::abs(conjugate)));
        terms.push_back({j, c, conjugate, rate, partner, scale, 1.0, place});
    };
    Index before = 0;  // coefficients of the baths before
    for (std::size_t j = 0; j < baths.size(); ++j) {
        check(baths[j], j);
        const Eigen::VectorXcd &c = baths[j].coefficients, &rates = baths[j].rates;
        std::vector<bool> done(static_cast<std::size_t>(c.size()), false);
        for (Index k = 0; k < c.size(); ++k) {
            if (done[static_cast<std::size_t>(k)] || c[k] == 0.0) continue;
            const auto here = static_cast<Index>(terms.size());
            if (std::abs(rates[k].imag()) <= 1e-12 * rates[k].real()) {
                add(operator_of[j], c[k], std::conj(c[k]), rates[k].real(), here, before + k);
                continue;
            }
            Complex other = 0.0;
            Index place = -1;
            for (Index l = k + 1; l < c.size(); ++l)
                if (!done[static_cast<std::size_t>(l)] && same(rates[l], std::conj(rates[k]))) {
                    other = c[l];
                    place = before + l;
                    done[static_cast<std::size_t>(l)] = true;
                    break;
                }
            add(operator_of[j], c[k], std::conj(other), rates[k], here + 1, before + k);
            add(operator_of[j], other, std::conj(c[k]), std::conj(rates[k]), here, place);
        }
        before += c.size();
    }
    return terms;
}

}  // namespace redfield::hierarchy
