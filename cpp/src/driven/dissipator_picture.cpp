#include "driven/controlled_picture.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield::driven {

namespace {

/// The N²×N² matrix of a map of packed states.
template <class Map>
RealMatrix matrix_of(Index n, const Map& map) {
    RealMatrix out(n * n, n * n), unit = RealMatrix::Zero(n, n);
    for (Index i = 0; i < n * n; ++i) {
        unit.data()[i] = 1.0;
        out.col(i) = RealMatrix(map(unit)).reshaped();
        unit.data()[i] = 0.0;
    }
    return out;
}

/// −i[H, ·] on packed states.
RealMatrix rotation_of(const ComplexMatrix& h) {
    return matrix_of(h.rows(), [&](const RealMatrix& y) {
        const ComplexMatrix rho = unpack(y);
        return pack(Complex(0.0, -1.0) * (h * rho - rho * h));
    });
}

/// 𝓛 = −i[H₀ + uH₁, ·] + 𝒟(u) as one matrix on packed states of the basis H is given in.
class DissipatorPicture final : public ControlledPicture {
  public:
    DissipatorPicture(const Controlled& equation, const Resolution& resolution, double begin,
                      const MatrixPanels::Shape& shape, linalg::Workspace& ws)
        : ControlledPicture(equation, resolution, begin, shape, ws),
          slope_(rotation_of(hamiltonian(equation.high) - hamiltonian(equation.low)) /
                 (equation.high - equation.low)),
          constant_(rotation_of(hamiltonian(equation.low)) - equation.low * slope_) {}

  private:
    void sample(const redfield::System& system, RealMatrix& matrices) override {
        const Index n = system.dimension();
        const auto generator = equation_.generator(system);
        const Eigensystem& basis = generator->eigensystem();
        RealMatrix change(n, n);
        matrices.col(0) = matrix_of(n, [&](const RealMatrix& y) {
                              generator->dissipate(basis.to_eigenbasis(y, 1), change, ws_);
                              return basis.from_eigenbasis(change, 1);
                          }).reshaped();
    }

    void apply(double u, const RealMatrix& matrices, const RealMatrix& y, RealMatrix& out) override {
        const Index size = y.size();
        const Eigen::Map<const RealMatrix> dissipator(matrices.data(), size, size);
        out.reshaped() = (constant_ + u * slope_ + dissipator).lazyProduct(y.reshaped());
    }

    RealMatrix slope_, constant_;
};

}  // namespace

RealMatrix packed_in_given_basis(const Generator& generator, linalg::Workspace& ws) {
    const Index n = generator.dimension();
    RealMatrix change(n, n);
    return matrix_of(n, [&](const RealMatrix& y) {
        generator.apply_in_given_basis(y, change, ws);
        return change;
    });
}

std::unique_ptr<ControlledPicture> by_dissipator(const Controlled& equation, const Resolution& resolution,
                                                 double begin, const IntegrationOptions& options,
                                                 linalg::Workspace& ws) {
    const Index n = equation.system.dimension(), numbers = n * n * n * n;
    // N² applications beside the eigenbasis of a stage: measured, about as many stages as levels.
    const MatrixPanels::Shape shape{
        numbers, 1, equation.low, equation.high, accuracy_of(options), 1, static_cast<double>(n)};
    return std::make_unique<DissipatorPicture>(equation, resolution, begin, shape, ws);
}

}  // namespace redfield::driven
