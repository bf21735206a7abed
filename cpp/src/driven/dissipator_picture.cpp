#include "driven/controlled_picture.hpp"
#include "generator/packed_map.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::driven {

namespace {

using generator::matrix_of_packed;

/// −i[H, ·] on packed states.
RealMatrix rotation_of(const ComplexMatrix& h) {
    return matrix_of_packed(h.rows(), [&](const RealMatrix& y, MutableRef out) {
        const ComplexMatrix rho = unpack(y);
        out = pack(Complex(0.0, -1.0) * (h * rho - rho * h));
    });
}

/// 𝓛 = −i[H₀ + uH₁, ·] + 𝒟(u) as one matrix on packed states of the basis H is given in.
class DissipatorPicture final : public ControlledPicture {
  public:
    DissipatorPicture(const Controlled& equation, const Resolution& resolution,
                      const SpectralBounds& start, const MatrixPanels::Shape& shape,
                      linalg::Workspace& ws)
        : ControlledPicture(equation, resolution, start, shape, ws) {
        const Line line = line_of(equation);
        constant_ = rotation_of(line.constant);
        slope_ = rotation_of(line.slope);
    }

  private:
    void sample(const redfield::System& system, RealMatrix& matrices) override {
        const Index n = system.dimension();
        const auto generator = equation_.generator(system);
        const Eigensystem& basis = generator->eigensystem();
        RealMatrix change(n, n);
        matrices.col(0) = matrix_of_packed(n, [&](const RealMatrix& y, MutableRef out) {
                              generator->dissipate(basis.to_eigenbasis(y, 1), change, ws_);
                              out = basis.from_eigenbasis(change, 1);
                          }).reshaped();
    }

    void apply(double u, const RealMatrix& matrices, const RealMatrix& y, RealMatrix& out) override {
        const Index size = y.size();
        const Eigen::Map<const RealMatrix> dissipator(matrices.data(), size, size);
        out.reshaped() = (constant_ + u * slope_ + dissipator).lazyProduct(y.reshaped());
    }

    RealMatrix constant_, slope_;
};

}  // namespace

RealMatrix packed_in_given_basis(const Generator& generator, linalg::Workspace& ws) {
    return matrix_of_packed(generator.dimension(), [&](const RealMatrix& y, MutableRef out) {
        generator.apply_in_given_basis(y, out, ws);
    });
}

std::unique_ptr<ControlledPicture> by_dissipator(const Controlled& equation, const Resolution& resolution,
                                                 const SpectralBounds& start,
                                                 const IntegrationOptions& options,
                                                 linalg::Workspace& ws) {
    const Index n = equation.system.dimension(), numbers = n * n * n * n;
    // N² applications beside the eigenbasis of a stage: measured, about as many stages as levels.
    const MatrixPanels::Shape shape{
        numbers, 1, {equation.low, equation.high}, accuracy_of(options), 1, static_cast<double>(n)};
    return std::make_unique<DissipatorPicture>(equation, resolution, start, shape, ws);
}

}  // namespace redfield::driven
