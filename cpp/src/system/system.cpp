#include "redfield/system/system.hpp"

#include <mutex>
#include <string>

#include "redfield/base/errors.hpp"

namespace redfield {

namespace {

Baths tabulate(const RealVector& energies, const std::vector<Bath>& baths, Index couplings) {
    Baths out;
    for (const Bath& bath : baths) out.tables.emplace_back(energies, bath);
    for (Index j = 0; j < couplings; ++j) out.of_coupling.push_back(baths.size() == 1 ? 0 : j);
    out.tabulated = baths;
    return out;
}

}  // namespace

System::System(const ComplexMatrix& hamiltonian, Couplings couplings, const Bath& bath)
    : System(hamiltonian, std::move(couplings), std::vector<Bath>{bath}) {}

System::System(const ComplexMatrix& hamiltonian, Couplings couplings, const std::vector<Bath>& baths) {
    const Index n = count(couplings);
    require(baths.size() == 1 || static_cast<Index>(baths.size()) == n, "System: ", baths.size(),
            " baths for ", n, " couplings; give one bath for all or one each");
    check(couplings, hamiltonian.rows());
    Eigensystem eigensystem(hamiltonian);
    Baths tables = tabulate(eigensystem.energies(), baths, n);
    *this = System(std::move(eigensystem), std::move(couplings), std::move(tables));
}

/// U†A_jU of each operator, made when it is asked for first.
struct System::Rotated {
    explicit Rotated(std::size_t count) : once(count), operators(count) {}
    std::vector<std::once_flag> once;
    std::vector<ComplexMatrix> operators;
};

System::System(Eigensystem eigensystem, Couplings couplings, Baths baths)
    : System(Parts{std::move(eigensystem), std::make_shared<const Couplings>(std::move(couplings)),
                   nullptr, std::move(baths)}) {}

System::System(Parts parts) {
    const Index n = parts.eigensystem.dimension(), couplings = count(*parts.couplings);
    check(*parts.couplings, n);
    const Baths& baths = parts.baths;
    require(static_cast<Index>(baths.of_coupling.size()) == couplings,
            "System: each coupling must name its bath");
    for (const Index b : baths.of_coupling)
        require(b >= 0 && b < static_cast<Index>(baths.tables.size()), "System: a coupling names bath ",
                b, ", which does not exist");
    require(baths.tabulated.empty() || baths.tabulated.size() == baths.tables.size(),
            "System: each table needs its bath, or none has one");
    for (const BathTable& table : baths.tables)
        require(table.half_rate.rows() == n, "System: a bath table does not have the system's dimension");
    constexpr double most_kept = 32e6;  // bytes
    const double bytes = sizeof(Complex) * static_cast<double>(couplings * n * n);
    if (!parts.rotated && std::holds_alternative<Operators>(*parts.couplings) && bytes <= most_kept)
        parts.rotated = std::make_shared<Rotated>(static_cast<std::size_t>(couplings));
    parts_ = std::make_shared<const Parts>(std::move(parts));
}

System System::with_baths(Baths baths) const {
    return System(Parts{parts_->eigensystem, parts_->couplings, parts_->rotated, std::move(baths)});
}

ComplexMatrix System::operator_in_eigenbasis(std::size_t j) const {
    const auto rotate = [&]() -> ComplexMatrix {
        const Operator& a = std::get<Operators>(couplings())[j];
        return std::visit([&](const auto& x) { return eigensystem().to_eigenbasis(ComplexMatrix(x)); },
                          a);
    };
    if (!parts_->rotated) return rotate();
    std::call_once(parts_->rotated->once[j], [&] { parts_->rotated->operators[j] = rotate(); });
    return parts_->rotated->operators[j];
}

}  // namespace redfield
