#pragma once

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <complex>

namespace redfield {

using Index = Eigen::Index;
using Complex = std::complex<double>;
using RealVector = Eigen::VectorXd;
using RealMatrix = Eigen::MatrixXd;
using ComplexMatrix = Eigen::MatrixXcd;
using SparseMatrix = Eigen::SparseMatrix<Complex>;

template <class Scalar>
using MatrixOf = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
template <class Scalar>
using VectorOf = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

/// Views used wherever a state travels: a panel of states is one tall buffer, never copied.
template <class Scalar>
struct Views {
    using Const = Eigen::Ref<const MatrixOf<Scalar>>;
    using Mutable = Eigen::Ref<MatrixOf<Scalar>>;
};
template <class Scalar>
using ConstRefOf = typename Views<Scalar>::Const;
template <class Scalar>
using MutableRefOf = typename Views<Scalar>::Mutable;
using ConstRef = ConstRefOf<double>;
using MutableRef = MutableRefOf<double>;

/// The precision of numbers and arithmetic: double, or single where that is enough.
enum class Precision { full, single };

}  // namespace redfield
