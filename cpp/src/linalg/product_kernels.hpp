#pragma once

#include "redfield/base/types.hpp"

// The kernels under Eigen's products and triangular solves, of which every file would make copies for
// itself: here they are declared, product_kernels.cpp has them. The build includes this header in front
// of every file of the core (cmake/RedfieldLibrary.cmake); without it they compile to the same in more
// time. The names are internal ones of Eigen 3.4; another version's kernels are made wherever they are
// used.
#if EIGEN_WORLD_VERSION == 3 && EIGEN_MAJOR_VERSION == 4

namespace redfield::linalg::kernels {

template <class Scalar, int order>
using In = Eigen::internal::const_blas_data_mapper<Scalar, Index, order>;
template <class Scalar>
using Out = Eigen::internal::blas_data_mapper<Scalar, Index, Eigen::ColMajor, Eigen::Unaligned, 1>;
template <class Scalar>
using Traits = Eigen::internal::gebp_traits<Scalar, Scalar>;

}  // namespace redfield::linalg::kernels

// The arguments of Eigen's templates as they depend on the scalar, the order in memory (0: columns, 1:
// rows) and what is conjugated. `made` is `template`, or `extern template` where they are declared alone.
#define REDFIELD_BLOCKS(made, S, conjugate_left, conjugate_right)                                      \
    made struct Eigen::internal::gebp_kernel<S, S, redfield::Index, redfield::linalg::kernels::Out<S>, \
                                             redfield::linalg::kernels::Traits<S>::mr,                 \
                                             redfield::linalg::kernels::Traits<S>::nr, conjugate_left, \
                                             conjugate_right>;
#define REDFIELD_PACK_LEFT(made, S, order)                                                           \
    made struct Eigen::internal::gemm_pack_lhs<                                                      \
        S, redfield::Index, redfield::linalg::kernels::In<S, order>,                                 \
        redfield::linalg::kernels::Traits<S>::mr, redfield::linalg::kernels::Traits<S>::LhsProgress, \
        typename redfield::linalg::kernels::Traits<S>::LhsPacket4Packing, order, false, false>;
#define REDFIELD_PACK_RIGHT(made, S, Mapper, order, panel)                                             \
    made struct Eigen::internal::gemm_pack_rhs<S, redfield::Index, redfield::linalg::kernels::Mapper,  \
                                               redfield::linalg::kernels::Traits<S>::nr, order, false, \
                                               panel>;
#define REDFIELD_TIMES_VECTOR(made, S, order, conjugate, vector_order, conjugate_vector, version) \
    made struct Eigen::internal::general_matrix_vector_product<                                   \
        redfield::Index, S, redfield::linalg::kernels::In<S, order>, order, conjugate, S,         \
        redfield::linalg::kernels::In<S, vector_order>, conjugate_vector, version>;
#define REDFIELD_TRIANGULAR(made, S, mode, left, order, conjugate)                                       \
    made struct Eigen::internal::product_triangular_matrix_matrix<S, redfield::Index, mode, left, order, \
                                                                  conjugate, 0, false, 0, 1, 0>;
#define REDFIELD_SOLVE(made, S, mode)                                                                \
    made struct Eigen::internal::triangular_solve_matrix<S, redfield::Index, Eigen::OnTheLeft, mode, \
                                                         false, 0, 0, 1>;
#define REDFIELD_SOLVE_VECTOR(made, S, mode)                                                            \
    made struct Eigen::internal::triangular_solve_vector<S, S, redfield::Index, Eigen::OnTheLeft, mode, \
                                                         false, 0>;

#define REDFIELD_KERNELS(made, S)                                  \
    REDFIELD_BLOCKS(made, S, false, false)                         \
    REDFIELD_PACK_LEFT(made, S, 0)                                 \
    REDFIELD_PACK_LEFT(made, S, 1)                                 \
    REDFIELD_PACK_RIGHT(made, S, In<S REDFIELD_COMMA 0>, 0, false) \
    REDFIELD_PACK_RIGHT(made, S, In<S REDFIELD_COMMA 1>, 1, false) \
    REDFIELD_PACK_RIGHT(made, S, In<S REDFIELD_COMMA 0>, 0, true)  \
    REDFIELD_PACK_RIGHT(made, S, Out<S>, 0, true)                  \
    REDFIELD_TIMES_VECTOR(made, S, 0, false, 0, false, 0)          \
    REDFIELD_TIMES_VECTOR(made, S, 0, false, 1, false, 0)          \
    REDFIELD_TIMES_VECTOR(made, S, 1, false, 0, false, 0)          \
    REDFIELD_TIMES_VECTOR(made, S, 1, false, 1, false, 0)          \
    REDFIELD_TRIANGULAR(made, S, Eigen::Lower, true, 0, false)     \
    REDFIELD_TRIANGULAR(made, S, Eigen::Upper, true, 0, false)     \
    REDFIELD_TRIANGULAR(made, S, Eigen::UnitLower, true, 0, false) \
    REDFIELD_SOLVE(made, S, Eigen::Upper)                          \
    REDFIELD_SOLVE(made, S, Eigen::UnitLower)                      \
    REDFIELD_SOLVE_VECTOR(made, S, Eigen::Upper)                   \
    REDFIELD_SOLVE_VECTOR(made, S, Eigen::UnitLower)
#define REDFIELD_COMMA ,
// Unlike real ones, complex kernels differ where a factor is conjugated.
#define REDFIELD_CONJUGATING_KERNELS(made, S)            \
    REDFIELD_BLOCKS(made, S, true, false)                \
    REDFIELD_BLOCKS(made, S, false, true)                \
    REDFIELD_BLOCKS(made, S, true, true)                 \
    REDFIELD_TIMES_VECTOR(made, S, 1, true, 0, false, 0) \
    REDFIELD_TIMES_VECTOR(made, S, 1, false, 0, true, 0) \
    REDFIELD_TIMES_VECTOR(made, S, 0, true, 1, false, 0)

REDFIELD_KERNELS(extern template, float)
REDFIELD_KERNELS(extern template, double)
REDFIELD_KERNELS(extern template, redfield::Complex)
REDFIELD_CONJUGATING_KERNELS(extern template, redfield::Complex)

#endif
