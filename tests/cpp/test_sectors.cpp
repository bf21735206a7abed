#include <doctest/doctest.h>

#include <algorithm>

#include "generator/sectors.hpp"
#include "reference.hpp"

using namespace reference;
using redfield::LambdaForm;
using redfield::RealMatrix;
using redfield::SparseMatrix;
using redfield::generator::Sectors;

namespace {

/// The levels of two blocks in turn, then those that the larger has more; and of a third that is dark.
struct Blocks {
    std::vector<std::vector<Index>> levels;
    Index n;

    explicit Blocks(const std::vector<Index>& sizes) : levels(sizes.size()), n(0) {
        for (Index i = 0; i < *std::max_element(sizes.begin(), sizes.end()); ++i)
            for (std::size_t b = 0; b < sizes.size(); ++b)
                if (i < sizes[b]) levels[b].push_back(n++);
    }
    /// `part` between two blocks.
    SparseMatrix at(std::size_t to, std::size_t from, const ComplexMatrix& part) const {
        SparseMatrix out(n, n);
        for (Index c = 0; c < part.cols(); ++c)
            for (Index r = 0; r < part.rows(); ++r)
                if (part(r, c) != Complex(0.0))
                    out.insert(levels[to][static_cast<std::size_t>(r)],
                               levels[from][static_cast<std::size_t>(c)]) = part(r, c);
        return out;
    }
    Index size(std::size_t b) const { return static_cast<Index>(levels[b].size()); }
};

/// Two non-zeros a row between two blocks.
ComplexMatrix sparse_part(Index rows, Index columns, unsigned seed) {
    const ComplexMatrix random = random_matrix(std::max(rows, columns), seed);
    ComplexMatrix out = ComplexMatrix::Zero(rows, columns);
    for (Index r = 0; r < rows; ++r)
        for (const Index c : {r % columns, (3 * r + 1) % columns}) out(r, c) = random(r, c);
    return out;
}

}  // namespace

TEST_CASE("the equation of the blocks of a state is that of the whole") {
    for (const std::vector<Index>& sizes : {std::vector<Index>{9, 23, 6}, {17, 8, 1}, {16, 16, 16}}) {
        const Blocks blocks(sizes);
        SparseMatrix h(blocks.n, blocks.n);
        for (std::size_t b = 0; b < sizes.size(); ++b)
            h += blocks.at(b, b, random_hermitian(sizes[b], static_cast<unsigned>(b) + 1));
        // From either of two blocks to the other, within one, and of the third, which nothing leads to.
        const std::vector<SparseMatrix> jumps{blocks.at(0, 1, sparse_part(sizes[0], sizes[1], 11)) +
                                                  blocks.at(1, 0, sparse_part(sizes[1], sizes[0], 12)),
                                              blocks.at(1, 1, sparse_part(sizes[1], sizes[1], 13)),
                                              blocks.at(0, 2, sparse_part(sizes[0], sizes[2], 14))};
        const LambdaForm form = redfield::lindblad(h, jumps);
        const redfield::LambdaGenerator generator{LambdaForm(form)};
        const ComplexMatrix start = ComplexMatrix(blocks.at(0, 0, random_hermitian(sizes[0], 21)));
        const std::optional<Sectors> sectors = Sectors::of(form, redfield::pack(start));
        REQUIRE(sectors.has_value());
        CHECK(sectors->sizes() == std::vector<Index>{sizes[0], sizes[1]});
        const RealMatrix rho =
            redfield::pack(ComplexMatrix(blocks.at(0, 0, random_hermitian(sizes[0], 21)) +
                                         blocks.at(1, 1, random_hermitian(sizes[1], 22))));
        RealMatrix expected(blocks.n, blocks.n);
        redfield::linalg::Workspace ws(1);
        generator.apply(rho, expected, ws);
        const RealMatrix state = sectors->into(rho);
        CHECK(sectors->out_of(state) == rho);
        for (const int threads : {1, 2}) {
            redfield::linalg::Workspace own(threads);
            RealMatrix moved = RealMatrix::Constant(state.rows(), state.cols(), 7.0);
            Sectors::Map<double>(*sectors).apply(state, moved, own);
            CHECK((sectors->out_of(moved) - expected).norm() < 1e-13 * expected.norm());
        }
        const redfield::SpectralBounds part = sectors->bounds(), all = generator.bounds();
        CHECK(part.half_height <= 1.01 * all.half_height);
        CHECK(part.decay <= 1.01 * all.decay);
    }
}

TEST_CASE("states that join blocks, and few levels, are left whole") {
    const Blocks blocks({16, 16});
    const SparseMatrix h =
        blocks.at(0, 0, random_hermitian(16, 1)) + blocks.at(1, 1, random_hermitian(16, 2));
    const SparseMatrix jump = blocks.at(0, 1, sparse_part(16, 16, 3));
    const ComplexMatrix joined = random_state(32, 4);
    CHECK_FALSE(Sectors::of(redfield::lindblad(h, {jump}), redfield::pack(joined)).has_value());
    // One that leads from a block to both makes them one.
    const SparseMatrix both = jump + blocks.at(1, 1, sparse_part(16, 16, 5));
    const ComplexMatrix above = ComplexMatrix(blocks.at(1, 1, random_hermitian(16, 6)));
    CHECK(Sectors::of(redfield::lindblad(h, {jump}), redfield::pack(above)).has_value());
    CHECK_FALSE(Sectors::of(redfield::lindblad(h, {both}), redfield::pack(above)).has_value());
}
