#include "steady/frequency_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "base/apart.hpp"
#include "linalg/decompositions.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/base/monitor.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::steady {

namespace {

const Complex i_unit(0.0, 1.0);
/// Frequencies farther apart than so many times the dissipative scale belong to different blocks.
constexpr double apart = 1e3;
constexpr int iterations = 60;
constexpr Index chunk = 64;

/// Positions [first, first + size) of the elements in the order of their frequencies.
struct Block {
    Index first, size;
};

/// 𝓛 + i[H, ·] on column-stacked matrices, rows and columns in the order given.
ComplexMatrix dissipator(const PackedMap& map, RealMatrix packed, const std::vector<Index>& place) {
    const Index n = map.levels();
    // The rotation goes first, where it stands alone: sums of packed elements would round rates to its
    // size.
    for (Index l = 0; l < n; ++l)
        for (Index k = 0; k < n; ++k)
            if (k != l) packed(k + n * l, l + n * k) += map.rotation(k + n * l);
    ComplexMatrix out(map.size(), map.size());
    const auto at = [&](Index k, Index l) { return place[static_cast<std::size_t>(k + n * l)]; };
    const auto set = [&](Index column, const RealVector& h1, const RealVector& h2, double sign) {
        const ComplexMatrix a = unpack(RealMatrix(Eigen::Map<const RealMatrix>(h1.data(), n, n)));
        const ComplexMatrix b = unpack(RealMatrix(Eigen::Map<const RealMatrix>(h2.data(), n, n)));
        for (Index l = 0; l < n; ++l)
            for (Index k = 0; k < n; ++k) out(at(k, l), column) = a(k, l) + sign * i_unit * b(k, l);
    };
    for (Index d = 0; d < n; ++d) {
        base::poll();
        for (Index c = 0; c <= d; ++c) {
            // E_cd = H₁ + iH₂ of packed H₁ = ½(e_cd + e_dc) and H₂ = ½(e_dc − e_cd).
            const RealVector one = packed.col(c + n * d), other = packed.col(d + n * c);
            const RealVector h1 = 0.5 * (one + other), h2 = 0.5 * (other - one);
            set(at(c, d), h1, h2, 1.0);
            set(at(d, c), h1, h2, -1.0);
        }
    }
    return out;
}

/// D(1 + X).
ComplexMatrix product(const ComplexMatrix& d, const ComplexMatrix& x) {
    ComplexMatrix out = d;
    for (Index c = 0; c < x.cols(); c += chunk) {
        base::poll();
        const Index count = std::min(chunk, x.cols() - c);
        if ((x.middleCols(c, count).array() == Complex(0.0)).all()) continue;
        out.middleCols(c, count).noalias() += d * x.middleCols(c, count);
    }
    return out;
}

/// The eigenvalue problem of one matrix, on a thread of its own where it may take longer than an
/// interrupt may wait.
template <class Matrix>
linalg::GeneralModes solved(const Matrix& matrix) {
    constexpr Index long_size = 300;
    const auto solve = [matrix] { return linalg::general_modes(matrix, "spectrum: the dense problem"); };
    base::poll();
    return matrix.rows() < long_size ? solve() : base::apart(solve);
}

Modes of_one_block(PackedMap& map, const RealMatrix& packed) {
    linalg::GeneralModes modes = solved(packed);
    return {std::move(modes.values), std::move(modes.vectors), map.rounding() * map.fastest()};
}

}  // namespace

Modes all_modes(PackedMap& map, double max_bytes) {
    const RealMatrix packed = map.matrix(9.0, max_bytes);
    const Index n = map.levels(), size = map.size();
    std::vector<Index> order(static_cast<std::size_t>(size)), place(order.size());
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return map.rotation(a) < map.rotation(b); });
    RealVector w(size);
    for (Index p = 0; p < size; ++p) {
        const Index e = order[static_cast<std::size_t>(p)];
        place[static_cast<std::size_t>(e)] = p;
        w[p] = map.rotation(e);
    }
    std::vector<Block> blocks{{0, 1}};
    for (Index p = 1; p < size; ++p) {
        if (w[p] - w[p - 1] > apart * map.rate()) blocks.push_back({p, 0});
        ++blocks.back().size;
    }
    if (blocks.size() == 1) return of_one_block(map, packed);

    // 𝓛(1 + X) = (1 + X)K with K between elements of one block and X between the others.
    const ComplexMatrix d = dissipator(map, packed, place);
    ComplexMatrix x = ComplexMatrix::Zero(size, size), image;
    double change = std::numeric_limits<double>::infinity();
    for (int i = 0; i < iterations; ++i) {
        image = product(d, x);
        const double before = change;
        change = 0.0;
        double largest = 0.0;
        for (const Block& b : blocks) {
            const ComplexMatrix k = image.block(b.first, b.first, b.size, b.size);
            const ComplexMatrix back = x.middleCols(b.first, b.size) * k;
            for (Index c = 0; c < b.size; ++c)
                for (Index r = 0; r < size; ++r) {
                    if (r >= b.first && r < b.first + b.size) continue;
                    const Index column = b.first + c;
                    const Complex next = (image(r, column) - back(r, c)) / (i_unit * (w[r] - w[column]));
                    change = std::max(change, std::abs(next - x(r, column)));
                    largest = std::max(largest, std::abs(next));
                    x(r, column) = next;
                }
        }
        if (change <= 1e-14 * largest) break;
        if (change <= 1e-10 * largest && change >= 0.5 * before) break;
        if (i + 1 == iterations || !std::isfinite(change)) return of_one_block(map, packed);
    }
    image = product(d, x);
    Modes out{Eigen::VectorXcd(size), ComplexMatrix(size, size), 0.0};
    double width = 0.0;
    for (const Block& b : blocks) {
        ComplexMatrix k = image.block(b.first, b.first, b.size, b.size);
        const double middle = 0.5 * (w[b.first] + w[b.first + b.size - 1]);
        for (Index c = 0; c < b.size; ++c) k(c, c) -= i_unit * (w[b.first + c] - middle);
        if (w[b.first] <= 0.0 && w[b.first + b.size - 1] >= 0.0)
            width = w[b.first + b.size - 1] - w[b.first];
        const linalg::GeneralModes of_block = solved(k);
        ComplexMatrix vectors = x.middleCols(b.first, b.size) * of_block.vectors;
        vectors.middleRows(b.first, b.size) += of_block.vectors;
        for (Index c = 0; c < b.size; ++c) {
            out.values[b.first + c] = of_block.values[c] - i_unit * middle;
            ComplexMatrix mode(n, n);
            for (Index e = 0; e < size; ++e)
                mode.data()[e] = vectors(place[static_cast<std::size_t>(e)], c);
            const RealMatrix h1 = pack(ComplexMatrix(0.5 * (mode + mode.adjoint())));
            const RealMatrix h2 = pack(ComplexMatrix(-0.5 * i_unit * (mode - mode.adjoint())));
            out.vectors.col(b.first + c).real() = Eigen::Map<const RealVector>(h1.data(), size);
            out.vectors.col(b.first + c).imag() = Eigen::Map<const RealVector>(h2.data(), size);
        }
    }
    out.zero = map.rounding() * (map.rate() + width);
    return out;
}

}  // namespace redfield::steady
