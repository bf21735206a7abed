#include "redfield/ensemble/batch.hpp"

#include <algorithm>
#include <chrono>

#include "ensemble/members.hpp"
#include "ensemble/tables.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield {

using ensemble::place;
using ensemble::table_of;

EigensystemBatch::EigensystemBatch(std::size_t size, Index n,
                                   const std::function<ComplexMatrix(std::size_t)>& hamiltonian,
                                   int threads)
    : n_(n) {
    require(size > 0, "EigensystemBatch: no Hamiltonians were given");
    require(n > 0, "EigensystemBatch: n must be positive, got ", n);
    require(hamiltonian != nullptr, "EigensystemBatch: hamiltonian is an empty function");
    const auto count = static_cast<Index>(size);
    auto data = std::make_shared<Data>(Data{RealMatrix(n, count), ComplexMatrix(n * n, count), {}});
    const auto solve = [&](std::size_t i) {
        const Eigensystem member(hamiltonian(i));
        require(member.dimension() == n_, "EigensystemBatch: the Hamiltonians differ in dimension");
        const auto c = static_cast<Index>(i);
        data->energies.col(c) = member.energies();
        Eigen::Map<ComplexMatrix>(data->vectors.col(c).data(), n_, n_) = member.eigenvectors();
    };
    data->errors = ensemble::for_each_member(size, threads, {}, solve);
    data_ = std::move(data);
}

Eigensystem EigensystemBatch::operator[](std::size_t i) const {
    require(i < size(), "EigensystemBatch: there is no member ", i);
    if (data_->errors[i]) std::rethrow_exception(data_->errors[i]);
    const auto c = static_cast<Index>(i);
    Eigensystem member;
    member.set(data_->energies.col(c),
               Eigen::Map<const ComplexMatrix>(data_->vectors.col(c).data(), n_, n_));
    return member;
}

void EigensystemBatch::bohr_frequencies(double* out, int threads) const {
    require(out != nullptr, "EigensystemBatch::bohr_frequencies: out is null");
    const auto fill = [&](std::size_t i) {
        double* next = out + static_cast<Index>(i) * frequencies();
        if (data_->errors[i]) {
            std::fill_n(next, frequencies(), 0.0);
            return;
        }
        const RealMatrix w =
            redfield::bohr_frequencies(RealVector(data_->energies.col(static_cast<Index>(i))));
        *next++ = 0.0;
        for (Index l = 0; l < n_; ++l)
            for (Index k = 0; k < l; ++k) {
                *next++ = w(k, l);
                *next++ = w(l, k);
            }
    };
    ensemble::for_each_member(size(), threads, {}, fill);
}

SystemBatch::SystemBatch(std::size_t size, EigensystemBatch eigensystems,
                         std::vector<Couplings> couplings, std::vector<BatchTable> tables,
                         std::vector<Index> bath_of_coupling)
    : size_(size),
      eigensystems_(std::move(eigensystems)),
      tables_(std::move(tables)),
      bath_of_coupling_(std::move(bath_of_coupling)) {
    for (Couplings& each : couplings)
        couplings_.push_back(std::make_shared<const Couplings>(std::move(each)));
    require(size > 0, "SystemBatch: size must be positive");
    require(!couplings_.empty(), "SystemBatch: couplings is empty");
    const auto fits = [size](std::size_t count) { return count == 1 || count == size; };
    require(fits(eigensystems_.size()), "SystemBatch: ", eigensystems_.size(), " eigensystems for ", size,
            " members");
    require(fits(couplings_.size()), "SystemBatch: couplings for ", couplings_.size(), " of ", size,
            " members");
    const Index entries = eigensystems_.frequencies();
    for (const BatchTable& table : tables_)
        for (const RealMatrix* each : {&table.half_rate, &table.lamb_shift})
            require(each->size() == 0 ||
                        (each->rows() == entries && fits(static_cast<std::size_t>(each->cols()))),
                    "SystemBatch: a bath's table is ", each->rows(), " x ", each->cols(), ", not ",
                    entries, " x 1 or x ", size);
}

