#pragma once

#include <memory>
#include <vector>

#include "driven/matrix_panels.hpp"
#include "driven/schroedinger_picture.hpp"
#include "redfield/driven/controlled.hpp"

namespace redfield::driven {

/// H = H₀ + uH₁ of a control.
struct Line {
    ComplexMatrix constant, slope;
};
Line line_of(const Controlled& equation);

/// 𝓛 of a controlled equation: of polynomials where there are some, else of an eigenbasis.
class ControlledPicture : public SchroedingerPicture {
  public:
    /// `start` bounds the spectrum of 𝓛 at the beginning.
    ControlledPicture(const Controlled& equation, const Resolution& resolution,
                      const SpectralBounds& start, const MatrixPanels::Shape& shape,
                      linalg::Workspace& ws);

  protected:
    /// Column j is the j-th matrix that the polynomials tell of.
    virtual void sample(const redfield::System& system, RealMatrix& matrices) = 0;
    /// out = 𝓛(u)y, of these matrices.
    virtual void apply(double u, const RealMatrix& matrices, const RealMatrix& y, RealMatrix& out) = 0;

    /// H at a time, of an equation without a control.
    ComplexMatrix hamiltonian(double t) const;

    const Controlled& equation_;
    linalg::Workspace& ws_;

  private:
    void apply(double t, const RealMatrix& y, RealMatrix& out) final;

    MatrixPanels panels_;
};

/// The part of a Λ_j, or of a dissipator, that polynomials may miss: a tenth of rtol + atol, between
/// 1e-11 and 1e-6.
double accuracy_of(const IntegrationOptions& options);

/// 𝓛 by the Λ_j, or null where panels of them take too much memory or more time than eigenbases.
std::unique_ptr<ControlledPicture> by_lambdas(const Controlled& equation, const Resolution& resolution,
                                              const SpectralBounds& start,
                                              const IntegrationOptions& options, linalg::Workspace& ws);
/// 𝓛 of few levels by the matrix of its dissipator.
std::unique_ptr<ControlledPicture> by_dissipator(const Controlled& equation, const Resolution& resolution,
                                                 const SpectralBounds& start,
                                                 const IntegrationOptions& options,
                                                 linalg::Workspace& ws);

}  // namespace redfield::driven
