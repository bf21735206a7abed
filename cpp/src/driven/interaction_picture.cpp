#include "driven/interaction_picture.hpp"

#include <algorithm>
#include <cmath>

#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::driven {

void InteractionEquation::start(double now) {
    InteractionPicture::start(now);
    operators_.keep(now, std::min(now + longest(now), last_));
}

void InteractionEquation::derivative(double tau, const RealMatrix& y, RealMatrix& out) {
    // At a jump the value is that of this side.
    operators_.at(std::clamp(now_ + tau, std::nextafter(first_, last_), last_), couplings_, lambdas_);
    const ComplexMatrix rho = unpack(y);
    const auto count = static_cast<Index>(couplings_.size());
    std::vector<ComplexMatrix> sums(couplings_.size());
    base::parallel_ranges(threads_, count, [&](Index from, Index size) {
        const auto first = static_cast<std::size_t>(from);
        ComplexMatrix& sum = sums[first] = ComplexMatrix::Zero(y.rows(), y.cols());
        ComplexMatrix product(y.rows(), y.cols());
        for (std::size_t j = first; j < first + static_cast<std::size_t>(size); ++j) {
            product.noalias() = lambdas_[j] * rho;
            sum.noalias() += product * couplings_[j].adjoint();
            sum.noalias() -= couplings_[j].adjoint() * product;
        }
    });
    ComplexMatrix whole = ComplexMatrix::Zero(y.rows(), y.cols());
    for (const ComplexMatrix& sum : sums)
        if (sum.size() > 0) whole += sum;
    out = pack(2.0 * whole);  // the Hermitian part of 2F is F + F†
}

}  // namespace redfield::driven
