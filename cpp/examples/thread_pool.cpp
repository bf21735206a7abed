// redfield in a program that has threads of its own: a pool works through a list of temperatures, one
// system a job, and can be told to stop. Every call takes one thread; the library starts none.
#include <atomic>
#include <cstdio>
#include <mutex>
#include <redfield/redfield.hpp>
#include <thread>

namespace {

struct Pool {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> stop{false};
    std::mutex printing;

    /// Runs job(i) for i < jobs on `threads` threads.
    template <class Job>
    void run(unsigned threads, std::size_t jobs, Job job) {
        std::vector<std::thread> workers;
        for (unsigned k = 0; k < threads; ++k)
            workers.emplace_back([&] {
                for (std::size_t i; !stop && (i = next++) < jobs;) job(i);
            });
        for (std::thread& each : workers) each.join();
    }
};

}  // namespace

int main() {
    constexpr redfield::Index n = 12;
    redfield::ComplexMatrix h = redfield::ComplexMatrix::Zero(n, n);
    for (redfield::Index k = 0; k + 1 < n; ++k) h(k, k + 1) = h(k + 1, k) = -1.0;
    const redfield::Eigensystem eigensystem(h);  // shared by all systems, and by all threads

    Pool pool;
    std::vector<double> beta, energy(8);
    for (int i = 0; i < 8; ++i) beta.push_back(0.25 * (i + 1));
    pool.run(std::max(2U, std::thread::hardware_concurrency()), beta.size(), [&](std::size_t i) {
        const redfield::OhmicBath bath{0.1, 10.0, beta[i]};
        redfield::Baths baths{{redfield::BathTable(eigensystem.energies(), bath)},
                              std::vector<redfield::Index>(static_cast<std::size_t>(n), 0)};
        const redfield::System system{eigensystem, redfield::SiteProjectors{n}, std::move(baths)};
        redfield::SteadyOptions options;
        options.threads = 1;
        options.monitor = [&](double) { return !pool.stop; };  // polled often; false ends the work
        try {
            const auto found = redfield::steady_state(redfield::Redfield{system}, options);
            energy[i] = (h * found.state).trace().real();
        } catch (const redfield::Interrupted&) {
            // Nothing is left of what was stopped.
        } catch (const std::exception& error) {
            const std::lock_guard<std::mutex> lock(pool.printing);
            std::fprintf(stderr, "beta = %g: %s\n", beta[i], error.what());
            pool.stop = true;
        }
    });
    for (std::size_t i = 0; i < beta.size(); ++i)
        std::printf("beta = %.2f: <H> = %.6f\n", beta[i], energy[i]);
    return !pool.stop && energy[7] < energy[0] ? 0 : 1;
}
