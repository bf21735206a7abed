#pragma once

#include <redfield/ensemble/batch.hpp>
#include <vector>

#include "settings.hpp"

namespace bindings {

using RowMajor = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::Map<const RowMajor> row_major(const Complex* data, Index n) { return {data, n, n}; }

/// Some (B, N, N) as B matrices.
inline std::vector<ComplexMatrix> to_members(const ComplexArray& a) {
    if (a.ndim() != 3) throw py::value_error("expected a stack of matrices");
    const Index n = a.shape(1), size = n * a.shape(2);
    std::vector<ComplexMatrix> out;
    out.reserve(static_cast<std::size_t>(a.shape(0)));
    for (py::ssize_t i = 0; i < a.shape(0); ++i)
        out.emplace_back(Eigen::Map<const RowMajor>(a.data() + i * size, n, a.shape(2)));
    return out;
}

/// (i, exception) of each member that failed, (i, message, count, basis) of one with several steady
/// states.
inline py::list to_failures(const redfield::MemberErrors& errors, Index n) {
    py::list out;
    for (std::size_t i = 0; i < errors.size(); ++i) {
        if (!errors[i]) continue;
        try {
            std::rethrow_exception(errors[i]);
        } catch (const redfield::MultipleSteadyStates& several) {
            out.append(py::make_tuple(i, several.what(), several.count(), to_stack(several.states(), n)));
        } catch (...) {  // whatever it is, as Python would have caught it
            out.append(py::make_tuple(i, to_exception(errors[i])));
        }
    }
    return out;
}

}  // namespace bindings
