#include "equation/coupling_table.hpp"

#include "equation/eigen_couplings.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::equation {

double CouplingTable::bytes(const System& system) {
    const auto n = static_cast<double>(system.dimension());
    const auto couplings = static_cast<double>(count(system.couplings()));
    const bool projectors = std::holds_alternative<SiteProjectors>(system.couplings());
    return sizeof(Complex) * n * couplings * (projectors ? 1.0 : n);
}

CouplingTable::CouplingTable(const System& system)
    : n_(system.dimension()), projectors_(std::holds_alternative<SiteProjectors>(system.couplings())) {
    if (projectors_) {
        // A negative weight flips the sign of A_j, which appears twice everywhere.
        const ProjectorColumns columns = projector_columns(system);
        first_ = columns.first;
        re_ = columns.v.transpose().real();
        im_ = columns.v.transpose().imag();
    } else {
        const Baths::Sorted sorted = system.baths().by_bath();
        first_ = sorted.first;
        const Index couplings = count(system.couplings());
        re_.resize(couplings, n_ * n_);
        im_.resize(couplings, n_ * n_);
        for (Index j = 0; j < couplings; ++j) {
            base::poll();
            const ComplexMatrix a =
                system.operator_in_eigenbasis(sorted.order[static_cast<std::size_t>(j)]);
            for (Index k = 0; k < n_; ++k)
                for (Index l = 0; l < n_; ++l) {
                    re_(j, k * n_ + l) = a(k, l).real();
                    im_(j, k * n_ + l) = a(k, l).imag();
                }
        }
    }
    if (im_.cwiseAbs().sum() == 0.0) im_.resize(0, 0);
}

Complex CouplingTable::gram(std::size_t bath, Index k, Index l, Index m, Index n) const {
    const Index first = first_[bath], size = first_[bath + 1] - first;
    const bool real = im_.size() == 0;
    if (projectors_) {
        const auto re = [&](Index c) { return re_.col(c).segment(first, size).array(); };
        if (real) return (re(k) * re(l) * re(m) * re(n)).sum();
        const auto im = [&](Index c) { return im_.col(c).segment(first, size).array(); };
        // v_k v_l* and its partner v_m v_n*
        const auto x = re(k) * re(l) + im(k) * im(l);
        const auto xi = im(k) * re(l) - re(k) * im(l);
        const auto y = re(m) * re(n) + im(m) * im(n);
        const auto yi = im(m) * re(n) - re(m) * im(n);
        return {(x * y + xi * yi).sum(), (xi * y - x * yi).sum()};
    }
    const auto x = re_.col(k * n_ + l).segment(first, size), y = re_.col(m * n_ + n).segment(first, size);
    if (real) return x.dot(y);
    const auto xi = im_.col(k * n_ + l).segment(first, size),
               yi = im_.col(m * n_ + n).segment(first, size);
    return {x.dot(y) + xi.dot(yi), xi.dot(y) - x.dot(yi)};
}

CouplingTable::Rows CouplingTable::rows_of(std::size_t bath, Index k) const {
    const Index first = first_[bath], size = first_[bath + 1] - first;
    const bool real = im_.size() == 0;
    if (!projectors_)
        return {re_.block(first, k * n_, size, n_),
                real ? RealMatrix() : RealMatrix(im_.block(first, k * n_, size, n_))};
    const auto re = re_.middleRows(first, size);
    if (real) return {re.array().colwise() * re.col(k).array(), {}};
    const auto im = im_.middleRows(first, size);
    return {
        (re.array().colwise() * re.col(k).array() + im.array().colwise() * im.col(k).array()).matrix(),
        (re.array().colwise() * im.col(k).array() - im.array().colwise() * re.col(k).array()).matrix()};
}

void CouplingTable::gram_block(std::size_t bath, Index k, Index m, ComplexMatrix& out) const {
    const Rows x = rows_of(bath, k), y = rows_of(bath, m);
    out.resize(n_, n_);
    if (im_.size() == 0) {
        out.real() = x.re.transpose() * y.re;
        out.imag().setZero();
        return;
    }
    RealMatrix product = x.re.transpose() * y.re;
    product.noalias() += x.im.transpose() * y.im;
    out.real() = product;
    product.noalias() = x.im.transpose() * y.re;
    product.noalias() -= x.re.transpose() * y.im;
    out.imag() = product;
}

}  // namespace redfield::equation
