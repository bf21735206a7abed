#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "redfield/gradient/sensitivity.hpp"

namespace redfield::gradient {

/// a b, whose columns are shared among threads.
ComplexMatrix product(const ComplexMatrix& a, const ComplexMatrix& b, int threads);

/// Σ_j of the four products of Λ_j = f∘A_j, M_j and M̃_j = fᵀ∘M_j.
struct Products {
    explicit Products(Index n)
        : lambda_m(ComplexMatrix::Zero(n, n)), m_lambda(lambda_m), tilde_a(lambda_m), a_tilde(lambda_m) {}

    ComplexMatrix lambda_m, m_lambda, tilde_a, a_tilde;

    /// Adds those of one coupling.
    void add(const ComplexMatrix& table, const ComplexMatrix& a, const ComplexMatrix& m, int threads);
    /// T, of the values.
    ComplexMatrix turned() const { return lambda_m - m_lambda + tilde_a - a_tilde; }
};

/// The pairs of levels of a system that are so near each other that the limit of G_km is nearer than the
/// quotient, for functions that vary over their value by their slope.
class Nearness {
  public:
    Nearness(const RealVector& energies, const std::vector<SlopedTable>& tables,
             double farthest = std::numeric_limits<double>::infinity());
    bool any() const { return any_; }
    bool near(Index k, Index m) const { return std::abs(energies_[k] - energies_[m]) <= distance_; }

  private:
    RealVector energies_;
    double distance_ = 0.0;
    bool any_ = false;
};

/// What the quotient [f(ω_kn) − f(ω_mn)]/(ω_kn − ω_mn) of near levels k and m has beside the mean of the
/// slopes, where it is more than rounding: f has a kink between them.
struct Kink {
    Index k, m, n;
    Complex of_rows, of_columns;  ///< of (ω_kn, ω_mn) and (ω_nk, ω_nm)
};
std::vector<Kink> kinks(const RealVector& energies, const Nearness& nearness, const SlopedTable& table);

/// Adds to G what the kinks of one coupling's function are.
void add_kinks(const std::vector<Kink>& kinks, const ComplexMatrix& a, const ComplexMatrix& m,
               ComplexMatrix& g);

/// Whether a function is one number, so that nothing of it responds to H.
bool is_constant(const SlopedTable& table);

/// Adds G of 2Re tr[Z T], without the diagonal; of near levels its limit.
void add_response(const RealVector& energies, const Nearness& nearness, const ComplexMatrix& turned,
                  const Products& of_slopes, ComplexMatrix& g);

/// Adds the diagonal of G of a table whose derivative dF = Re Σ f̄* df is `table_gradient`:
/// ω_kl = E_l − E_k turns with the levels.
void add_response_of_levels(const ComplexMatrix& table_gradient, const ComplexMatrix& slope,
                            ComplexMatrix& g);

/// The Hermitian part of G of the eigenbasis, in the basis H was given in.
ComplexMatrix hermitian_in_given_basis(const System& system, const ComplexMatrix& g);

/// Tells a gradient G and C_j of the eigenbasis, dF = 2Re tr[dA_jC_j], as operators' or site weights'
/// own.
void finish(const System& system, const ComplexMatrix& g, const std::vector<ComplexMatrix>& couplings,
            Gradient& out);

}  // namespace redfield::gradient
