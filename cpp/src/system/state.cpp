#include "redfield/system/state.hpp"

#include "redfield/base/errors.hpp"
#include "redfield/linalg/hermitian.hpp"

namespace redfield {

RealMatrix pack_state(const ComplexMatrix& rho0, Index n) {
    require(rho0.rows() == n && (rho0.cols() == n || rho0.cols() == 1), "rho0 is ", rho0.rows(), " x ",
            rho0.cols(), ", the system has ", n, " levels");
    return rho0.cols() == n ? pack(rho0) : pack_ket(rho0.col(0));
}

}  // namespace redfield
