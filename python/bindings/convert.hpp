#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <redfield/redfield.hpp>
#include <string>
#include <vector>

namespace bindings {

namespace py = pybind11;
using redfield::Complex;
using redfield::ComplexMatrix;
using redfield::Index;
using redfield::RealMatrix;
using redfield::RealVector;

using ComplexArray = py::array_t<Complex, py::array::c_style | py::array::forcecast>;
using RealArray = py::array_t<double, py::array::c_style | py::array::forcecast>;

inline ComplexMatrix to_matrix(const ComplexArray& a) {
    if (a.ndim() != 2) throw py::value_error("expected a matrix");
    using RowMajor = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const RowMajor>(a.data(), a.shape(0), a.shape(1));
}

inline RealMatrix to_matrix(const RealArray& a) {
    if (a.ndim() != 2) throw py::value_error("expected a matrix");
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const RowMajor>(a.data(), a.shape(0), a.shape(1));
}

inline RealVector to_vector(const RealArray& a) {
    if (a.ndim() != 1) throw py::value_error("expected a vector");
    return Eigen::Map<const RealVector>(a.data(), a.shape(0));
}

inline std::vector<double> to_times(const RealArray& a) {
    if (a.ndim() != 1) throw py::value_error("expected a vector");
    return {a.data(), a.data() + a.size()};
}

inline py::array_t<Complex> to_array(const ComplexMatrix& m) {
    py::array_t<Complex> out({m.rows(), m.cols()});
    using RowMajor = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<RowMajor>(out.mutable_data(), m.rows(), m.cols()) = m;
    return out;
}

inline RealArray to_array(const RealVector& v) { return RealArray(v.size(), v.data()); }

inline RealArray to_array(const RealMatrix& m) {
    RealArray out({m.rows(), m.cols()});
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<RowMajor>(out.mutable_data(), m.rows(), m.cols()) = m;
    return out;
}

/// f(x, out, count) of a Python function of an array, called `name` where its answer has another size.
template <class Array>
auto on_arrays(const py::object& function, std::string name) {
    return [function, name = std::move(name)](const double* x, typename Array::value_type* out,
                                              Index count) {
        const py::gil_scoped_acquire gil;
        const auto values = function(RealArray(count, x)).template cast<Array>();
        if (values.size() != count) throw py::value_error(name + " must have the shape of its argument");
        std::copy_n(values.data(), count, out);
    };
}

/// Places where a power spectrum varies, and widths.
using Features = std::vector<std::pair<double, double>>;

inline std::vector<redfield::Feature> to_features(const Features& places) {
    std::vector<redfield::Feature> out;
    out.reserve(places.size());
    for (const auto& [at, width] : places) out.push_back({at, width});
    return out;
}

/// From (rows, columns, values).
inline redfield::SparseMatrix to_sparse(Index n, const py::handle& triplet) {
    const auto parts = triplet.cast<py::tuple>();
    const auto rows = parts[0].cast<py::array_t<std::int64_t>>();
    const auto cols = parts[1].cast<py::array_t<std::int64_t>>();
    const auto values = parts[2].cast<ComplexArray>();
    if (rows.ndim() != 1 || cols.ndim() != 1 || values.ndim() != 1 || rows.size() != cols.size() ||
        rows.size() != values.size())
        throw py::value_error("rows, columns and values of a sparse matrix differ in number");
    std::vector<Eigen::Triplet<Complex>> triplets;
    triplets.reserve(static_cast<std::size_t>(values.size()));
    for (py::ssize_t i = 0; i < values.size(); ++i) {
        if (rows.at(i) < 0 || rows.at(i) >= n || cols.at(i) < 0 || cols.at(i) >= n)
            throw py::value_error("a sparse matrix has an entry outside its dimension");
        triplets.emplace_back(rows.at(i), cols.at(i), values.at(i));
    }
    redfield::SparseMatrix out(n, n);
    out.setFromTriplets(triplets.begin(), triplets.end());
    return out;
}

/// Matrices, or (rows, columns, values) of sparse ones.
inline redfield::Operators to_operators(Index n, const py::list& operators) {
    redfield::Operators out;
    for (const py::handle& op : operators) {
        if (py::isinstance<py::tuple>(op)) {
            out.emplace_back(to_sparse(n, op));
        } else {
            out.emplace_back(to_matrix(op.cast<ComplexArray>()));
        }
    }
    return out;
}

inline std::vector<ComplexMatrix> to_matrices(const std::vector<ComplexArray>& arrays) {
    std::vector<ComplexMatrix> out;
    for (const ComplexArray& a : arrays) out.push_back(to_matrix(a));
    return out;
}

/// A density matrix, or a ket's.
inline ComplexMatrix to_density_matrix(const ComplexArray& state) {
    if (state.ndim() == 2) return to_matrix(state);
    const Eigen::Map<const Eigen::VectorXcd> psi(state.data(), state.size());
    return psi * psi.adjoint();
}

/// The same, packed.
inline RealMatrix to_packed(const ComplexArray& state) {
    if (state.ndim() == 1)
        return redfield::pack_ket(Eigen::Map<const Eigen::VectorXcd>(state.data(), state.shape(0)));
    return redfield::pack(to_matrix(state));
}

void bind_bath(py::module_& m);
void bind_system(py::module_& m);
void bind_generator(py::module_& m);
void bind_evolve(py::module_& m);
void bind_steady(py::module_& m);
void bind_batch(py::module_& m);
void bind_driven(py::module_& m);
void bind_time_convolutionless(py::module_& m);
void bind_floquet(py::module_& m);
void bind_kind(py::module_& m);
void bind_trajectories(py::module_& m);
void bind_hierarchy(py::module_& m);
void bind_fermionic_hierarchy(py::module_& m);
void bind_hierarchy_batch(py::module_& m);
void bind_hierarchy_gradient(py::module_& m);
void bind_gradient(py::module_& m);
void bind_gradient_batch(py::module_& m);

}  // namespace bindings
