#include "redfield/generator/sum.hpp"

#include <algorithm>

#include "redfield/generator/sparse_generator.hpp"
#include "redfield/linalg/errors.hpp"

namespace redfield {

namespace {

/// Rounding by which two Hamiltonians of one sum may differ, relative to the largest entry.
constexpr double same_hamiltonian = 1e-13;

Eigensystem common(const std::vector<std::shared_ptr<const Generator>>& parts) {
    require(!parts.empty(), "Sum: there is nothing to add");
    for (std::size_t i = 0; i < parts.size(); ++i) {
        require(parts[i] != nullptr, "Sum: parts[", i, "] is null");
        require(parts[i]->eigensystem() == parts[0]->eigensystem(), "Sum: parts[", i,
                "] does not have the eigensystem of parts[0]");
    }
    return parts[0]->eigensystem();
}

/// The H of a −i[H, ρ] that dissipate() holds, or null.
const SparseMatrix* hamiltonian_of(const Generator& generator) {
    if (const auto* sparse = dynamic_cast<const SparseGenerator*>(&generator))
        return &sparse->hamiltonian();
    if (const auto* sum = dynamic_cast<const Sum*>(&generator)) return sum->hamiltonian();
    return nullptr;
}

double largest(const SparseMatrix& m) { return m.nonZeros() == 0 ? 0.0 : m.coeffs().abs().maxCoeff(); }

}  // namespace

Sum::Sum(std::vector<std::shared_ptr<const Generator>> parts)
    : Generator(common(parts)), parts_(std::move(parts)) {
    const SparseMatrix* first = nullptr;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const SparseMatrix* own = hamiltonian_of(*parts_[i]);
        if (own == nullptr) continue;
        if (first == nullptr) {
            first = own;
            continue;
        }
        const double defect = largest(SparseMatrix(*own - *first));
        require(defect <= same_hamiltonian * largest(*first), "Sum: parts[", i,
                "] has another Hamiltonian than those before it, by ", defect);
        repeated_ += 1.0;
    }
    if (first != nullptr)
        rotation_ = std::make_shared<SparseGenerator>(*first, std::vector<SparseMatrix>{});
}

Sum::~Sum() = default;
Sum::Sum(Sum&&) noexcept = default;

const SparseMatrix* Sum::hamiltonian() const {
    return rotation_ == nullptr ? nullptr : &rotation_->hamiltonian();
}

void Sum::dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const {
    require_states(rho, out);
    parts_.front()->dissipate(rho, out, ws);
    RealMatrix part(rho.rows(), rho.cols());
    for (std::size_t i = 1; i < parts_.size(); ++i) {
        parts_[i]->dissipate(rho, part, ws);
        out += part;
    }
    if (repeated_ == 0.0) return;
    rotation_->dissipate(rho, part, ws);
    out -= repeated_ * part;
}

bool Sum::conserves_trace() const {
    return std::all_of(parts_.begin(), parts_.end(),
                       [](const auto& part) { return part->conserves_trace(); });
}

SpectralBounds Sum::bounds() const {
    const double bandwidth =
        rotation_ == nullptr ? eigensystem().bandwidth() : rotation_->bounds().half_height;
    SpectralBounds total{bandwidth, 0.0};
    for (const auto& part : parts_) {
        total.half_height += std::max(0.0, part->bounds().half_height - bandwidth);
        total.decay += part->bounds().decay;
    }
    return total;
}

}  // namespace redfield
