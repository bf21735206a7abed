#include "generator/kernel.hpp"

#include <algorithm>
#include <cmath>

#include "generator/sparse_kernel.hpp"
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

/// A dense G and gain terms: F = Gρ + Σ_j Λ_jρB_j† on planes, then F + F†.
template <class Scalar>
class ProductKernel final : public Kernel<Scalar> {
  public:
    ProductKernel(const ComplexMatrix& drift, Gains<Scalar> gains)
        : drift_(drift), gains_(std::move(gains)) {}

    void apply(const ConstRefOf<Scalar>& rho, MutableRefOf<Scalar> out,
               linalg::BasicWorkspace<Scalar>& ws) const override {
        const Index n = rho.rows();
        MatrixOf<Scalar>& minus = ws.matrix(Buffer::transposed, n, n);
        linalg::BasicPlanes<Scalar>& f = ws.planes(Buffer::f, n, n);
        base::parallel_ranges(ws.threads(), n, [&](Index first, Index count) {
            linalg::transpose_columns(rho, first, count, minus);
            linalg::left_multiply<Scalar>(drift_, rho, minus, first, count, linalg::Store::assign, f);
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
    linalg::BasicFactor<Scalar> drift_;
    Gains<Scalar> gains_;
};

/// G in `frame` of a form with an eigensystem. A mean energy is left out: it would take the digits of
/// all others.
ComplexMatrix dense_drift(const LambdaForm& form, Part part, Frame frame) {
    const Eigensystem& eigensystem = form.eigensystem;
    ComplexMatrix g = -std::get<ComplexMatrix>(form.decay);
    if (part == Part::whole) {
        const RealVector& e = eigensystem.energies();
        const double middle = 0.5 * (e[0] + e[e.size() - 1]);
        const Eigen::VectorXcd rotation = Complex(0.0, -1.0) * (e.array() - middle).cast<Complex>();
        if (form.frame == Frame::eigenbasis)
            g.diagonal() += rotation;
        else
            g += eigensystem.from_eigenbasis(ComplexMatrix(rotation.asDiagonal()));
    }
    return frame == form.frame ? g : eigensystem.from_eigenbasis(g);
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
    return std::make_shared<ProductKernel<Scalar>>(dense_drift(form, part, frame), std::move(gains));
}

template <class Scalar>
std::shared_ptr<const Kernel<Scalar>> make_kernel(const LambdaForm& form, Part part) {
    return std::make_shared<SparseKernel<Scalar>>(sparse_drift(form, part), form.terms, form.factors);
}

template Gains<double> make_gains(const LambdaForm&, Frame);
template Gains<float> make_gains(const LambdaForm&, Frame);
template std::shared_ptr<const Kernel<double>> make_kernel(const LambdaForm&, Part, Frame, Gains<double>);
template std::shared_ptr<const Kernel<float>> make_kernel(const LambdaForm&, Part, Frame, Gains<float>);
template std::shared_ptr<const Kernel<double>> make_kernel(const LambdaForm&, Part);
template std::shared_ptr<const Kernel<float>> make_kernel(const LambdaForm&, Part);

}  // namespace redfield::generator
