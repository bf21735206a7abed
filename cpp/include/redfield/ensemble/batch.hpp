#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "redfield/evolve/evolve.hpp"
#include "redfield/evolve/recorder.hpp"
#include "redfield/steady/steady_state.hpp"
#include "redfield/system/system.hpp"

namespace redfield {

/// The eigensystems of many Hamiltonians of one dimension.
class REDFIELD_EXPORT EigensystemBatch {
  public:
    /// Diagonalises hamiltonian(i), i < size, in parallel; threads = 0 chooses. What is wrong with one is
    /// told when it is asked for.
    EigensystemBatch(std::size_t size, Index n,
                     const std::function<ComplexMatrix(std::size_t)>& hamiltonian, int threads = 0);

    std::size_t size() const { return data_->errors.size(); }
    Index dimension() const { return n_; }
    /// The number of frequencies of a member: 0, and two for each pair of levels.
    Index frequencies() const { return n_ * (n_ - 1) + 1; }
    /// Throws what its diagonalisation threw.
    Eigensystem operator[](std::size_t i) const;
    /// The Bohr frequencies of member i into frequencies() numbers from out + i·frequencies() on: 0 and
    /// then E_l − E_k and E_k − E_l of the levels k < l; zeros where it has no eigensystem.
    void bohr_frequencies(double* out, int threads = 0) const;

  private:
    // Side by side: an object a member would be made by many threads and destroyed by one.
    struct Data {
        RealMatrix energies;    ///< (N, size)
        ComplexMatrix vectors;  ///< (N², size)
        std::vector<std::exception_ptr> errors;
    };
    Index n_;
    std::shared_ptr<const Data> data_;
};

/// γ/2 and η of one bath at the Bohr frequencies of each member, with B columns or one for all;
/// `lamb_shift` may be empty.
struct BatchTable {
    RealMatrix half_rate, lamb_shift;
};

/// B systems that differ in their numbers: whatever is given once is all members'. A member is made when
/// it is asked for.
class REDFIELD_EXPORT SystemBatch {
  public:
    /// std::invalid_argument where eigensystems, couplings or tables are neither one nor B.
    SystemBatch(std::size_t size, EigensystemBatch eigensystems, std::vector<Couplings> couplings,
                std::vector<BatchTable> tables, std::vector<Index> bath_of_coupling);

    std::size_t size() const { return size_; }
    Index dimension() const { return eigensystems_.dimension(); }
    /// Throws what is wrong with this member.
    System operator[](std::size_t i) const;

  private:
    std::size_t size_;
    EigensystemBatch eigensystems_;
    std::vector<std::shared_ptr<const Couplings>> couplings_;
    std::vector<BatchTable> tables_;
    std::vector<Index> bath_of_coupling_;
};

/// A kind of equation: makes that of member i from its system.
using Kind = std::function<std::shared_ptr<const Generator>(const System& system, std::size_t i)>;

/// Output buffers of the evolutions of a batch, row-major; null pointers are passed over.
struct BatchRecord {
    Operators observables;            ///< in the given basis
    Complex* expectations = nullptr;  ///< of observable e, member i and time t at (e·stride + i)·T + t
    std::size_t stride = 0;
    StateBuffer states;        ///< (B, T, N, N)
    StateBuffer final_states;  ///< (B, N, N)
};

/// The error that ended each member; a member without one has a solution.
using MemberErrors = std::vector<std::exception_ptr>;

/// Solves every member from its state, or from the one state of all, density matrices or kets in the
/// given basis. Members are made, solved and dropped one a thread; the results do not depend on the
/// number of threads. options.monitor is called on the calling thread, with the fraction of members done.
/// A member that fails does not end the others. Throws Interrupted. `totals` gets the sums of the
/// statistics of those that were solved: their method, or "auto" where they took several; the frame
/// of the first; single precision where one of them has it.
REDFIELD_EXPORT MemberErrors evolve_batch(const SystemBatch& systems, const Kind& kind,
                                          const std::vector<ComplexMatrix>& rho0,
                                          const std::vector<double>& times, const EvolveOptions& options,
                                          const BatchRecord& record, EvolveStats& totals);

/// Output buffers of the steady states of a batch; null pointers are passed over.
struct SteadyBatchRecord {
    Complex* states = nullptr;             ///< (B, N, N), row-major
    double* residuals = nullptr;           ///< (B)
    std::int64_t* applications = nullptr;  ///< (B)
    bool* direct = nullptr;                ///< (B) whether method "direct" was taken
    bool* unique = nullptr;                ///< (B)
    double* errors = nullptr;              ///< (B)
};

/// The steady state of every member, where rho0 is not empty the one that its state, or the one state of
/// all, leads to.
REDFIELD_EXPORT MemberErrors steady_batch(const SystemBatch& systems, const Kind& kind,
                                          const SteadyOptions& options, const SteadyBatchRecord& record,
                                          const std::vector<ComplexMatrix>& rho0 = {});

}  // namespace redfield
