#include "redfield/evolve/recorder.hpp"

#include <string>

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

Recorder::Recorder(const Eigensystem& frame, const std::vector<ComplexMatrix>& observables, Index times,
                   Complex* states, Complex* expectations, int threads)
    : eigen_(frame),
      times_(times),
      states_(states),
      expectations_(expectations),
      threads_(linalg::resolve_threads(threads, frame.dimension())) {
    const Index n = frame.dimension();
    for (std::size_t e = 0; e < observables.size(); ++e) {
        const ComplexMatrix& o = observables[e];
        require(o.rows() == n && o.cols() == n,
                "e_ops[" + std::to_string(e) + "] is " + std::to_string(o.rows()) + " x " +
                    std::to_string(o.cols()) + ", the system has " + std::to_string(n) + " levels");
        require(o.allFinite(), "e_ops[" + std::to_string(e) + "] has an entry that is NaN or infinite");
        Split parts = split(o);
        parts.hermitian = eigen_.to_eigenbasis(parts.hermitian, threads_);
        if (parts.antihermitian.size() != 0)
            parts.antihermitian = eigen_.to_eigenbasis(parts.antihermitian, threads_);
        observables_.push_back(std::move(parts));
    }
}

void Recorder::operator()(Index i, const RealMatrix& rho) {
    const bool last = i == times_ - 1;
    if (states_ != nullptr || last) {
        RealMatrix given = eigen_.from_eigenbasis(rho, threads_);
        if (last) final_ = unpack(given);
        if (states_ != nullptr) {
            given.transposeInPlace();  // row-major ρ is column-major ρᵀ, which is packed as Rᵀ
            join(given, RealMatrix(), states_ + i * rho.size());
        }
    }
    for (std::size_t e = 0; e < observables_.size(); ++e) {
        const Split& o = observables_[e];
        const double re = o.hermitian.cwiseProduct(rho).sum();
        const double im = o.antihermitian.size() == 0 ? 0.0 : o.antihermitian.cwiseProduct(rho).sum();
        expectations_[static_cast<Index>(e) * times_ + i] = Complex(re, im);
    }
}

}  // namespace redfield
