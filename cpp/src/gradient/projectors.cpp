#include "gradient/projectors.hpp"

#include <utility>

#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::gradient {

OfProjectors::OfProjectors(const System& system, std::vector<SlopedTable> tables, int threads)
    : system_(system),
      tables_(std::move(tables)),
      threads_(threads),
      columns_(equation::projector_columns(system)),
      nearness_(system.eigensystem().energies(), tables_),
      loss_(ComplexMatrix::Zero(system.dimension(), system.dimension())),
      of_values_(system.dimension(), columns_.v.cols()),
      of_slopes_(nearness_.any() ? of_values_ : Sums(0, 0)),
      of_tables_(tables_.size(), loss_),
      of_weights_(RealVector::Zero(columns_.v.cols())) {}

ComplexMatrix OfProjectors::through(bool slopes, bool transposed, const ComplexMatrix& columns) const {
    ComplexMatrix out(columns.rows(), columns.cols());
    for (std::size_t b = 0; b < tables_.size(); ++b) {
        const Index first = columns_.first[b], count = columns_.first[b + 1] - first;
        if (count == 0) continue;
        const ComplexMatrix& f = slopes ? tables_[b].slope : tables_[b].value;
        const ComplexMatrix part = columns.middleCols(first, count);
        out.middleCols(first, count) =
            transposed ? product(f.transpose(), part, threads_) : product(f, part, threads_);
    }
    return out;
}

void OfProjectors::add_ranks(bool slopes, const ComplexMatrix& x, const ComplexMatrix& y,
                             const ComplexMatrix& to, const ComplexMatrix& from, Sums& sums,
                             RealVector* weights) const {
    const ComplexMatrix into = through(slopes, false, to), back = through(slopes, true, from);
    const ComplexMatrix& v = columns_.v;
    sums.lambda_m += product(v.cwiseProduct(into), y.adjoint(), threads_);
    sums.m_lambda += product(x, back.cwiseProduct(v.conjugate()).transpose(), threads_);
    sums.tilde_columns += x.cwiseProduct(back);
    sums.tilde_rows += into.cwiseProduct(y.conjugate());
    if (weights != nullptr) *weights += from.cwiseProduct(into).colwise().sum().real().transpose();
}

void OfProjectors::add(const ComplexMatrix& rho, const ComplexMatrix& y, double weight) {
    base::poll();
    const ComplexMatrix& v = columns_.v;
    const ComplexMatrix scaled = weight * y;
    loss_ += product(rho, scaled, threads_);
    const ComplexMatrix x = product(rho, v, threads_), q = product(scaled, v, threads_);
    const ComplexMatrix to = v.conjugate().cwiseProduct(x), from = v.cwiseProduct(q.conjugate());
    for (std::size_t b = 0; b < tables_.size(); ++b) {
        const Index first = columns_.first[b], count = columns_.first[b + 1] - first;
        if (count > 0)
            of_tables_[b] +=
                product(from.middleCols(first, count), to.middleCols(first, count).transpose(), threads_);
    }
    add_ranks(false, x, q, to, from, of_values_, &of_weights_);
    if (nearness_.any()) add_ranks(true, x, q, to, from, of_slopes_, nullptr);
}

void OfProjectors::add(const ComplexMatrix&) {
    require(false, "gradient: site projectors take states, not their products");
}

Products OfProjectors::products(bool slopes, Sums sums, const ComplexMatrix& t,
                                RealVector* weights) const {
    const ComplexMatrix& v = columns_.v;
    // What −t v_j† adds, with −t for x and v_j for q†.
    const ComplexMatrix x = -t;
    add_ranks(slopes, x, v, v.conjugate().cwiseProduct(x), ComplexMatrix(v.cwiseAbs2().cast<Complex>()),
              sums, weights);
    Products out(loss_.rows());
    out.lambda_m = std::move(sums.lambda_m);
    out.m_lambda = std::move(sums.m_lambda);
    out.tilde_a = product(sums.tilde_columns, v.adjoint(), threads_);
    out.a_tilde = product(v, sums.tilde_rows.transpose(), threads_);
    return out;
}

Gradient OfProjectors::gradient() const {
    const RealVector& energies = system_.eigensystem().energies();
    const ComplexMatrix& v = columns_.v;
    const ComplexMatrix t = product(loss_, v, threads_);
    RealVector of_weights = of_weights_;
    ComplexMatrix g = Complex(0.0, -1.0) * (loss_ - loss_.adjoint());
    const Products of_values = products(false, of_values_, t, &of_weights);
    const Products of_slopes = nearness_.any() ? products(true, of_slopes_, t, nullptr) : Products(0);
    Gradient out;
    out.commutator = hermitian_in_given_basis(system_, g);
    add_response(energies, nearness_, of_values.turned(), of_slopes, g);
    const ComplexMatrix squares = v.cwiseAbs2().cast<Complex>(), to = v.conjugate().cwiseProduct(t);
    for (std::size_t b = 0; b < tables_.size(); ++b) {
        const Index first = columns_.first[b], count = columns_.first[b + 1] - first;
        const ComplexMatrix lost =
            product(squares.middleCols(first, count), to.middleCols(first, count).transpose(), threads_);
        out.left.emplace_back(2.0 * (of_tables_[b] - lost).conjugate());
        add_response_of_levels(out.left.back(), tables_[b].slope, g);
    }
    out.hamiltonian = hermitian_in_given_basis(system_, g);
    // F goes with the square of each weight.
    const auto& projectors = std::get<SiteProjectors>(system_.couplings());
    const Baths::Sorted sorted = system_.baths().by_bath();
    out.weights.resize(of_weights.size());
    for (std::size_t i = 0; i < sorted.order.size(); ++i) {
        const auto j = static_cast<Index>(sorted.order[i]);
        const double weight = projectors.weights[j];
        out.weights[j] = weight == 0.0 ? 0.0 : 4.0 * of_weights[static_cast<Index>(i)] / weight;
    }
    return out;
}

}  // namespace redfield::gradient
