#pragma once

#include <Eigen/Core>

#include "redfield/base/types.hpp"

/// Registers of the processor that a file is compiled for: the only names of Eigen::internal that are
/// used, as Eigen 3.4 and 5.0 have them. Transposes through them are 1.3 (N = 27) to 8 times (N = 512) as
/// fast as Eigen's own in double precision, up to 17 times in single; tests/cpp/test_kernels.cpp compares
/// them.
namespace redfield::linalg::packets {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // of a register type as a template argument
#endif

template <class Scalar>
using Packet = typename Eigen::internal::packet_traits<Scalar>::type;
/// Numbers in a register.
template <class Scalar>
constexpr Index size = Eigen::internal::packet_traits<Scalar>::size;

template <class Scalar>
Packet<Scalar> load(const Scalar* from) {
    return Eigen::internal::ploadu<Packet<Scalar>>(from);
}
template <class Scalar>
void store(Scalar* to, const Packet<Scalar>& x) {
    Eigen::internal::pstoreu(to, x);
}
template <class Scalar>
Packet<Scalar> all(Scalar x) {
    return Eigen::internal::pset1<Packet<Scalar>>(x);
}
using Eigen::internal::padd;
using Eigen::internal::pmadd;
using Eigen::internal::pmul;
using Eigen::internal::pnegate;
using Eigen::internal::psub;

/// As many registers as each has numbers, which transpose() exchanges rows and columns of.
template <class Scalar>
struct Square {
    Eigen::internal::PacketBlock<Packet<Scalar>, static_cast<int>(size<Scalar>)> rows;
    void transpose() {
        if constexpr (size<Scalar> > 1) Eigen::internal::ptranspose(rows);
    }
    Packet<Scalar>& operator[](Index i) { return rows.packet[i]; }
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace redfield::linalg::packets
