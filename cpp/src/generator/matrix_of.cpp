#include "generator/matrix_of.hpp"

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "redfield/linalg/hermitian.hpp"
#include "redfield/linalg/monitor.hpp"
#include "redfield/linalg/parallel.hpp"

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

CsrMatrix compress(const ComplexMatrix& transposed, double threshold) {
    CsrMatrix out;
    out.rows = out.cols = transposed.cols();
    out.row_start.assign(static_cast<std::size_t>(out.rows) + 1, 0);
    const auto keeps = [&](Index r, Index c) { return r == c || std::abs(transposed(c, r)) > threshold; };
    for (Index r = 0; r < out.rows; ++r) {
        linalg::poll();
        std::int32_t kept = 0;
        for (Index c = 0; c < out.cols; ++c) kept += keeps(r, c) ? 1 : 0;
        out.row_start[static_cast<std::size_t>(r) + 1] =
            out.row_start[static_cast<std::size_t>(r)] + kept;
    }
    out.column.reserve(static_cast<std::size_t>(out.row_start.back()));
    out.value.reserve(static_cast<std::size_t>(out.row_start.back()));
    for (Index r = 0; r < out.rows; ++r) {
        linalg::poll();
        for (Index c = 0; c < out.cols; ++c)
            if (keeps(r, c)) {
                out.column.push_back(static_cast<std::int32_t>(c));
                out.value.push_back(transposed(c, r));
            }
    }
    return out;
}

}  // namespace

CsrMatrix matrix_of(Index n, const PackedMap& map, const AssemblyOptions& options) {
    refuse_too_large(n, options.max_bytes);
    ComplexMatrix columns(n * n, n * n);
    const int threads = linalg::resolve_threads(options.threads, n * n);
    linalg::parallel_ranges(threads, n, [&](Index first, Index count) {
        linalg::Workspace ws(1);
        RealMatrix unit = RealMatrix::Zero(n, n), one(n, n), other(n, n);
        for (Index d = first; d < first + count; ++d)
            for (Index c = 0; c <= d; ++c) {
                linalg::poll();
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
    columns.transposeInPlace();
    return compress(columns, options.threshold);
}

RealMatrix packed_matrix(const Generator& generator, linalg::Workspace& ws) {
    const Index n = generator.dimension(), size = n * n;
    RealMatrix dense(size, size), unit = RealMatrix::Zero(n, n);
    for (Index i = 0; i < size; ++i) {
        linalg::poll();
        unit.data()[i] = 1.0;
        generator.apply(unit, Eigen::Map<RealMatrix>(dense.col(i).data(), n, n), ws);
        unit.data()[i] = 0.0;
    }
    return dense;
}

}  // namespace redfield::generator
