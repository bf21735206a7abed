#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "redfield/base/monitor.hpp"

namespace redfield::base {

/// work() on a thread of its own while this one polls: for library calls that know no interrupt.
///
/// An interrupt leaves the call running to its end, so that `work` must own all it uses; its result is
/// then dropped. On this thread where no other can start.
template <class Work>
auto apart(Work work) {
    using Result = decltype(work());
    auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
    std::future<Result> result = task->get_future();
    std::thread worker;
    try {
        worker = std::thread([task] { (*task)(); });
    } catch (const std::system_error&) {
        (*task)();
        return result.get();
    }
    try {
        while (result.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) poll();
    } catch (...) {
        worker.detach();
        throw;
    }
    worker.join();
    return result.get();
}

}  // namespace redfield::base
