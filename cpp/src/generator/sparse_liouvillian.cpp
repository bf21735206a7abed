#include "generator/sparse_liouvillian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "equation/coupling_table.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/system/bohr.hpp"

namespace redfield::generator {

namespace {

/// The positions of the sorted Bohr frequencies that may couple to a row.
struct Window {
    std::size_t first, last;
    std::size_t size() const { return last - first; }
};

class Assembler {
  public:
    Assembler(const equation::PairEquation& equation, const AssemblyOptions& options)
        : equation_(equation),
          options_(options),
          energies_(equation.system.eigensystem().energies()),
          n_(energies_.size()),
          bohr_(energies_),
          position_(bohr_.element.size()),
          decay_(equation.decay()) {
        if (const auto* kernel = dynamic_cast<const equation::SeparableKernel*>(equation.kernel.get()))
            for (std::size_t b = 0; b < equation.system.baths().tables.size(); ++b) {
                const RealMatrix right = kernel->right(b);
                left_.emplace_back(kernel->left(b).transpose());
                right_.emplace_back(right.size() == 0 ? RealMatrix::Ones(n_, n_)
                                                      : RealMatrix(right.transpose()));
            }
        for (std::size_t p = 0; p < position_.size(); ++p)
            position_[static_cast<std::size_t>(bohr_.element[p])] = p;
    }

    CsrMatrix run() {
        CsrMatrix out;
        out.rows = out.cols = n_ * n_;
        const std::vector<std::size_t> start = count_candidates();
        refuse_too_large(start.back());
        const equation::CouplingTable table(equation_.system);
        base::poll();
        out.column.resize(start.back());
        out.value.resize(start.back());
        std::vector<std::size_t> kept(static_cast<std::size_t>(out.rows), 0);
        const int threads = base::resolve_threads(options_.threads, n_ * n_);
        // Rows of one part are contiguous in memory; parts of equal work, not of equal rows.
        base::parallel_ranges(threads, threads, [&](Index part, Index parts) {
            Row row(*this, table);
            for (Index p = part; p < part + parts; ++p) {
                const auto [from, to] = rows_of_part(start, p, threads);
                for (std::size_t r = from; r < to; ++r) {
                    base::poll();
                    kept[r] = row.fill(static_cast<Index>(r), out.column.data() + start[r],
                                       out.value.data() + start[r]);
                }
            }
        });
        compact(start, kept, out);
        return out;
    }

  private:
    Window window(Index element) const {
        const std::size_t p = position_[static_cast<std::size_t>(element)];
        if (std::isinf(equation_.cutoff)) return {0, bohr_.frequency.size()};
        // Rounding of E_a − E_b must not lose a pair that the exact test below keeps.
        const double reach = equation_.cutoff + 1e-14 * (energies_.cwiseAbs().maxCoeff());
        const double here = bohr_.frequency[p];
        const auto begin = bohr_.frequency.begin(), end = bohr_.frequency.end();
        return {static_cast<std::size_t>(std::lower_bound(begin, end, here - reach) - begin),
                static_cast<std::size_t>(std::upper_bound(begin, end, here + reach) - begin)};
    }

    /// χ(ω_kl, ω_mn); of a separable kernel from rows that are contiguous here.
    Complex chi(std::size_t b, Index k, Index l, Index m, Index n) const {
        if (left_.empty()) return equation_.kernel->chi(b, k, l, m, n);
        return left_[b](l, k) * right_[b](n, m) + std::conj(left_[b](n, m)) * right_[b](l, k);
    }

    bool visited(Index element) const {
        return !options_.upper_rows_only || element % n_ <= element / n_;
    }

    std::vector<std::size_t> count_candidates() const {
        std::vector<std::size_t> start(position_.size() + 1, 0);
        for (std::size_t r = 0; r < position_.size(); ++r)
            start[r + 1] =
                start[r] + (visited(static_cast<Index>(r)) ? window(static_cast<Index>(r)).size() : 0);
        return start;
    }

    void refuse_too_large(std::size_t entries) const {
        const double bytes = csr_entry_bytes * static_cast<double>(entries) +
                             equation::CouplingTable::bytes(equation_.system);
        const bool countable =
            entries < static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
        if (countable && bytes <= options_.max_bytes) return;
        std::ostringstream text;
        text << "the Liouvillian of " << n_ << " levels needs " << bytes << " bytes (" << entries
             << " entries)";
        if (bytes > options_.max_bytes)
            text << ", more than the " << options_.max_bytes << " allowed by max_bytes";
        else
            text << ", more entries than its 32-bit indices can count";
        text << "; use a smaller cutoff, or apply the generator without forming it";
        throw std::length_error(text.str());
    }

