#pragma once

#include <string>
#include <utility>

#include "convert.hpp"

namespace bindings {

/// How to evolve.
struct Settings {
    redfield::Method method;
    double rtol, atol, max_bytes;
    int threads;
    redfield::Precision precision;

    redfield::EvolveOptions options() const {
        redfield::EvolveOptions o;
        o.method = method;
        o.rtol = rtol;
        o.atol = atol;
        o.threads = threads;
        o.max_bytes = max_bytes;
        o.precision = precision;
        return o;
    }
};

inline const std::pair<const char*, redfield::Method> methods[] = {
    {"auto", redfield::Method::automatic},    {"chebyshev", redfield::Method::chebyshev},
    {"dopri5", redfield::Method::dopri5},     {"exponential", redfield::Method::exponential},
    {"exact", redfield::Method::closed_form}, {"magnus", redfield::Method::magnus}};

inline redfield::Method to_method(const std::string& text) {
    for (const auto& [known, value] : methods)
        if (text == known) return value;
    throw py::value_error("unknown method \"" + text + "\"");
}

inline redfield::Precision to_precision(const std::string& dtype) {
    if (dtype == "float64") return redfield::Precision::full;
    if (dtype == "float32") return redfield::Precision::single;
    throw py::value_error("unknown dtype \"" + dtype + "\"");
}

inline py::dict to_dict(const redfield::EvolveStats& stats) {
    py::dict out;
    for (const auto& [text, value] : methods)
        if (value == stats.method) out["method"] = text;
    out["frame"] = stats.frame == redfield::Frame::given ? "given" : "eigenbasis";
    out["dtype"] = stats.precision == redfield::Precision::full ? "float64" : "float32";
    out["applications"] = stats.applications;
    out["steps"] = stats.steps;
    out["rejected"] = stats.rejected;
    out["seconds"] = stats.seconds;
    return out;
}

/// SteadyMethod or SpectrumMethod of its name.
template <class SolverMethod>
SolverMethod to_solver_method(const std::string& text) {
    if (text == "auto") return SolverMethod::automatic;
    if (text == "direct") return SolverMethod::direct;
    if (text == "iterative") return SolverMethod::iterative;
    throw py::value_error("unknown method \"" + text + "\"");
}

/// (M, N, N) of M matrices.
inline py::array_t<Complex> to_stack(const std::vector<ComplexMatrix>& matrices, Index n) {
    py::array_t<Complex> out({static_cast<py::ssize_t>(matrices.size()), n, n});
    using RowMajor = Eigen::Matrix<Complex, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    for (std::size_t i = 0; i < matrices.size(); ++i)
        Eigen::Map<RowMajor>(out.mutable_data() + static_cast<Index>(i) * n * n, n, n) = matrices[i];
    return out;
}

/// What Python would have caught.
inline py::object to_exception(const std::exception_ptr& error) {
    try {
        py::cpp_function([&error] { std::rethrow_exception(error); })();
    } catch (const py::error_already_set& caught) {
        return caught.value();
    }
    return py::none();
}

}  // namespace bindings
