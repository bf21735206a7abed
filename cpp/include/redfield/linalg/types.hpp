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

/// Views used wherever a state travels: a panel of states is one tall buffer, never copied.
using ConstRef = Eigen::Ref<const RealMatrix>;
using MutableRef = Eigen::Ref<RealMatrix>;

}  // namespace redfield
