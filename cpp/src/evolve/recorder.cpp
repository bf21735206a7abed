#include "redfield/evolve/recorder.hpp"

#include <string>

#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/parallel.hpp"

namespace redfield {

Recorder::Recorder(Index n, std::optional<Eigensystem> eigenbasis,
                   const std::vector<ComplexMatrix>& observables, Index times, Complex* states,
                   Complex* expectations, int threads, Index stride)
    : eigenbasis_(std::move(eigenbasis)),
      times_(times),
      stride_(stride == 0 ? times : stride),
      states_(states),
      expectations_(expectations),
      threads_(linalg::resolve_threads(threads, n)) {
    const Frame frame = eigenbasis_ ? Frame::eigenbasis : Frame::given;
    for (std::size_t e = 0; e < observables.size(); ++e) {
        const ComplexMatrix& o = observables[e];
        require(o.rows() == n && o.cols() == n, "e_ops[", e, "] is ", o.rows(), " x ", o.cols(),
                ", the system has ", n, " levels");
        require(o.allFinite(), "e_ops[", e, "] has an entry that is NaN or infinite");
        Split parts = split(o);
        parts.hermitian = moved(frame, {parts.hermitian, Frame::given});
        if (parts.antihermitian.size() != 0)
            parts.antihermitian = moved(frame, {parts.antihermitian, Frame::given});
        observables_.push_back(std::move(parts));
    }
}

RealMatrix Recorder::moved(Frame to, StateView state) const {
    return eigenbasis_ ? eigenbasis_->in_frame(to, state, threads_) : state.packed;
}

void Recorder::operator()(Index i, StateView rho) {
    require((rho.frame == Frame::eigenbasis) == eigenbasis_.has_value(),
            "Recorder: a state is in another basis than was told");
    const bool last = i == times_ - 1;
    if (states_ != nullptr || last) {
        RealMatrix given = moved(Frame::given, rho);
        if (last) final_ = unpack(given);
        if (states_ != nullptr) {
            given.transposeInPlace();  // row-major ρ is column-major ρᵀ, which is packed as Rᵀ
            join(given, RealMatrix(), states_ + i * given.size());
        }
    }
    for (std::size_t e = 0; e < observables_.size(); ++e) {
        const Split& o = observables_[e];
        const double re = o.hermitian.cwiseProduct(rho.packed).sum();
        const double im =
            o.antihermitian.size() == 0 ? 0.0 : o.antihermitian.cwiseProduct(rho.packed).sum();
        expectations_[static_cast<Index>(e) * stride_ + i] = Complex(re, im);
    }
}

}  // namespace redfield
