#include "hierarchy/few_levels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "hierarchy/columns.hpp"
#include "hierarchy/sizes.hpp"
#include "redfield/base/pages.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::hierarchy {

namespace {

/// Buffers of copies, given back for the next application.
template <class Scalar>
class Copies {
  public:
    using Buffer = MatrixOf<Scalar>;

    explicit Copies(Index size) : size_(size) {}
    Buffer take() {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (free_.empty()) {
            Buffer fresh(size_, 1);
            base::prefer_large_pages(fresh);
            fresh.setZero();
            return fresh;
        }
        Buffer out = std::move(free_.back());
        free_.pop_back();
        return out;
    }
    void give_back(Buffer buffer) {
        const std::lock_guard<std::mutex> lock(mutex_);
        free_.push_back(std::move(buffer));
    }

  private:
    Index size_;
    std::mutex mutex_;
    std::vector<Buffer> free_;
};

/// Bytes of copies that a core's own cache holds; of more, those of the plane `ahead` are asked for.
constexpr Index cached_bytes = 1 << 20, ahead = 2;

template <Index N, class Scalar>
class Kernel final : public FewLevels<Scalar> {
  public:
    Kernel(std::shared_ptr<const Neighbours<Scalar>> neighbours, const Operators& operators)
        : neighbours_(std::move(neighbours)), copies_(neighbours_->indices().planes() * copy_size) {
        ComplexMatrix h = operators.shift();
        if (operators.energies.size() > 0) {
            turning_ = true;
            frequencies_.setZero();
            frequencies_.template topRows<N>() = operators.frequencies().template cast<Scalar>().array();
        } else {
            h += operators.hamiltonian;
        }
        if (h.cwiseAbs().maxCoeff() > 0.0) hamiltonian_.emplace_back(h);
        for (const ComplexMatrix& a : operators.couplings) couplings_.emplace_back(a);
        for (Index j = 0; j < operators.remainders.size(); ++j)
            if (const double rate = operators.remainders[j].real(); rate != 0.0)
                remainders_.push_back({static_cast<std::size_t>(j), static_cast<Scalar>(rate)});
    }

    void apply(const Scalar* y, Scalar* out, int threads) const override {
        const IndexSet& set = neighbours_->indices();
        with_copies(0, set.planes(), y, threads, [&](const Scalar* copies) {
            neighbours_->for_shares(0, set.members(), threads, [&](Index first, Index last) {
                for (Index i = first; i < last; ++i) whole(i, copies, out);
            });
        });
    }

    void couplings(Index first, Index last, Tiers tiers, const Scalar* y, Scalar* out,
                   int threads) const override {
        const auto [from, end] = planes_beside(first, last, tiers);
        const Index beginning = neighbours_->indices().plane(first);
        const Index planes = neighbours_->indices().plane(last) - beginning;
        with_copies(from, end, y, threads, [&](const Scalar* copies) {
            base::parallel_ranges(threads, planes, [&](Index begin, Index count) {
                for (Index p = begin; p < begin + count; ++p) {
                    Sum sum;
                    sum.clear();
                    couple(beginning + p, tiers, copies, sum);
                    sum.write(out + p * N * N);
                }
            });
        });
    }

  private:
    using C = Columns<N, Scalar>;
    using Column = typename C::Column;
    using Block = typename C::Block;
    using Sum = typename C::Sum;
    using Edges = typename Neighbours<Scalar>::Edges;
    static constexpr Index height = C::height, block = C::block, copy_size = C::copy_size;

    template <class Body>
    void with_copies(Index from, Index to, const Scalar* y, int threads, const Body& body) const {
        typename Copies<Scalar>::Buffer buffer = copies_.take();
        const Index planes = neighbours_->indices().planes();
        base::parallel_ranges(threads, to - from, [&](Index first, Index count) {
            for (Index p = from + first; p < from + first + count; ++p)
                C::copy(y + p * N * N, buffer.data() + p * copy_size, p + 1 == planes);
        });
        body(buffer.data());
        copies_.give_back(std::move(buffer));
    }

