#include "steady/sparse_inverse.hpp"

#include <cmath>
#include <numeric>
#include <utility>

#include "base/apart.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"

namespace redfield::steady {

namespace {

using Pairs = std::vector<Eigen::Triplet<double>>;

/// Multiply–adds from which a factorisation may take longer than an interrupt may wait.
constexpr double long_operations = 2e8;

}  // namespace

/// Eigen's ordering interface for a matrix that is in order already.
struct GivenOrder {
    using PermutationType = Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int>;
    template <class Matrix>
    void operator()(const Matrix& matrix, PermutationType& order) const {
        order.resize(matrix.cols());
        order.setIdentity();
    }
};

SparseElimination::SparseElimination(const Generator& generator, RealForm form, double most)
    : eigensystem_(generator.eigensystem()), frame_(form.frame), n_(generator.dimension()) {
    const Components found = components(form.matrix);
    std::vector<bool> holds_trace(static_cast<std::size_t>(found.count), false);
    for (Index k = 0; k < n_; ++k)
        holds_trace[static_cast<std::size_t>(found.of[static_cast<std::size_t>(k * (n_ + 1))])] = true;
    std::vector<Index> with, without;
    for (Index i = 0; i < n_ * n_; ++i) {
        const auto c = static_cast<std::size_t>(found.of[static_cast<std::size_t>(i)]);
        (holds_trace[c] ? with : without).push_back(i);
    }
    add_part(form.matrix, std::move(with), most);
    if (!without.empty()) add_part(form.matrix, std::move(without), most);
}

void SparseElimination::add_part(const RealSparse& matrix, std::vector<Index> unknowns, double most) {
    const auto size = static_cast<Index>(unknowns.size());
    std::vector<int> place(static_cast<std::size_t>(n_ * n_), -1);
    for (Index i = 0; i < size; ++i)
        place[static_cast<std::size_t>(unknowns[static_cast<std::size_t>(i)])] = static_cast<int>(i);
    Pairs entries;
    for (const Index c : unknowns)
        for (RealSparse::InnerIterator e(matrix, c); e; ++e)
            entries.emplace_back(place[static_cast<std::size_t>(e.row())],
                                 place[static_cast<std::size_t>(c)], e.value());
    for (int i = 0; i < static_cast<int>(size); ++i) entries.emplace_back(i, i, 0.0);
    RealSparse part(size, size);
    part.setFromTriplets(entries.begin(), entries.end());
    const Elimination cost = eliminate(part, most);
    operations_ += cost.operations;
    entries_ += cost.entries;
    Part out;
    out.operations = cost.operations;
    for (Eigen::Triplet<double>& e : entries)
        e = {cost.order.indices()[e.row()], cost.order.indices()[e.col()], e.value()};
    out.matrix.resize(size, size);
    out.matrix.setFromTriplets(entries.begin(), entries.end());
    out.unknown.resize(unknowns.size());
    for (Index i = 0; i < size; ++i)
        out.unknown[static_cast<std::size_t>(cost.order.indices()[i])] =
            unknowns[static_cast<std::size_t>(i)];
    parts_.push_back(std::move(out));
}

double SparseElimination::bytes() const { return 2.0 * (sizeof(double) + sizeof(int)) * entries_; }

class SparseInverse::Factors : public Eigen::SparseLU<RealSparse, GivenOrder> {
  public:
    explicit Factors(const RealSparse& matrix) {
        // The diagonal keeps the order where it is not small.
        setPivotThreshold(0.01);
        isSymmetric(true);
        m_perfv.relax = 8;
        compute(matrix);
    }
};

std::unique_ptr<const SparseInverse::Factors> SparseInverse::factorised(
    const SparseElimination::Part& part, double shift, double touch) const {
    const Index n = elimination_->n_;
    const auto damped = [&](double damping) {
        base::poll();
        RealSparse matrix = part.matrix;
        for (Index i = 0; i < matrix.rows(); ++i) matrix.coeffRef(i, i) -= damping;
        if (&part == elimination_->parts_.data() && trace_weight_ > 0.0) {
            Pairs trace;
            for (Index i = 0; i < matrix.rows(); ++i)
                if (part.unknown[static_cast<std::size_t>(i)] % (n + 1) == 0)
                    trace.emplace_back(static_cast<int>(replaced_), static_cast<int>(i), trace_scale_);
            matrix.prune([&](Index row, Index, double) { return row != replaced_; });
            RealSparse row(matrix.rows(), matrix.cols());
            row.setFromTriplets(trace.begin(), trace.end());
            matrix += row;
        }
        matrix.makeCompressed();
        if (part.operations < long_operations) return std::make_unique<const Factors>(matrix);
        return base::apart(
            [matrix = std::move(matrix)] { return std::make_unique<const Factors>(matrix); });
    };
    const auto amplifies = [&](const Factors& lu) {
        std::mt19937_64 engine(1);
        const RealVector right = random_operator(engine, part.matrix.rows());
        const RealVector solved = lu.solve(right);
        return !(solved.norm() * touch <= 10.0 * right.norm());
    };
    auto lu = damped(shift);
    if (lu->info() == Eigen::Success && !amplifies(*lu)) return lu;
    lu = damped(shift + touch);
    if (lu->info() != Eigen::Success)
        throw ConvergenceError("the sparse LU of the equation fails: " + lu->lastErrorMessage());
    return lu;
}

SparseInverse::SparseInverse(std::shared_ptr<const SparseElimination> elimination, double shift,
                             double trace_weight, double touch)
    : elimination_(std::move(elimination)), trace_weight_(trace_weight) {
    const SparseElimination::Part& first = elimination_->parts_.front();
    for (std::size_t i = 0; i < first.unknown.size(); ++i)
        if (first.unknown[i] % (elimination_->n_ + 1) == 0) replaced_ = static_cast<Index>(i);
    if (first.matrix.nonZeros() > 0) trace_scale_ = first.matrix.coeffs().abs().maxCoeff();
    if (trace_scale_ == 0.0) trace_scale_ = 1.0;
    for (const SparseElimination::Part& part : elimination_->parts_)
        factors_.push_back(factorised(part, shift, touch));
}

SparseInverse::SparseInverse(SparseInverse&&) noexcept = default;
SparseInverse::~SparseInverse() = default;

void SparseInverse::apply(const RealVector& packed, RealVector& result) const {
    const Index n = elimination_->n_;
    const Eigensystem& eigensystem = elimination_->eigensystem_;
    // The generator's frame is the eigenbasis but where it has none.
    const bool turns = elimination_->frame_ == Frame::given && !eigensystem.is_given_basis();
    RealMatrix state = Eigen::Map<const RealMatrix>(packed.data(), n, n);
    if (turns) state = eigensystem.from_eigenbasis(state, 1);
    RealVector x = to_coordinates(state), right;
    const double trace = state.trace();
    if (trace_weight_ > 0.0)
        for (Index k = 0; k < n; ++k) x[k * (n + 1)] -= trace / static_cast<double>(n);
    for (std::size_t p = 0; p < factors_.size(); ++p) {
        const std::vector<Index>& unknown = elimination_->parts_[p].unknown;
        right.resize(static_cast<Index>(unknown.size()));
        for (std::size_t i = 0; i < unknown.size(); ++i) right[static_cast<Index>(i)] = x[unknown[i]];
        if (p == 0 && trace_weight_ > 0.0) right[replaced_] = trace_scale_ * trace / trace_weight_;
        const RealVector solved = factors_[p]->solve(right);
        for (std::size_t i = 0; i < unknown.size(); ++i) x[unknown[i]] = solved[static_cast<Index>(i)];
    }
    state = from_coordinates(x);
    if (turns) state = eigensystem.to_eigenbasis(state, 1);
    result = Eigen::Map<const RealVector>(state.data(), state.size());
}

}  // namespace redfield::steady
