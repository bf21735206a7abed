#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "redfield/base/pages.hpp"
#include "redfield/base/types.hpp"
#include "redfield/redfield_export.h"

/// Complex products on real planes.
///
/// A variable matrix Z is held as its planes  Z₊ = Re Z + Im Z  and  Z₋ = Re Z − Im Z; those of a packed
/// Hermitian state R are R and Rᵀ for free. Multiplying by a constant M turns (Z₊ + iZ₋) into
/// (Z₊ + iZ₋)(Re M − i Im M), three real products (two when M is real). Real products reach the same
/// rate on every instruction set, which complex ones do not.
namespace redfield::linalg {

/// A constant complex matrix, prepared for three-product multiplication.
template <class Scalar>
class REDFIELD_EXPORT BasicFactor {
  public:
    using Matrix = MatrixOf<Scalar>;

    BasicFactor() = default;
    explicit BasicFactor(const ComplexMatrix& m);
    explicit BasicFactor(Matrix m) : re_(std::move(m)) {}

    bool is_real() const { return im_.size() == 0; }
    Index rows() const { return re_.rows(); }
    Index cols() const { return re_.cols(); }
    const Matrix& re() const { return re_; }
    /// −Im M and Re M − Im M; empty when M is real.
    const Matrix& minus_im() const { return im_; }
    const Matrix& difference() const { return difference_; }

  private:
    Matrix re_, im_, difference_;
};
using Factor = BasicFactor<double>;

template <class Scalar>
struct BasicPlanes {
    MatrixOf<Scalar> plus, minus;
    void resize(Index rows, Index cols) {
        plus.resize(rows, cols);
        minus.resize(rows, cols);
    }
};
using Planes = BasicPlanes<double>;

/// Buffers that live as long as an integration, so that its inner loop allocates nothing.
template <class Scalar>
class BasicWorkspace {
  public:
    explicit BasicWorkspace(int thread_count = 1) : threads_(thread_count) {}
    int threads() const { return threads_; }
    void set_threads(int thread_count) { threads_ = thread_count; }

    MatrixOf<Scalar>& matrix(std::size_t slot, Index rows, Index cols) {
        while (matrices_.size() <= slot) matrices_.emplace_back();
        MatrixOf<Scalar>& m = matrices_[slot];
        const bool fresh = m.size() != rows * cols;
        m.resize(rows, cols);
        if (fresh) base::prefer_large_pages(m);
        return m;
    }
    BasicPlanes<Scalar>& planes(std::size_t slot, Index rows, Index cols) {
        while (planes_.size() <= slot) planes_.emplace_back();
        planes_[slot].resize(rows, cols);
        return planes_[slot];
    }

  private:
    int threads_;
    std::deque<MatrixOf<Scalar>> matrices_;  // deque: references survive growth
    std::deque<BasicPlanes<Scalar>> planes_;
};
using Workspace = BasicWorkspace<double>;

/// Workspaces kept between calls: fresh memory for every call costs more than a small product.
class WorkspacePool {
  public:
    using Lease = std::unique_ptr<Workspace, std::function<void(Workspace*)>>;

    /// A workspace for one call, returned to the pool when the lease ends.
    Lease lease(int threads) {
        std::unique_ptr<Workspace> ws;
        {
            // Never waits: another thread's lock may have been copied by a fork.
            const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
            if (lock.owns_lock() && !idle_.empty()) {
                ws = std::move(idle_.back());
                idle_.pop_back();
            }
        }
        if (!ws) ws = std::make_unique<Workspace>();
        ws->set_threads(threads);
        return Lease(ws.release(), [this](Workspace* done) {
            std::unique_ptr<Workspace> owned(done);
            const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
            if (lock.owns_lock()) idle_.push_back(std::move(owned));
        });
    }

  private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Workspace>> idle_;
};

enum class Store { assign, add, subtract };

/// Columns [first, first + count) of  out (=, +=, −=) M·Z.  `scratch` has
/// the shape of `out`, `sum_scratch` that of Z; both are used if M is complex.
template <class Scalar>
REDFIELD_EXPORT void left_multiply(const BasicFactor<Scalar>& m, const ConstRefOf<Scalar>& z_plus,
                                   const ConstRefOf<Scalar>& z_minus, Index first, Index count,
                                   Store store, BasicPlanes<Scalar>& out, BasicPlanes<Scalar>& scratch,
                                   MatrixOf<Scalar>& sum_scratch);

/// Columns [first, first + count) of  out (=, +=, −=) Z·M.  `z_sum` = Z₊ + Z₋, read if M is complex.
template <class Scalar>
REDFIELD_EXPORT void right_multiply(const ConstRefOf<Scalar>& z_plus, const ConstRefOf<Scalar>& z_minus,
                                    const MatrixOf<Scalar>& z_sum, const BasicFactor<Scalar>& m,
                                    Index first, Index count, Store store, BasicPlanes<Scalar>& out,
                                    BasicPlanes<Scalar>& scratch);

/// Columns [first, first + count) of out = aᵀ, in cache-sized tiles.
REDFIELD_EXPORT void transpose_columns(const ConstRef& a, Index first, Index count, MutableRef out);
REDFIELD_EXPORT void transpose_columns(const ConstRefOf<float>& a, Index first, Index count,
                                       MutableRefOf<float> out);

/// Q ρ Q† of a packed Hermitian ρ, packed. `adjoint` is Q†.
REDFIELD_EXPORT RealMatrix congruence(const Factor& q, const Factor& adjoint, const ConstRef& rho,
                                      int threads);

}  // namespace redfield::linalg
