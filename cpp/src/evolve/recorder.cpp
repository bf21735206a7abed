#include "redfield/evolve/recorder.hpp"

#include "redfield/base/errors.hpp"
#include "redfield/base/parallel.hpp"
#include "system/require_operator.hpp"

namespace redfield {

namespace {

Complex expectation(const Split& o, const RealMatrix& rho) {
    const double re = o.hermitian.cwiseProduct(rho).sum();
    const double im = o.antihermitian.size() == 0 ? 0.0 : o.antihermitian.cwiseProduct(rho).sum();
    return {re, im};
}

/// Σ_kl O_kl ρ_lk.
Complex expectation(const SparseMatrix& o, const RealMatrix& rho) {
    Complex sum = 0.0;
    for (Index l = 0; l < o.outerSize(); ++l)
        for (SparseMatrix::InnerIterator it(o, l); it; ++it) {
            const double here = rho(l, it.row()), there = rho(it.row(), l);
            sum += it.value() * Complex(0.5 * (here + there), 0.5 * (here - there));
        }
    return sum;
}

bool is_there(const StateBuffer& buffer) {
    return std::visit([](auto* to) { return to != nullptr; }, buffer);
}

/// Writes a state as entry i of a buffer.
void write(const RealMatrix& rho, const StateBuffer& buffer, Index i) {
    std::visit([&](auto* to) { join_transposed(rho, to + i * rho.size()); }, buffer);
}

}  // namespace

Recorder::Recorder(Index n, std::optional<Eigensystem> eigenbasis, const Operators& observables,
                   Index times, OutputBuffers buffers, int threads)
    : eigenbasis_(std::move(eigenbasis)),
      times_(times),
      buffers_(buffers),
      threads_(base::resolve_threads(threads, n)) {
    if (eigenbasis_ && eigenbasis_->is_given_basis()) eigenbasis_.reset();
    if (buffers_.stride == 0) buffers_.stride = times;
    for (std::size_t e = 0; e < observables.size(); ++e)
        observables_.push_back(prepared(observables[e], n, e));
}

Recorder::Observable Recorder::prepared(const Operator& given, Index n, std::size_t e) const {
    return std::visit(
        [&](const auto& o) -> Observable {
            system::require_operator(o, n, "e_ops[", e, "]");
            if constexpr (std::is_same_v<std::decay_t<decltype(o)>, SparseMatrix>)
                if (!eigenbasis_) return o;
            const Frame frame = eigenbasis_ ? Frame::eigenbasis : Frame::given;
            Split parts = split(ComplexMatrix(o));
            parts.hermitian = moved(frame, {parts.hermitian, Frame::given});
            if (parts.antihermitian.size() != 0)
                parts.antihermitian = moved(frame, {parts.antihermitian, Frame::given});
            return parts;
        },
        given);
}

RealMatrix Recorder::moved(Frame to, StateView state) const {
    return eigenbasis_ ? eigenbasis_->in_frame(to, state, threads_) : state.packed;
}

void Recorder::operator()(Index i, StateView rho) {
    require((rho.frame == Frame::eigenbasis) == eigenbasis_.has_value(),
            "Recorder: a state is in another basis than was told");
    const bool last = i == times_ - 1 && is_there(buffers_.final_state);
    if (is_there(buffers_.states) || last) {
        const RealMatrix* given = &rho.packed;
        RealMatrix other;
        if (eigenbasis_) {
            other = moved(Frame::given, rho);
            given = &other;
        }
        if (last) write(*given, buffers_.final_state, 0);
        if (is_there(buffers_.states)) write(*given, buffers_.states, i);
    }
    if (buffers_.expectations == nullptr) return;
    for (std::size_t e = 0; e < observables_.size(); ++e)
        buffers_.expectations[static_cast<Index>(e) * buffers_.stride + i] =
            std::visit([&](const auto& o) { return expectation(o, rho.packed); }, observables_[e]);
}

}  // namespace redfield