    /// The planes of the tiers that neighbours of members first … last − 1 are in.
    std::pair<Index, Index> planes_beside(Index first, Index last, Tiers tiers) const {
        const IndexSet& set = neighbours_->indices();
        const std::vector<Index>& begin = set.tiers();
        const auto tier_of = [&](Index member) {
            return std::upper_bound(begin.begin(), begin.end() - 1, member) - begin.begin() - 1;
        };
        const auto end = static_cast<std::ptrdiff_t>(begin.size()) - 1;
        const auto from = tier_of(first) + (tiers == Tiers::above ? 1 : -1);
        const auto to = tier_of(last - 1) + (tiers == Tiers::below ? 0 : 2);
        const auto plane_of = [&](std::ptrdiff_t tier) {
            return set.plane(begin[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(tier, 0, end))]);
        };
        return {plane_of(from), plane_of(to)};
    }

    /// The terms that keep a plane in its tier: −i[H, X] and, of the baths' remainders d = r + is,
    ///
    ///     −[A, dAρ − d*ρA] = r (−i[A, ·])²ρ − i[sA², ρ].
    void add_local(const Scalar* copies, Sum& sum) const {
        if (turning_) sum.columns -= frequencies_ * typename C::ConstBlock(copies + block);
        for (const OperatorRows<Scalar>& h : hamiltonian_) C::commute(h, copies, sum);
        for (const auto& [j, rate] : remainders_) {
            Sum once;
            once.clear();
            C::commute(couplings_[j], copies, once);
            std::array<Scalar, N * N> moved;
            alignas(64) std::array<Scalar, copy_size> again;
            once.write(moved.data());
            for (Scalar& x : moved) x *= rate;
            C::copy(moved.data(), again.data(), true);
            C::commute(couplings_[j], again.data(), sum);
        }
    }

    void couple(Index plane, Tiers tiers, const Scalar* copies, Sum& sum) const {
        for (std::size_t j = 0; j < couplings_.size(); ++j) {
            const Edges edges = neighbours_->of(plane, j, tiers);
            if (edges.empty()) continue;
            if (couplings_[j].columns.size() == 1) {
                couple_column(couplings_[j], edges, copies, sum);
            } else {
                couple_columns(couplings_[j], edges, copies, sum);
            }
        }
    }

    /// The coupling to a site, whose V₊ and V₋ are one column each.
    void couple_column(const OperatorRows<Scalar>& a, const Edges& edges, const Scalar* copies,
                       Sum& sum) const {
        using At = Eigen::Map<const Column, Eigen::Aligned16>;
        Column plus = Column::Zero(), minus = Column::Zero();
        const Scalar* column = copies + a.columns.front() * height;
        for (const auto& edge : edges) {
            const auto [alpha, beta] = neighbours_->weights(edge);
            const Scalar* source = column + edge.source * copy_size;
            const Column x = At(source), turned = At(source + block);
            plus -= alpha * x;
            minus += alpha * turned;
            if (beta == Scalar(0)) continue;
            plus += beta * turned;
            minus += beta * x;
        }
        for (Index r = 0; r < N; ++r)
            for (Index e = a.begin[static_cast<std::size_t>(r)];
                 e < a.begin[static_cast<std::size_t>(r) + 1]; ++e) {
                const Scalar re = a.entries[static_cast<std::size_t>(e)].re,
                             im = a.entries[static_cast<std::size_t>(e)].im;
                sum.columns.col(r) += re * minus - im * plus;
                sum.rows.col(r) += re * plus + im * minus;
            }
    }

