#include <vector>

#include "generator/packed_csr.hpp"
#include "redfield/base/errors.hpp"
#include "redfield/generator/lambda_generator.hpp"

namespace redfield {

namespace {

Eigensystem conjugate(const Eigensystem& of) {
    return {of.energies(), ComplexMatrix(of.eigenvectors().conjugate())};
}

/// Dᵀ, D the dissipator on column-stacked states: the adjoint of a map that keeps matrices Hermitian,
/// between transposed ones.
class Assembled final : public Generator {
  public:
    Assembled(const Generator& of, double max_bytes)
        : Generator(conjugate(of.eigensystem())), bounds_(of.bounds()) {
        AssemblyOptions options;
        options.max_bytes = 0.5 * max_bytes;
        const bool pairs = of.pair_equation() != nullptr;
        options.free_rotation = !pairs;
        CsrMatrix d = of.liouvillian_in_eigenbasis(options);
        if (!pairs) remove_rotation(d);
        transpose_upper(d);
    }

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override {
        require_states(rho, out);
        generator::apply_upper_rows<double>(transposed_, transposed_.value, rho, out, ws);
    }
    SpectralBounds bounds() const override { return bounds_; }
    bool conserves_trace() const override { return false; }
    double stored_entries() const override { return static_cast<double>(transposed_.non_zeros()); }

  private:
    void remove_rotation(CsrMatrix& d) const {
        const RealVector& e = eigensystem().energies();
        const Index n = dimension();
        for (Index r = 0; r < d.rows; ++r)
            for (auto i = static_cast<std::size_t>(d.row_start[static_cast<std::size_t>(r)]);
                 i < static_cast<std::size_t>(d.row_start[static_cast<std::size_t>(r) + 1]); ++i)
                if (d.column[i] == r) d.value[i] += Complex(0.0, e[r % n] - e[r / n]);
    }

    void transpose_upper(const CsrMatrix& d) {
        const Index n = dimension();
        const auto is_upper = [n](Index row) { return row % n <= row / n; };
        transposed_.rows = transposed_.cols = d.rows;
        transposed_.row_start.assign(static_cast<std::size_t>(d.rows) + 1, 0);
        for (const std::int32_t c : d.column)
            if (is_upper(c)) ++transposed_.row_start[static_cast<std::size_t>(c) + 1];
        for (std::size_t r = 0; r < static_cast<std::size_t>(d.rows); ++r)
            transposed_.row_start[r + 1] += transposed_.row_start[r];
        std::vector<std::int32_t> next(transposed_.row_start.begin(), transposed_.row_start.end() - 1);
        transposed_.column.resize(static_cast<std::size_t>(transposed_.row_start.back()));
        transposed_.value.resize(transposed_.column.size());
        for (std::size_t r = 0; r < static_cast<std::size_t>(d.rows); ++r)
            for (auto i = static_cast<std::size_t>(d.row_start[r]);
                 i < static_cast<std::size_t>(d.row_start[r + 1]); ++i) {
                if (!is_upper(d.column[i])) continue;
                const auto place =
                    static_cast<std::size_t>(next[static_cast<std::size_t>(d.column[i])]++);
                transposed_.column[place] = static_cast<std::int32_t>(r);
                transposed_.value[place] = d.value[i];
            }
    }

    SpectralBounds bounds_;
    CsrMatrix transposed_;
};

}  // namespace

std::shared_ptr<const Generator> Generator::adjoint(double max_bytes) const {
    require(max_bytes > 0.0, "adjoint: max_bytes must be positive, got ", max_bytes);
    if (const auto own = form()) return std::make_shared<LambdaGenerator>(transposed(*own));
    return std::make_shared<Assembled>(*this, max_bytes);
}

}  // namespace redfield
