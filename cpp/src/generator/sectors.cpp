#include "generator/sectors.hpp"

#include <algorithm>
#include <utility>

#include "base/disjoint_sets.hpp"
#include "generator/bounds.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::generator {

namespace {

using base::DisjointSets;

template <class Visit>
void each_entry(const SparseMatrix& m, Visit&& visit) {
    for (Index c = 0; c < m.outerSize(); ++c)
        for (SparseMatrix::InnerIterator it(m, c); it; ++it)
            if (it.value() != Complex(0.0)) visit(it.row(), c, it.value());
}

const SparseMatrix& jump_of(const LambdaTerm& term) { return std::get<SparseMatrix>(term.b); }

/// Whether the form is a Lindblad equation of jumps of few non-zeros.
bool is_of_jumps(const LambdaForm& form) {
    return form.eigensystem.is_given_basis() && form.factors.empty() && form.projectors.empty() &&
           std::all_of(form.terms.begin(), form.terms.end(), [](const LambdaTerm& term) {
               const auto* lambda = std::get_if<SparseMatrix>(&term.lambda);
               const auto* b = std::get_if<SparseMatrix>(&term.b);
               return lambda != nullptr && lambda->size() == 0 && b != nullptr && !is_wide(*b);
           });
}

DisjointSets classes_of(const LambdaForm& form, const RealMatrix& rho0) {
    const Index n = rho0.rows();
    DisjointSets classes(n);
    each_entry(sparse_drift(form, Part::whole), [&](Index r, Index c, Complex) { classes.join(r, c); });
    for (Index l = 0; l < n && classes.count() > 1; ++l)
        for (Index k = 0; k < n; ++k)
            if (rho0(k, l) != 0.0) classes.join(k, l);
    // All levels to which one jump leads from one class; where classes have become one, anew.
    for (Index before = n + 1; classes.count() > 1 && classes.count() < before;) {
        before = classes.count();
        for (const LambdaTerm& term : form.terms) {
            base::poll();
            std::vector<Index> led_to(static_cast<std::size_t>(n), Index{-1});
            each_entry(jump_of(term), [&](Index r, Index c, Complex) {
                Index& first = led_to[static_cast<std::size_t>(classes.root(c))];
                if (first < 0)
                    first = r;
                else
                    classes.join(first, r);
            });
        }
    }
    return classes;
}

/// The classes that populations of ρ(0) reach, each as its levels.
std::vector<std::vector<Index>> reached_blocks(const LambdaForm& form, const RealMatrix& rho0,
                                               DisjointSets& classes) {
    const Index n = rho0.rows();
    std::vector<bool> reached(static_cast<std::size_t>(n), false);
    const auto at = [&](Index level) { return reached[static_cast<std::size_t>(classes.root(level))]; };
    // A level without a population may be in a state that is no density matrix.
    for (Index l = 0; l < n; ++l)
        if ((rho0.col(l).array() != 0.0).any()) at(l) = true;
    for (bool grown = true; grown;) {
        grown = false;
        for (const LambdaTerm& term : form.terms)
            each_entry(jump_of(term), [&](Index r, Index c, Complex) {
                if (!at(c) || at(r)) return;
                at(r) = true;
                grown = true;
            });
    }
    std::vector<std::vector<Index>> blocks;
    std::vector<Index> number(static_cast<std::size_t>(n), Index{-1});
    for (Index l = 0; l < n; ++l) {
        if (!at(l)) continue;
        Index& block = number[static_cast<std::size_t>(classes.root(l))];
        if (block < 0) {
            block = static_cast<Index>(blocks.size());
            blocks.emplace_back();
        }
        blocks[static_cast<std::size_t>(block)].push_back(l);
    }
    return blocks;
}

/// Nanoseconds of an application to a block, whose panels are filled up.
double cost_of(std::size_t levels) {
    constexpr std::size_t lanes = linalg::lane_count<double>;
    const std::size_t columns = (levels + lanes - 1) / lanes * lanes;
    return sparse_application(static_cast<double>(levels * columns));
}

/// The share of the time of all that blocks may take, since they have to be found and put together.
constexpr double worth_it = 0.7;

}  // namespace

std::optional<Sectors> Sectors::of(const LambdaForm& form, const RealMatrix& rho0) {
    if (!is_of_jumps(form)) return std::nullopt;
    DisjointSets classes = classes_of(form, rho0);
    if (classes.count() == 1) return std::nullopt;
    std::vector<Levels> blocks = reached_blocks(form, rho0, classes);
    double cost = 0.0;
    for (const Levels& block : blocks) cost += cost_of(block.size());
    if (blocks.empty() || cost > worth_it * cost_of(static_cast<std::size_t>(rho0.rows())))
        return std::nullopt;
    return Sectors(form, std::move(blocks));
}

