#pragma once

#include <memory>
#include <vector>

#include "redfield/generator/lambda_form.hpp"
#include "redfield/linalg/workspace.hpp"

namespace redfield::generator {

/// out = F + F†,  F = Gρ + Σ_j Λ_jρB_j†,  of packed Hermitian states in one basis.
template <class Scalar>
class Kernel {
  public:
    virtual ~Kernel() = default;
    virtual void apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
                       linalg::BasicWorkspace<Scalar>& ws) const = 0;
};

/// The gain terms of a form whose G is dense: F += Σ_j Λ_jρB_j†, on the planes of F.
template <class Scalar>
class GainTerms {
  public:
    virtual ~GainTerms() = default;
    /// `minus` is ρᵀ, the workspace's Buffer::transposed; `f` is its Buffer::f.
    virtual void add(const ConstRefOf<Scalar>& rho, const MatrixOf<Scalar>& minus,
                     linalg::BasicPlanes<Scalar>& f, linalg::BasicWorkspace<Scalar>& ws) const = 0;
};

/// The map that a kernel applies: 𝓛 + i[H, ·], G = −K, or 𝓛, G = −iH − K.
enum class Part { dissipator, whole };

/// Whether the kernels of a form can work in the basis H was given in.
bool works_in_given_basis(const LambdaForm& form);

template <class Scalar>
using Gains = std::vector<std::shared_ptr<const GainTerms<Scalar>>>;

/// The gain terms of a form with an eigensystem for states in `frame`: the form's own, or the given basis
/// where works_in_given_basis().
template <class Scalar>
Gains<Scalar> make_gains(const LambdaForm& form, Frame frame);

/// A kernel for states in `frame`, of gain terms that kernels may share.
template <class Scalar>
std::shared_ptr<const Kernel<Scalar>> make_kernel(const LambdaForm& form, Part part, Frame frame,
                                                  Gains<Scalar> gains);
/// The kernel of a form with a sparse H.
template <class Scalar>
std::shared_ptr<const Kernel<Scalar>> make_kernel(const LambdaForm& form, Part part);

/// A kernel of any dense G and terms of dense Λ, all in the basis of its states.
std::shared_ptr<const Kernel<double>> make_kernel(const ComplexMatrix& drift,
                                                  std::vector<LambdaTerm> terms);

/// The gain terms of one storage; null where the form has none.

/// Terms with dense B, and site projectors whose f and g are general: two products a coupling.
template <class Scalar>
std::shared_ptr<const GainTerms<Scalar>> dense_terms(const LambdaForm& form);
/// Terms with sparse B: at most one product a coupling, none where Λ is sparse too.
template <class Scalar>
std::shared_ptr<const GainTerms<Scalar>> sparse_terms(const LambdaForm& form);
/// Site projectors with g = 1: three products whatever the number of sites.
template <class Scalar>
std::shared_ptr<const GainTerms<Scalar>> projector_terms(const LambdaForm& form, Frame frame);
/// Site projectors with f = ½g, jumps L_j = B_j: two real products a site in O(N²) memory.
template <class Scalar>
std::shared_ptr<const GainTerms<Scalar>> projector_jumps(const LambdaForm& form);

/// Whether site projectors couple to themselves, g = 1, or are jumps, f = ½g.
bool are_plain(const ProjectorTerms& terms);
bool are_jumps(const ProjectorTerms& terms);

/// The columns v_j = √|w_j| U†|s_j⟩, so that A_j = v_jv_j† up to a sign that no term knows.
ComplexMatrix columns_of(const ProjectorTerms& terms, const Eigensystem& eigensystem);

/// The terms of a separable equation of operators in a basis.
std::vector<LambdaTerm> terms_of(const equation::PairEquation& equation, Frame frame);

/// G as a sparse matrix, of a form that is not diagonalised, H but for a multiple of 1.
SparseMatrix sparse_drift(const LambdaForm& form, Part part);

}  // namespace redfield::generator
