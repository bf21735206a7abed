#pragma once

#include <functional>
#include <thread>

namespace redfield::base {

/// Starts a thread; it throws std::system_error where the system has none left.
using Launcher = std::function<std::thread(std::function<void()>)>;

/// Calls part(i) for every i < parts: part 0 on the calling thread, the others each on a thread of its
/// own. Parts whose thread could not be started are called by the calling thread before part 0, so that
/// part 0, which may wait for the others, is the last to end. `part` must not throw.
void run_on_threads(int parts, const std::function<void(int)>& part, const Launcher& launcher);

}  // namespace redfield::base
