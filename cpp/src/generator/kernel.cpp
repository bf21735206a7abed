#include "generator/kernel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "generator/sparse_kernel.hpp"
#include "linalg/planar_products.hpp"
#include "linalg/transpose.hpp"
#include "redfield/base/parallel.hpp"

namespace redfield::generator {

using linalg::Buffer;

bool are_plain(const ProjectorTerms& terms) { return terms.g.size() == 0; }

bool are_jumps(const ProjectorTerms& terms) {
    return terms.g.size() != 0 && terms.f == (0.5 * terms.g).cast<Complex>();
}

ComplexMatrix columns_of(const ProjectorTerms& terms, const Eigensystem& eigensystem) {
    const ComplexMatrix u = eigensystem.eigenvectors();
    ComplexMatrix v(u.rows(), static_cast<Index>(terms.sites.size()));
    for (std::size_t j = 0; j < terms.sites.size(); ++j) {
        const auto column = static_cast<Index>(j);
        v.col(column) = std::sqrt(std::abs(terms.weights[column])) * u.row(terms.sites[j]).adjoint();
    }
    return v;
}

bool works_in_given_basis(const LambdaForm& form) {
    return form.frame == Frame::given ||
           (form.terms.empty() && std::all_of(form.projectors.begin(), form.projectors.end(), are_plain));
}

namespace {

/// G, of which a sparse H may stand apart: it then takes no product.
struct Drift {
    ComplexMatrix dense;
    SparseMatrix hamiltonian;  ///< of size 0 where it is in `dense`
};

/// F += iρH on columns [first, first + count) of planes, so that F + F† gains −i[H, ρ].
template <class Scalar>
void add_rotation(const Eigen::SparseMatrix<std::complex<Scalar>>& h, const ConstRefOf<Scalar>& rho,
                  const MatrixOf<Scalar>& minus, Index first, Index count,
                  linalg::BasicPlanes<Scalar>& f) {
    for (Index l = first; l < first + count; ++l)
        for (typename Eigen::SparseMatrix<std::complex<Scalar>>::InnerIterator it(h, l); it; ++it) {
            const Scalar re = it.value().real(), im = it.value().imag();
            const Index k = it.row();
            if (im == Scalar(0)) {
                f.plus.col(l) += re * minus.col(k);
                f.minus.col(l) -= re * rho.col(k);
            } else {
                f.plus.col(l) += re * minus.col(k) - im * rho.col(k);
                f.minus.col(l) -= re * rho.col(k) + im * minus.col(k);
            }
        }
}

/// A dense G and gain terms: F = Gρ + Σ_j Λ_jρB_j† on planes, then F + F†.
template <class Scalar>
class ProductKernel final : public Kernel<Scalar> {
  public:
    ProductKernel(const Drift& drift, Gains<Scalar> gains)
        : drift_(drift.dense),
          hamiltonian_(drift.hamiltonian.template cast<std::complex<Scalar>>()),
          gains_(std::move(gains)) {}

    void apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
               linalg::BasicWorkspace<Scalar>& ws) const override {
        const Index n = rho.rows();
        MatrixOf<Scalar>& minus = ws.matrix(Buffer::transposed, n, n);
        linalg::BasicPlanes<Scalar>& f = ws.planes(Buffer::f, n, n);
        base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::transpose_columns(rho, first, count, minus);
            linalg::left_multiply<Scalar>(drift_, rho, minus, first, count, linalg::Store::assign, f);
        });
        if (hamiltonian_.size() != 0)
            base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
                add_rotation<Scalar>(hamiltonian_, rho, minus, first, count, f);
            });
        for (const auto& gain : gains_) gain->add(rho, minus, f, ws);
        // F₊ + F₋ᵀ is the packed form of F + F†.
        base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            constexpr Index some = linalg::lane_count<Scalar>;  // columns at a time, which stay in cache
            for (Index c = first; c < first + count; c += some) {
                const Index columns = std::min(some, first + count - c);
                out.middleCols(c, columns) = f.plus.middleCols(c, columns);
                linalg::transpose_into<linalg::Put::add>(f.minus.data(), n, n, c, columns, out.data(),
                                                         out.outerStride());
            }
        });
    }

  private:
    linalg::LeftFactor<Scalar> drift_;
    Eigen::SparseMatrix<std::complex<Scalar>> hamiltonian_;
    Gains<Scalar> gains_;
};

