#pragma once

#include <memory>
#include <vector>

#include "equation/eigen_couplings.hpp"
#include "redfield/equation/pair_kernel.hpp"
#include "redfield/linalg/planar.hpp"
#include "redfield/system/state.hpp"

namespace redfield::generator {

/// What pumps: F += Σ_j Λ_jρB_j†, on the planes of F and a packed ρ in the pump's frame.
template <class Scalar>
class BasicPump {
  public:
    virtual ~BasicPump() = default;
    virtual Frame frame() const = 0;
    /// `minus` is ρᵀ. Uses the workspace's matrices and planes from `own_slots` on.
    virtual void add(const ConstRefOf<Scalar>& rho, const MatrixOf<Scalar>& minus,
                     linalg::BasicPlanes<Scalar>& f, linalg::BasicWorkspace<Scalar>& ws) const = 0;
    /// The same in single precision.
    virtual std::shared_ptr<const BasicPump<float>> single() const = 0;

  protected:
    static constexpr std::size_t own_slots = 2;
};
using Pump = BasicPump<double>;

/// A map F + F†,  F = Σ_j Λ_jρB_j† − Kρ, of packed states in one frame: the dissipator, and with iH in K
/// the whole of 𝓛.
template <class Scalar>
struct BasicForm {
    std::shared_ptr<const BasicPump<Scalar>> pump;
    linalg::BasicFactor<Scalar> minus_decay;

    void apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
               linalg::BasicWorkspace<Scalar>& ws) const;
};
using Form = BasicForm<double>;

/// The cheapest pump of an equation.
std::shared_ptr<const Pump> make_pump(const System& system, const equation::SeparableKernel& kernel);

/// Site projectors and B_j = A_j: three products whatever the number of sites.
std::shared_ptr<const Pump> site_projector_pump(const System& system,
                                                const equation::SeparableKernel& kernel, Frame frame);
/// Site projectors and f = ½g, jumps L_j = B_j, in the eigenbasis: two real products each in O(N²)
/// memory.
std::shared_ptr<const Pump> projector_jump_pump(const System& system,
                                                const equation::SeparableKernel& kernel);
/// Two products a coupling, in the eigenbasis.
std::shared_ptr<const Pump> dense_pump(const System& system, const equation::SeparableKernel& kernel);
/// The same of terms that are given.
std::shared_ptr<const Pump> dense_pump(const std::vector<equation::Term>& terms);
/// B_j = A_j in the given basis: at most one product a coupling, less where A_j has empty rows, none
/// where the bath is flat and Λ_j as sparse as A_j.
std::shared_ptr<const Pump> sparse_pump(const System& system, const equation::SeparableKernel& kernel);
/// The same with sparse Λ_j that are given, in the given basis.
std::shared_ptr<const Pump> quasilocal_pump(const System& system,
                                            const std::vector<SparseMatrix>& lambdas);

}  // namespace redfield::generator
