#include "gradient/path.hpp"

#include <algorithm>
#include <cmath>

#include "redfield/base/monitor.hpp"

namespace redfield::gradient {

Path::Path(const std::vector<double>& times, double longest) : outputs_(times.size()) {
    std::size_t outputs = 1;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const double step = times[i] - times[i - 1];
        if (step > 0.0) {
            const double count = std::max(1.0, std::ceil(step / longest));
            for (double k = 0.0; k < count; ++k) {
                pieces_.push_back({step / count, outputs});
                outputs = 0;
            }
        }
        ++outputs;
    }
    pieces_.push_back({0.0, outputs});
}

std::vector<double> Path::lengths() const {
    std::vector<double> out;
    for (std::size_t p = 0; p + 1 < pieces_.size(); ++p) out.push_back(pieces_[p].length);
    return out;
}

void Path::walk(const RealMatrix& start, double bytes, const Forward& forward, const Back& back,
                const Visit& visit, RealMatrix& y) const {
    const std::size_t last = pieces_.size() - 1;
    const double room = std::max(4.0, bytes / (8.0 * static_cast<double>(start.size())));
    // Checkpoints every `stride` pieces and the states of one stride are kept at a time.
    std::size_t stride = 1;
    if (static_cast<double>(last + 1) > room)
        stride = static_cast<std::size_t>(std::max(std::ceil(std::sqrt(static_cast<double>(last))),
                                                   std::ceil(2.0 * static_cast<double>(last) / room)));
    const auto total = 2.0 * static_cast<double>(last) + 1.0;
    std::vector<RealMatrix> checkpoints{start};
    RealMatrix rho = start;
    for (std::size_t p = 0; p < last; ++p) {
        base::poll(static_cast<double>(p) / total);
        rho = forward(p, rho, pieces_[p].length);
        if ((p + 1) % stride == 0) checkpoints.push_back(rho);
    }
    std::size_t output = outputs_;
    const auto tell = [&](std::size_t p, const RealMatrix& state) {
        for (std::size_t k = 0; k < pieces_[p].outputs; ++k) visit(--output, state, y);
    };
    tell(last, rho);
    std::vector<RealMatrix> states;
    for (std::size_t p = last; p-- > 0;) {
        base::poll(static_cast<double>(last + (last - p)) / total);
        const std::size_t from = p / stride;
        if (states.size() <= p - from * stride) {  // the first of this stride: its states are computed
            states.assign(1, checkpoints[from]);
            for (std::size_t k = from * stride; k < p; ++k)
                states.push_back(forward(k, states.back(), pieces_[k].length));
        }
        const RealMatrix& here = states[p - from * stride];
        y = back(p, here, y, pieces_[p].length);
        tell(p, here);
        states.pop_back();
    }
}

}  // namespace redfield::gradient