/// H in the basis it was given in, where one element in sixteen or fewer is not zero: a column of ρ is
/// then added to another faster than a dense product does the same. Elements that the rounding of UEU†
/// explains are zeros.
SparseMatrix sparse_hamiltonian(const ComplexMatrix& h, double largest_energy) {
    constexpr Index fullness = 16;
    const auto n = static_cast<double>(h.rows());
    const SparseMatrix out =
        h.sparseView(1.0, n * std::numeric_limits<double>::epsilon() * largest_energy);
    return out.nonZeros() * fullness <= h.size() ? out : SparseMatrix();
}

/// G in `frame` of a form with an eigensystem. A mean energy is left out: it would take the digits of
/// all others.
Drift drift_of(const LambdaForm& form, Part part, Frame frame) {
    const Eigensystem& eigensystem = form.eigensystem;
    Drift out{-std::get<ComplexMatrix>(form.decay), {}};
    if (frame != form.frame) out.dense = eigensystem.from_eigenbasis(out.dense);
    if (part != Part::whole) return out;
    const RealVector& e = eigensystem.energies();
    const RealVector centred = e.array() - 0.5 * (e[0] + e[e.size() - 1]);
    const Complex minus_i(0.0, -1.0);
    if (frame == Frame::eigenbasis) {
        out.dense.diagonal() += minus_i * centred.cast<Complex>();
        return out;
    }
    const ComplexMatrix h =
        eigensystem.from_eigenbasis(ComplexMatrix(centred.cast<Complex>().asDiagonal()));
    out.hamiltonian = sparse_hamiltonian(h, centred.cwiseAbs().maxCoeff());
    if (out.hamiltonian.size() == 0) out.dense += minus_i * h;
    return out;
}

}  // namespace

template <class Scalar>
Gains<Scalar> make_gains(const LambdaForm& form, Frame frame) {
    Gains<Scalar> gains;
    for (auto&& gain : {projector_terms<Scalar>(form, frame), projector_jumps<Scalar>(form),
                        dense_terms<Scalar>(form), sparse_terms<Scalar>(form)})
        if (gain != nullptr) gains.push_back(gain);
    return gains;
}

template <class Scalar>
std::shared_ptr<const Kernel<Scalar>> make_kernel(const LambdaForm& form, Part part, Frame frame,
                                                  Gains<Scalar> gains) {
    return std::make_shared<ProductKernel<Scalar>>(drift_of(form, part, frame), std::move(gains));
}

template <class Scalar>
std::shared_ptr<const Kernel<Scalar>> make_kernel(const LambdaForm& form, Part part) {
    return std::make_shared<SparseKernel<Scalar>>(sparse_drift(form, part), form.terms, form.factors);
}

std::shared_ptr<const Kernel<double>> make_kernel(const ComplexMatrix& drift,
                                                  std::vector<LambdaTerm> terms) {
    const LambdaForm form{
        Eigensystem::given_basis(drift.rows()), {}, Frame::given, ComplexMatrix(), std::move(terms)};
    Gains<double> gains;
    for (auto&& gain : {dense_terms<double>(form), sparse_terms<double>(form)})
        if (gain != nullptr) gains.push_back(gain);
    return std::make_shared<ProductKernel<double>>(Drift{drift, {}}, std::move(gains));
}

template Gains<double> make_gains(const LambdaForm&, Frame);
template Gains<float> make_gains(const LambdaForm&, Frame);
template std::shared_ptr<const Kernel<double>> make_kernel(const LambdaForm&, Part, Frame, Gains<double>);
template std::shared_ptr<const Kernel<float>> make_kernel(const LambdaForm&, Part, Frame, Gains<float>);
template std::shared_ptr<const Kernel<double>> make_kernel(const LambdaForm&, Part);
template std::shared_ptr<const Kernel<float>> make_kernel(const LambdaForm&, Part);

}  // namespace redfield::generator
