#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "redfield/equation/secular_rates.hpp"
#include "redfield/linalg/csr.hpp"
#include "redfield/linalg/workspace.hpp"

namespace redfield {

struct LambdaForm;

/// Where the spectrum of a generator lies: |Im λ| ≤ half_height and −decay ≤ Re λ ≤ 0, in 1/time.
struct SpectralBounds {
    double half_height;
    double decay;
};

/// A solution in closed form: 𝓛 mixes populations, turns and damps every coherence alone, and links other
/// elements within clusters of equal Bohr frequencies only.
struct ClosedForm {
    equation::SecularRates rates;
    /// The elements in each cluster, which pair_equation() links; empty where each frequency is alone.
    std::vector<double> cluster_sizes;
};

/// 𝓛 + i[H, ·] as a real N²×N² matrix on packed states, stacked by columns, between the eigenvectors of
/// `eigensystem`, whose energies are those of H.
struct Dissipator {
    Eigensystem eigensystem;
    RealMatrix packed;
};

/// 𝓛 in single precision, of packed states in a frame of its own; it must not outlive its generator.
class REDFIELD_EXPORT SingleGenerator {
  public:
    virtual ~SingleGenerator() = default;
    virtual Frame frame() const = 0;
    /// out = 𝓛ρ.
    virtual void apply(const ConstRefOf<float>& rho, MutableRefOf<float> out,
                       linalg::BasicWorkspace<float>& ws) const = 0;
};

/// A master equation ρ̇ = 𝓛ρ on packed Hermitian states in one frame, mostly the eigenbasis. Integrators
/// know only this.
class REDFIELD_EXPORT Generator {
  public:
    explicit Generator(Eigensystem eigensystem);
    virtual ~Generator();
    Generator(Generator&&) noexcept;

    Index dimension() const { return eigensystem_.dimension(); }
    const Eigensystem& eigensystem() const { return eigensystem_; }
    /// The basis of the states it moves: H's eigenbasis, or the one H was given in.
    Frame frame() const { return eigensystem_.frame(); }

    /// out = 𝓛ρ + i[H, ρ], H of eigensystem()'s energies; of the given basis, without any, all of 𝓛.
    virtual void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const = 0;

    /// out = 𝓛ρ.
    virtual void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const;

    virtual SpectralBounds bounds() const = 0;

    /// The closed form, or null where only integration is possible.
    virtual const ClosedForm* closed_form() const { return nullptr; }

    /// The generator in single precision, or null where it has no such form.
    virtual std::shared_ptr<const SingleGenerator> single() const { return nullptr; }

    /// out = 𝓛ρ of a packed state in the basis H was given in.
    virtual void apply_in_given_basis(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const;

    /// The system, or null where the generator is not of one (a sum).
    virtual const System* system() const { return nullptr; }

    /// The equation's pair kernel, or null where it has none.
    virtual const equation::PairEquation* pair_equation() const { return nullptr; }

    /// The generator as a sum of products (lambda_form.hpp), or null where it is not one.
    virtual std::shared_ptr<const LambdaForm> form() const { return nullptr; }

    /// The Heisenberg picture: 𝓛† of an equation, Ẋ = i[H, X] + 𝒟†X, as a generator of Y = Xᵀ in the
    /// eigenbasis U*. A form's adjoint is the form of transposed terms; else the dissipator is assembled,
    /// std::length_error where that needs more than max_bytes.
    virtual std::shared_ptr<const Generator> adjoint(double max_bytes = 1e300) const;

    /// Whether tr 𝓛ρ = 0 for every ρ, as of all master equations; not of their adjoints.
    virtual bool conserves_trace() const { return true; }

    /// The dissipator apart from the rotation −i[H, ρ], with the digits of its own scale however large H
    /// is.
    virtual Dissipator dissipator(linalg::Workspace& ws) const;

    /// K of the loss terms −Kρ − ρK†, in the eigenbasis, or in the given basis where nothing is
    /// diagonalised; empty where it is not known.
    virtual ComplexMatrix decay() const;

    /// 𝓛 as a matrix on column-stacked ρ, in the eigenbasis or in the basis H was given in.
    /// std::length_error where it needs more than options.max_bytes.
    CsrMatrix liouvillian_in_eigenbasis(const AssemblyOptions& options = {}) const;
    CsrMatrix liouvillian(const AssemblyOptions& options = {}) const;

    /// Entries of a matrix that applies the generator; infinite where none is stored.
    virtual double stored_entries() const { return std::numeric_limits<double>::infinity(); }

    /// 𝓛 as a real N²×N² matrix on packed states of the eigenbasis, stacked by columns.
    virtual RealMatrix packed_matrix(linalg::Workspace& ws) const;

    /// Buffers for one call of the packed operations above.
    linalg::WorkspacePool::Lease lease(int threads) const;

    /// 𝓛X for any X in the basis H was given in; X need not be Hermitian. threads = 0 chooses.
    ComplexMatrix apply(const ComplexMatrix& x, int threads = 0) const;
    /// The map for row-major memory of N² entries.
    void apply_row_major(const Complex* x, Complex* out, int threads = 0) const;

  protected:
    /// std::invalid_argument where a packed state or its change has another dimension.
    void require_states(const ConstRef& rho, const ConstRef& out) const;

  private:
    Eigensystem eigensystem_;
    std::unique_ptr<linalg::WorkspacePool> pool_;
};

/// −i[H, ρ] once, and the dissipators of several equations of one H: LambdaForms of one basis become one
/// form. std::invalid_argument where there are none, one is null, or their Hamiltonians differ.
REDFIELD_EXPORT std::shared_ptr<const Generator> sum(
    const std::vector<std::shared_ptr<const Generator>>& parts);

/// out −= ω∘ρᵀ, ω_kl = E_k − E_l: the packed form of −i[H, ρ] in the eigenbasis.
REDFIELD_EXPORT void add_free_rotation(const RealVector& energies, const ConstRef& rho, MutableRef out,
                                       int threads);

}  // namespace redfield
