#pragma once

#include <functional>
#include <memory>

#include "redfield/linalg/planar.hpp"
#include "redfield/system/system.hpp"

namespace redfield::generator {

/// The basis a kernel's states are in.
enum class Frame { eigenbasis, given };

/// Redfield's dissipator (Lamb shift included)  D(ρ) = F + F†,  F = Σ_j Λ_jρA_j† − Sρ,  on packed states.
class Kernel {
  public:
    virtual ~Kernel() = default;
    virtual Frame frame() const = 0;
    virtual void apply(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const = 0;
    /// Whether `apply_whole`, D(ρ) − i[H, ρ], is there: in the given basis iH joins S at no cost.
    virtual bool has_whole() const { return false; }
    virtual void apply_whole(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
        apply(rho, out, ws);
    }
};

/// Four products whatever the number of sites. In the given frame −i[H, ρ] comes for free and is
/// included.
std::unique_ptr<Kernel> site_projector_kernel(const System& system, const ComplexMatrix& decay,
                                              bool lamb_shift, Frame frame);

/// One Λ_jρA_j† of F, in the eigenbasis.
struct Term {
    ComplexMatrix a, lambda;
};

/// Two products a term, in the eigenbasis; `term(j)` is called once for each of `count`.
std::unique_ptr<Kernel> dense_kernel(Index count, const std::function<Term(Index)>& term,
                                     const ComplexMatrix& decay);
/// The terms of Redfield's equation, Λ_j = Γ_j∘A_j.
std::unique_ptr<Kernel> dense_kernel(const System& system, const ComplexMatrix& decay, bool lamb_shift);

/// The jumps L_j = √γ_j∘(v_jv_j†) of site projectors: two real products each in O(N²) memory.
std::unique_ptr<Kernel> projector_jump_kernel(const System& system, const ComplexMatrix& decay);

/// At most one product a coupling, in the given basis, less
/// where A_j has empty rows, none where the bath is flat and Λ_j as sparse as A_j.
std::unique_ptr<Kernel> sparse_kernel(const System& system, const ComplexMatrix& decay, bool lamb_shift);
/// The same with sparse Λ_j that are given, in the given basis as K is.
std::unique_ptr<Kernel> quasilocal_kernel(const System& system, const ComplexMatrix& decay,
                                          const std::vector<SparseMatrix>& lambdas);

/// minus = ρᵀ and f = −Kρ, how F begins where nothing needs the sum of ρ's planes.
void begin_with_decay(const linalg::Factor& minus_decay, const ConstRef& rho, RealMatrix& minus,
                      linalg::Planes& f, linalg::Planes& scratch, RealMatrix& sum_scratch, int threads);

/// out = F₊ + F₋ᵀ, the packed form of F + F†.
void add_adjoint(const linalg::Planes& f, MutableRef out, int threads);

}  // namespace redfield::generator