    static std::pair<std::size_t, std::size_t> rows_of_part(const std::vector<std::size_t>& start,
                                                            Index part, int parts) {
        const auto row_at = [&](Index p) {
            const std::size_t entry =
                start.back() / static_cast<std::size_t>(parts) * static_cast<std::size_t>(p);
            return static_cast<std::size_t>(std::lower_bound(start.begin(), start.end(), entry) -
                                            start.begin());
        };
        const std::size_t rows = start.size() - 1;
        return {part == 0 ? 0 : std::min(row_at(part), rows),
                part + 1 == parts ? rows : std::min(row_at(part + 1), rows)};
    }

    static void compact(const std::vector<std::size_t>& start, const std::vector<std::size_t>& kept,
                        CsrMatrix& out) {
        std::size_t next = 0;
        out.row_start.assign(start.size(), 0);
        for (std::size_t r = 0; r < kept.size(); ++r) {
            if (r % 1024 == 0) base::poll();
            if (next != start[r])
                for (std::size_t i = 0; i < kept[r]; ++i) {
                    out.column[next + i] = out.column[start[r] + i];
                    out.value[next + i] = out.value[start[r] + i];
                }
            next += kept[r];
            out.row_start[r + 1] = static_cast<std::int32_t>(next);
        }
        const bool wasteful = next < out.value.size() / 2;
        out.column.resize(next);
        out.value.resize(next);
        if (wasteful) {
            out.column.shrink_to_fit();
            out.value.shrink_to_fit();
        }
    }

    /// One row at a time, with the buffers of one thread.
    class Row {
      public:
        Row(const Assembler& a, const equation::CouplingTable& table)
            : a_(a), table_(table), blocks_(table.baths()) {}

        std::size_t fill(Index r, std::int32_t* column, Complex* value) {
            if (!a_.visited(r)) return 0;
            const Index n = a_.n_, ka = r % n, kb = r / n;
            const Window w = a_.window(r);
            // A wide window costs one product; a narrow one, a dot product an entry.
            const bool product = 8 * w.size() >= static_cast<std::size_t>(n * n);
            if (product)
                for (std::size_t bath = 0; bath < blocks_.size(); ++bath)
                    table_.gram_block(bath, ka, kb, blocks_[bath]);
            std::size_t kept = 0;
            const auto visit = [&](Index element) {
                const Complex entry = this->entry(ka, kb, element % n, element / n, product);
                // The diagonal stays, so that its pattern can be relied on.
                if (std::abs(entry) <= a_.options_.threshold && element != r) return;
                column[kept] = static_cast<std::int32_t>(element);
                value[kept++] = entry;
            };
            if (w.size() == a_.position_.size()) {
                for (Index element = 0; element < n * n; ++element) visit(element);
            } else {
                order_.assign(a_.bohr_.element.begin() + static_cast<std::ptrdiff_t>(w.first),
                              a_.bohr_.element.begin() + static_cast<std::ptrdiff_t>(w.last));
                std::sort(order_.begin(), order_.end());
                for (const std::int32_t element : order_) visit(element);
            }
            return kept;
        }

      private:
        Complex entry(Index ka, Index kb, Index c, Index d, bool product) const {
            const RealVector& e = a_.energies_;
            const double apart = kb == d   ? std::abs(e[ka] - e[c])
                                 : ka == c ? std::abs(e[kb] - e[d])
                                           : std::abs((e[ka] - e[kb]) - (e[c] - e[d]));
            if (apart > a_.equation_.cutoff) return 0.0;
            Complex sum = 0.0;
            for (std::size_t bath = 0; bath < blocks_.size(); ++bath)
                sum += a_.chi(bath, ka, c, kb, d) *
                       (product ? blocks_[bath](c, d) : table_.gram(bath, ka, c, kb, d));
            if (kb == d) sum -= a_.decay_(ka, c);
            if (ka == c) sum -= std::conj(a_.decay_(kb, d));
            if (ka == c && kb == d && a_.options_.free_rotation) sum -= Complex(0.0, e[ka] - e[kb]);
            return sum;
        }

        const Assembler& a_;
        const equation::CouplingTable& table_;
        std::vector<ComplexMatrix> blocks_;
        std::vector<std::int32_t> order_;
    };

    const equation::PairEquation& equation_;
    const AssemblyOptions& options_;
    RealVector energies_;
    Index n_;
    BohrFrequencies bohr_;
    std::vector<std::size_t> position_;
    ComplexMatrix decay_;
    std::vector<ComplexMatrix> left_;  ///< f and g of a separable kernel, transposed, by bath
    std::vector<RealMatrix> right_;
};

}  // namespace

CsrMatrix assemble(const equation::PairEquation& equation, const AssemblyOptions& options) {
    return Assembler(equation, options).run();
}

}  // namespace redfield::generator
