#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <type_traits>

#include "convert.hpp"

namespace bindings {

/// A flag that Python sets to end computations running in other threads.
class StopFlag {
  public:
    void set() { flag_ = true; }
    bool is_set() const { return flag_; }
    const std::atomic<bool>* get() const { return &flag_; }

  private:
    std::atomic<bool> flag_{false};
};

/// What ends every computation of this thread; its owner keeps it alive.
inline thread_local const StopFlag* thread_stop = nullptr;

constexpr std::chrono::milliseconds poll_interval{50};

/// What the core polls between applications: every 50 ms it takes the GIL, lets pending signals act and
/// reports progress. Signals act in Python's main thread only; a StopFlag reaches any other.
class Monitor {
  public:
    Monitor(const StopFlag* stop, py::object progress) : stop_(stop), progress_(std::move(progress)) {}

    bool operator()(double fraction) {
        if (stop_ != nullptr && stop_->is_set()) return false;
        if (thread_stop != nullptr && thread_stop->is_set()) return false;
        if (fraction >= 0.0) fraction_ = fraction;  // who asks when it is time may not know it
        const auto now = std::chrono::steady_clock::now();
        if (now < next_) return true;
        next_ = now + poll_interval;
        py::gil_scoped_acquire gil;
        if (PyErr_CheckSignals() != 0) {
            raised_ = true;
            return false;
        }
        if (!progress_.is_none() && fraction_ >= 0.0) {
            try {
                progress_(fraction_);
            } catch (py::error_already_set& error) {
                error.restore();
                raised_ = true;
                return false;
            }
        }
        return true;
    }

    /// Runs `work` without the GIL; a Python exception raised while polling takes precedence.
    template <class Work>
    void run(Work&& work) {
        try {
            py::gil_scoped_release release;
            work();
        } catch (const redfield::Interrupted&) {
            if (raised_) throw py::error_already_set();
            throw;
        }
    }

  private:
    const StopFlag* stop_;
    py::object progress_;
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + poll_interval;
    double fraction_ = -1.0;
    bool raised_ = false;
};

/// `work()` without the GIL, polled for signals: what every call runs in that may last a millisecond.
template <class Work>
auto interruptible(Work&& work) {
    Monitor monitor(nullptr, py::none());
    const redfield::Monitor polled = std::ref(monitor);
    using Result = std::invoke_result_t<Work>;
    if constexpr (std::is_void_v<Result>) {
        monitor.run([&] {
            const redfield::base::Watch watch(polled);
            work();
        });
    } else {
        std::optional<Result> result;
        monitor.run([&] {
            const redfield::base::Watch watch(polled);
            result.emplace(work());
        });
        return std::move(*result);
    }
}

}  // namespace bindings
