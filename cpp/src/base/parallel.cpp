#include "redfield/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <fstream>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/launch.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#ifdef _OPENMP
#include <omp.h>
#endif
#ifdef __linux__
#include <sched.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace redfield::base {

namespace {

/// One parallel region: its first error, and whether there is one.
struct Team {
    std::atomic<bool> failed{false};
    std::atomic<int> ended{0};  // parts
    std::mutex mutex;
    std::exception_ptr error;
    const std::thread::id caller = std::this_thread::get_id();

    void fail(std::exception_ptr what) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!error) error = std::move(what);
        failed = true;
    }
};

thread_local const Monitor* watched = nullptr;
thread_local Team* team = nullptr;
thread_local int depth = 0;  // of nested callers

std::atomic<int> callers{0};
std::atomic<bool> opened{false};    // a team, in this process
std::atomic<bool> orphaned{false};  // forked from a process that had opened one

void after_fork() {
    if (opened) orphaned = true;
    callers = depth > 0 ? 1 : 0;
}

/// The first number of a file and the second, where it has them.
std::vector<double> numbers(const char* path) {
    std::ifstream file(path);
    std::vector<double> found;
    for (std::string word; file >> word;) {
        char* end = nullptr;
        const double value = std::strtod(word.c_str(), &end);
        found.push_back(end != word.c_str() ? value : -1.0);  // "max"
    }
    return found;
}

/// CPU time per time that the cgroup grants, or a negative number.
double cgroup_quota() {
    const auto two = numbers("/sys/fs/cgroup/cpu.max");
    if (two.size() == 2 && two[0] > 0.0 && two[1] > 0.0) return two[0] / two[1];
    const auto quota = numbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    const auto period = numbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    if (quota.size() == 1 && period.size() == 1 && quota[0] > 0.0 && period[0] > 0.0)
        return quota[0] / period[0];
    return -1.0;
}

int count_cores() {
    int count = std::max(1U, std::thread::hardware_concurrency());
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) == 0) count = std::max(1, CPU_COUNT(&set));
#endif
    const double quota = cgroup_quota();
    return quota > 0.0 ? std::clamp(static_cast<int>(std::ceil(quota - 0.01)), 1, count) : count;
}

/// The number of threads that OMP_NUM_THREADS or omp_set_num_threads (threadpoolctl calls it) allows.
int allowed() {
#ifdef _OPENMP
    return std::clamp(omp_get_max_threads(), 1, cores());
#else
    return cores();
#endif
}

bool must_be_serial() {
#ifdef _OPENMP
    if (omp_in_parallel()) return true;
#endif
    return team != nullptr || orphaned;
}

/// Polls until all parts have ended; at first it spins, as most end together.
void watch_others(Team& shared, int parts) {
    for (int spins = 0; shared.ended < parts; ++spins) {
        if (spins < 20000) continue;
        try {
            poll();
        } catch (const Abandoned&) {
        } catch (...) {  // the stop; rethrown by run_team
            shared.fail(std::current_exception());
        }
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
}

void run_part(Team& shared, const Monitor* monitor, const std::function<void(int, int)>& part, int index,
              int parts) {
    Team* const outer = team;
    team = &shared;
    // Signals and progress are the calling thread's; the others learn of a stop from their team.
    const bool calling = std::this_thread::get_id() == shared.caller;
    if (!calling) watched = nullptr;
    try {
        part(index, parts);
    } catch (const Abandoned&) {
    } catch (...) {  // nothing may leave a region; rethrown by run_team
        shared.fail(std::current_exception());
    }
    ++shared.ended;
    // The calling thread is the one that is asked to stop, as long as any part is at work.
    if (index == 0 && monitor != nullptr) watch_others(shared, parts);
    team = outer;
    watched = calling ? monitor : nullptr;
}

}  // namespace

void run_on_threads(int parts, const std::function<void(int)>& part, const Launcher& launcher) {
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(std::max(parts, 1)));  // what is joinable is kept for sure
    int started = 1;
    try {
        for (; started < parts; ++started)
            others.push_back(launcher([&part, started] { part(started); }));
    } catch (const std::system_error&) {  // no thread is left
    } catch (const std::bad_alloc&) {     // no memory for its stack
    }
    for (int i = started; i < parts; ++i) part(i);
    part(0);
    for (std::thread& other : others) other.join();
}

int cores() {
    static const int count = count_cores();
    return count;
}

Caller::Caller() : counted_(team == nullptr && depth++ == 0) {
    if (counted_) ++callers;
}

Caller::~Caller() {
    if (team == nullptr && depth > 0) --depth;
    if (counted_ && callers > 0) --callers;
}

void run_team(int threads, const std::function<void(int, int)>& part) {
    const Caller caller;
    const int size = must_be_serial() ? 1 : std::min(threads, cores() / std::max(1, callers.load()));
    if (size <= 1) {
        part(0, 1);
        return;
    }
#if defined(__unix__) || defined(__APPLE__)
    static std::once_flag once;
    std::call_once(once, [] { pthread_atfork(nullptr, nullptr, after_fork); });
#endif
    opened = true;
    Team shared;
    const Monitor* const monitor = watched;
#ifdef _OPENMP
#pragma omp parallel num_threads(size)
    run_part(shared, monitor, part, omp_get_thread_num(), omp_get_num_threads());
#else
    run_on_threads(
        size, [&](int index) { run_part(shared, monitor, part, index, size); },
        [](std::function<void()> work) { return std::thread(std::move(work)); });
#endif
    if (shared.error) std::rethrow_exception(shared.error);
}

int resolve_threads(int requested, Index n) {
    if (must_be_serial()) return 1;
    if (requested > 0) return std::min(requested, cores());
    constexpr Index pays_off = 96;  // below this a region's fork and join cost as much as it saves
    return n >= pays_off ? allowed() : 1;
}

int resolve_ensemble_threads(int requested, std::size_t jobs) {
    if (must_be_serial()) return 1;
    const int wanted = requested > 0 ? std::min(requested, cores()) : allowed();
    return static_cast<int>(std::clamp<std::size_t>(jobs, 1, static_cast<std::size_t>(wanted)));
}

Watch::Watch(const Monitor& monitor) : outer_(watched) {
    if (monitor) watched = &monitor;
}

Watch::~Watch() { watched = outer_; }

void poll(double fraction) {
    if (team != nullptr && team->failed.load(std::memory_order_relaxed)) throw Abandoned();
    if (watched != nullptr && !(*watched)(fraction)) throw Interrupted();
}

}  // namespace redfield::base
