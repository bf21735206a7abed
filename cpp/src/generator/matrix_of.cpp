#include "generator/matrix_of.hpp"

#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "redfield/base/monitor.hpp"
#include "redfield/base/parallel.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::generator {

namespace {

void refuse_too_large(Index n, double max_bytes) {
    const double entries = std::pow(static_cast<double>(n), 4.0);
    const double bytes = entries * (sizeof(Complex) + csr_entry_bytes);
    if (bytes <= max_bytes && entries < std::numeric_limits<std::int32_t>::max()) return;
    std::ostringstream text;
    text << "the Liouvillian of " << n << " levels in this basis needs " << bytes << " bytes";
    if (bytes > max_bytes) text << ", more than the " << max_bytes << " allowed by max_bytes";
    text << "; ask for the eigenbasis, or apply the generator without forming it";
    throw std::length_error(text.str());
}

/// The entries above the threshold, and the diagonal. A column at a time, so that memory is read in
/// order.
CsrMatrix compress(const ComplexMatrix& dense, double threshold) {
    CsrMatrix out;
    out.rows = out.cols = dense.cols();
    const auto for_kept = [&](auto&& visit) {
        for (Index c = 0; c < dense.cols(); ++c) {
            base::poll();
            for (Index r = 0; r < dense.rows(); ++r)
                if (r == c || std::abs(dense(r, c)) > threshold) visit(static_cast<std::size_t>(r), c);
        }
    };
    out.row_start.assign(static_cast<std::size_t>(out.rows) + 1, 0);
    for_kept([&](std::size_t r, Index) { ++out.row_start[r + 1]; });
    std::partial_sum(out.row_start.begin(), out.row_start.end(), out.row_start.begin());
    out.column.resize(static_cast<std::size_t>(out.row_start.back()));
    out.value.resize(out.column.size());
    std::vector<std::int32_t> next(out.row_start.begin(), out.row_start.end() - 1);
    for_kept([&](std::size_t r, Index c) {
        const auto at = static_cast<std::size_t>(next[r]++);
        out.column[at] = static_cast<std::int32_t>(c);
        out.value[at] = dense(static_cast<Index>(r), c);
    });
    return out;
}

}  // namespace

CsrMatrix matrix_of(Index n, const PackedMap& map, const AssemblyOptions& options) {
    refuse_too_large(n, options.max_bytes);
    ComplexMatrix columns(n * n, n * n);
    const int threads = base::resolve_threads(options.threads, n * n);
    std::atomic<Index> left{n};  // the longest columns first
    base::run_team(threads, [&](int, int) {
        linalg::Workspace ws(1);
        RealMatrix unit = RealMatrix::Zero(n, n), one(n, n), other(n, n);
        for (Index d = --left; d >= 0; d = --left)
            for (Index c = 0; c <= d; ++c) {
                base::poll();
                // E_cd = H₁ + iH₂ with packed H₁ = ½(e_cd + e_dc) and H₂ = ½(e_dc − e_cd).
                unit(c, d) = 1.0;
                map(unit, one, ws);
                unit(c, d) = 0.0;
                unit(d, c) = 1.0;
                map(unit, other, ws);
                unit(d, c) = 0.0;
                const RealMatrix h1 = 0.5 * (one + other), h2 = 0.5 * (other - one);
                join(h1, h2, columns.col(c + n * d).data());
                join(h1, RealMatrix(-h2), columns.col(d + n * c).data());
            }
    });
    return compress(columns, options.threshold);
}

}  // namespace redfield::generator
