#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "redfield/base/pages.hpp"
#include "redfield/linalg/planar.hpp"

namespace redfield::linalg {

/// Names of buffers, each a matrix and a pair of planes. Kernels that work one after the other share
/// them, and a name has the same shape in all of them, so that nothing is allocated anew.
enum class Buffer {
    transposed,    ///< ρᵀ, the minus plane of a packed state
    f,             ///< F, where the result is F + F†
    x,             ///< the first stage of a gain term
    z,             ///< its second stage
    y,             ///< its last stage
    y_transposed,  ///< the minus plane of the last stage
    gain,          ///< the sum of last stages
    columns,       ///< the columns of a state at coupled sites
    columns_x,     ///< x, with a column for each coupling
    columns_z,     ///< z, with a column for each coupling
    panels,        ///< memory of a panel, a column for each thread
    count
};

/// Buffers that live as long as an integration, so that its inner loop allocates nothing.
template <class Scalar>
class BasicWorkspace {
  public:
    explicit BasicWorkspace(int thread_count = 1) : threads_(thread_count) {}
    int threads() const { return threads_; }
    void set_threads(int thread_count) { threads_ = thread_count; }

    MatrixOf<Scalar>& matrix(Buffer name, Index rows, Index cols) {
        MatrixOf<Scalar>& m = matrices_[static_cast<std::size_t>(name)];
        const bool fresh = m.size() != rows * cols;
        m.resize(rows, cols);
        if (fresh) base::prefer_large_pages(m);
        return m;
    }
    BasicPlanes<Scalar>& planes(Buffer name, Index rows, Index cols) {
        BasicPlanes<Scalar>& p = planes_[static_cast<std::size_t>(name)];
        p.resize(rows, cols);
        return p;
    }

  private:
    static constexpr auto count = static_cast<std::size_t>(Buffer::count);
    int threads_;
    std::array<MatrixOf<Scalar>, count> matrices_;
    std::array<BasicPlanes<Scalar>, count> planes_;
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

}  // namespace redfield::linalg