System SystemBatch::operator[](std::size_t i) const {
    require(i < size_, "SystemBatch: there is no member ", i);
    Eigensystem eigensystem = eigensystems_[place(eigensystems_.size(), i)];  // its own error first
    Baths baths;
    baths.of_coupling = bath_of_coupling_;
    for (const BatchTable& table : tables_)
        baths.tables.emplace_back(table_of(table.half_rate, i, dimension()),
                                  table_of(table.lamb_shift, i, dimension()));
    return System(System::Parts{std::move(eigensystem), couplings_[place(couplings_.size(), i)], nullptr,
                                std::move(baths)});
}

MemberErrors evolve_batch(const SystemBatch& systems, const Kind& kind,
                          const std::vector<ComplexMatrix>& rho0, const std::vector<double>& times,
                          const EvolveOptions& options, const BatchRecord& record, EvolveStats& totals) {
    require(kind != nullptr, "evolve_batch: kind is an empty function");
    require(rho0.size() == 1 || rho0.size() == systems.size(), "evolve_batch: ", rho0.size(),
            " states for ", systems.size(), " members");
    require(kind != nullptr, "steady_batch: kind is an empty function");
    const auto start = std::chrono::steady_clock::now();
    const Index n = systems.dimension(), count = static_cast<Index>(times.size());
    EvolveOptions each = options;
    each.threads = 1;
    each.monitor = {};
    std::vector<EvolveStats> solved(systems.size());
    const auto solve = [&](std::size_t i) {
        const auto generator = kind(systems[i], i);
        require(generator != nullptr && generator->dimension() == n,
                "evolve_batch: kind made no generator of ", n, " levels");
        const auto member = static_cast<Index>(i);
        OutputBuffers buffers;
        buffers.stride = static_cast<Index>(record.stride) * count;
        buffers.states = from(record.states, member * count * n * n);
        if (record.expectations != nullptr) buffers.expectations = record.expectations + member * count;
        buffers.final_state = from(record.final_states, member * n * n);
        Recorder recorder(n, generator->eigensystem(), record.observables, count, buffers, 1);
        const ComplexMatrix& state = rho0[place(rho0.size(), i)];
        const RealMatrix packed = pack_state(state, n);
        solved[i] = evolve(*generator, {packed, Frame::given}, times, each, std::ref(recorder));
    };
    MemberErrors errors =
        ensemble::for_each_member(systems.size(), options.threads, options.monitor, solve);
    ensemble::add(solved, errors, totals);
    totals.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return errors;
}

MemberErrors steady_batch(const SystemBatch& systems, const Kind& kind, const SteadyOptions& options,
                          const SteadyBatchRecord& record, const std::vector<ComplexMatrix>& rho0) {
    require(rho0.size() <= 1 || rho0.size() == systems.size(), "steady_batch: ", rho0.size(),
            " states for ", systems.size(), " members");
    require(kind != nullptr, "steady_batch: kind is an empty function");
    const Index n = systems.dimension();
    SteadyOptions each = options;
    each.threads = 1;
    each.monitor = {};
    const auto solve = [&](std::size_t i) {
        const auto generator = kind(systems[i], i);
        require(generator != nullptr && generator->dimension() == n,
                "steady_batch: kind made no generator of ", n, " levels");
        const SteadyState found = rho0.empty()
                                      ? steady_state(*generator, each)
                                      : steady_state(*generator, rho0[place(rho0.size(), i)], each);
        if (record.states != nullptr)
            Eigen::Map<ComplexMatrix>(record.states + static_cast<Index>(i) * n * n, n, n) =
                found.state.transpose();
        if (record.residuals != nullptr) record.residuals[i] = found.residual;
        if (record.applications != nullptr) record.applications[i] = found.applications;
        if (record.direct != nullptr) record.direct[i] = found.method == SteadyMethod::direct;
        if (record.unique != nullptr) record.unique[i] = found.unique;
        if (record.errors != nullptr) record.errors[i] = found.error;
    };
    return ensemble::for_each_member(systems.size(), options.threads, options.monitor, solve);
}

}  // namespace redfield