    void couple_columns(const OperatorRows<Scalar>& a, const Edges& edges, const Scalar* copies,
                        Sum& sum) const {
        const auto count = static_cast<Index>(a.columns.size());
        typename C::Gathered v;
        for (Index at = 0; at < count; ++at) v.plus.col(at) = v.minus.col(at) = Column::Zero();
        for (const auto& edge : edges) {
            const auto [alpha, beta] = neighbours_->weights(edge);
            const typename C::ConstBlock x(copies + edge.source * copy_size);
            const typename C::ConstBlock turned(copies + edge.source * copy_size + block);
            for (Index at = 0; at < count; ++at) {
                const Index c = a.columns[static_cast<std::size_t>(at)];
                v.plus.col(at) -= alpha * x.col(c);
                v.minus.col(at) += alpha * turned.col(c);
                if (beta == Scalar(0)) continue;
                v.plus.col(at) += beta * turned.col(c);
                v.minus.col(at) += beta * x.col(c);
            }
        }
        C::scatter(a, v, sum);
    }

    /// Asks for the columns that the couplings of a plane take, which lie apart in memory.
    void fetch(Index plane, const Scalar* copies) const {
        for (std::size_t j = 0; j < couplings_.size(); ++j) {
            if (couplings_[j].columns.empty()) continue;
            const Scalar* column = copies + couplings_[j].columns.front() * height;
            for (const auto& edge : neighbours_->of(plane, j, Tiers::both)) {
                __builtin_prefetch(column + edge.source * copy_size);
                __builtin_prefetch(column + edge.source * copy_size + block);
            }
        }
    }

    /// 𝓛ρ of a member ρ = G + iF with the decay σ + iτ: −(σG − τF) − i(τG + σF) and all else.
    void whole(Index member, const Scalar* copies, Scalar* out) const {
        const IndexSet& set = neighbours_->indices();
        const Index first = set.plane(member), last = set.plane(member + 1);
        const auto sigma = static_cast<Scalar>(set.decay(member).real());
        const auto tau = static_cast<Scalar>(set.decay(member).imag());
        const bool far = set.planes() * copy_size * static_cast<Index>(sizeof(Scalar)) > cached_bytes;
        for (Index p = first; p < last; ++p) {
            if (far && p + ahead < set.planes()) fetch(p + ahead, copies);
            const Scalar* own = copies + p * copy_size;
            Sum sum;
            sum.clear();
            sum.columns = -sigma * typename C::ConstBlock(own);
            if (last - first == 2)
                sum.columns += (p == first ? tau : -tau) *
                               typename C::ConstBlock(p == first ? own + copy_size : own - copy_size);
            add_local(own, sum);
            couple(p, Tiers::both, copies, sum);
            sum.write(out + p * N * N);
        }
    }

    /// Re d_j of a coupling whose bath has a remainder.
    struct Remainder {
        std::size_t coupling;
        Scalar rate;
    };

    std::shared_ptr<const Neighbours<Scalar>> neighbours_;
    mutable Copies<Scalar> copies_;
    bool turning_ = false;
    Block frequencies_;  ///< E_k − E_l in the eigenbasis
    std::vector<OperatorRows<Scalar>> hamiltonian_, couplings_;
    std::vector<Remainder> remainders_;
};

}  // namespace

template <class Scalar>
std::shared_ptr<const FewLevels<Scalar>> FewLevels<Scalar>::make(
    std::shared_ptr<const Neighbours<Scalar>> neighbours, const Operators& operators) {
    return with_small_size(operators.dimension(),
                           [&](auto n) -> std::shared_ptr<const FewLevels<Scalar>> {
                               return std::make_shared<const Kernel<decltype(n)::value, Scalar>>(
                                   std::move(neighbours), operators);
                           });
}

template <class Scalar>
double FewLevels<Scalar>::copied(Index levels) {
    if (levels < 2 || levels > few_levels) return 0.0;
    return 2.0 * static_cast<double>(padded_levels(levels) * levels);
}

template class FewLevels<double>;
template class FewLevels<float>;

}  // namespace redfield::hierarchy