Sectors::Sectors(const LambdaForm& form, std::vector<Levels> blocks)
    : dimension_(form.dimension()), blocks_(std::move(blocks)) {
    struct Place {
        Index block = -1, level = 0;
    };
    std::vector<Place> places(static_cast<std::size_t>(dimension_));
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        const auto n = static_cast<Index>(blocks_[b].size());
        begin_.push_back(size_);
        levels_ += n;
        size_ += n * n;
        for (Index i = 0; i < n; ++i)
            places[static_cast<std::size_t>(blocks_[b][static_cast<std::size_t>(i)])] = {
                static_cast<Index>(b), i};
    }
    using Entries = std::vector<Eigen::Triplet<Complex>>;
    const auto place = [&](Index level) { return places[static_cast<std::size_t>(level)]; };
    const auto levels = [&](Index b) {
        return static_cast<Index>(blocks_[static_cast<std::size_t>(b)].size());
    };
    const auto matrix = [](Index rows, Index columns, const Entries& entries) {
        SparseMatrix m(rows, columns);
        m.setFromTriplets(entries.begin(), entries.end());
        return m;
    };
    std::vector<Entries> drift(blocks_.size());
    each_entry(sparse_drift(form, Part::whole), [&](Index r, Index c, Complex value) {
        const Place to = place(r);
        if (to.block >= 0)
            drift[static_cast<std::size_t>(to.block)].emplace_back(to.level, place(c).level, value);
    });
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        const Index n = levels(static_cast<Index>(b));
        g_.push_back(matrix(n, n, drift[b]));
        const SpectralBounds own = spectral_bounds(g_.back());
        bounds_ = {std::max(bounds_.half_height, own.half_height), std::max(bounds_.decay, own.decay)};
    }
    jumps_.resize(blocks_.size());
    for (const LambdaTerm& term : form.terms) {
        std::vector<Entries> from(blocks_.size());
        std::vector<Index> to(blocks_.size(), -1);
        each_entry(jump_of(term), [&](Index r, Index c, Complex value) {
            const Place source = place(c);
            if (source.block < 0) return;
            from[static_cast<std::size_t>(source.block)].emplace_back(place(r).level, source.level,
                                                                      value);
            to[static_cast<std::size_t>(source.block)] = place(r).block;
        });
        for (std::size_t c = 0; c < blocks_.size(); ++c)
            if (to[c] >= 0)
                jumps_[static_cast<std::size_t>(to[c])].push_back(
                    {static_cast<Index>(c),
                     matrix(levels(to[c]), levels(static_cast<Index>(c)), from[c])});
    }
}

std::vector<Index> Sectors::sizes() const {
    std::vector<Index> out;
    for (const Levels& block : blocks_) out.push_back(static_cast<Index>(block.size()));
    return out;
}

RealMatrix Sectors::into(const RealMatrix& packed) const {
    RealMatrix state = RealMatrix::Zero(levels_, (size_ + levels_ - 1) / levels_);
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        double* to = state.data() + begin_[b];
        for (const Index l : blocks_[b])
            for (const Index k : blocks_[b]) *to++ = packed(k, l);
    }
    return state;
}

RealMatrix Sectors::out_of(const RealMatrix& state) const {
    RealMatrix packed = RealMatrix::Zero(dimension_, dimension_);
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        const double* from = state.data() + begin_[b];
        for (const Index l : blocks_[b])
            for (const Index k : blocks_[b]) packed(k, l) = *from++;
    }
    return packed;
}

template <class Scalar>
Sectors::Map<Scalar>::Map(const Sectors& sectors) : sectors_(sectors) {
    for (std::size_t b = 0; b < sectors.blocks_.size(); ++b)
        kernels_.emplace_back(sectors.g_[b], sectors.jumps_[b], static_cast<Index>(b));
}

template <class Scalar>
void Sectors::Map<Scalar>::apply(const ConstRefOf<Scalar>& x, MutableRefOf<Scalar> out,
                                 linalg::BasicWorkspace<Scalar>& ws) const {
    std::vector<PackedBlock<Scalar>> blocks;
    blocks.reserve(kernels_.size());
    for (std::size_t b = 0; b < kernels_.size(); ++b) {
        const auto n = static_cast<Index>(sectors_.blocks_[b].size());
        blocks.push_back({x.data() + sectors_.begin_[b], n, n});
    }
    std::vector<PairFlags> flags;
    flags.reserve(kernels_.size());
    Index most = 0;
    for (const auto& kernel : kernels_) {
        flags.emplace_back(kernel.panels(), ws.threads());
        most = std::max(most, kernel.panel_memory());
    }
    MatrixOf<Scalar>& memory = ws.matrix(linalg::Buffer::panels, most, ws.threads());
    base::run_team(ws.threads(), [&](int part, int parts) {
        Index dealt = 0;  // panels of the blocks before
        for (std::size_t b = 0; b < kernels_.size(); ++b) {
            const Index n = blocks[b].levels, first = (part + parts - dealt % parts) % parts;
            kernels_[b].add_panels(blocks.data(),
                                   Eigen::Map<MatrixOf<Scalar>>(out.data() + sectors_.begin_[b], n, n),
                                   flags[b], memory.col(part).data(), first, parts);
            dealt += kernels_[b].panels();
        }
    });
    std::fill(out.data() + sectors_.size_, out.data() + out.size(), Scalar(0));
}

template class Sectors::Map<double>;
template class Sectors::Map<float>;

}  // namespace redfield::generator
