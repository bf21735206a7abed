#include "redfield/generator/sum.hpp"

#include <algorithm>

#include "redfield/linalg/errors.hpp"

namespace redfield {

namespace {

Eigensystem common(const std::vector<std::shared_ptr<const Generator>>& parts) {
    require(!parts.empty() && parts.front() != nullptr, "Sum: there is nothing to add");
    const Eigensystem& first = parts.front()->eigensystem();
    for (const auto& part : parts)
        require(part != nullptr && part->eigensystem() == first,
                "Sum: the generators do not have one eigensystem");
    return first;
}

}  // namespace

Sum::Sum(std::vector<std::shared_ptr<const Generator>> parts)
    : Generator(common(parts)), parts_(std::move(parts)) {}

void Sum::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    parts_.front()->dissipate(rho, out, ws);
    RealMatrix part(rho.rows(), rho.cols());
    for (std::size_t i = 1; i < parts_.size(); ++i) {
        parts_[i]->dissipate(rho, part, ws);
        out += part;
    }
}

bool Sum::conserves_trace() const {
    return std::all_of(parts_.begin(), parts_.end(),
                       [](const auto& part) { return part->conserves_trace(); });
}

SpectralBounds Sum::bounds() const {
    const double bandwidth = eigensystem().bandwidth();
    SpectralBounds total{bandwidth, 0.0};
    for (const auto& part : parts_) {
        total.half_height += std::max(0.0, part->bounds().half_height - bandwidth);
        total.decay += part->bounds().decay;
    }
    return total;
}

}  // namespace redfield
