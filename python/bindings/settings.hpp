#pragma once

#include <redfield/driven/evolve.hpp>
#include <string>

#include "convert.hpp"

namespace bindings {

/// The method of a family that has this name.
template <class Names>
auto to_method(const Names& names, const std::string& text) {
    for (const auto& [known, value] : names)
        if (text == known) return value;
    throw py::value_error("unknown method \"" + text + "\"");
}

/// Settings of an evolution, from which the options of each family of integrators are filled.
struct Settings {
    std::string method;
    double rtol, atol, max_bytes;
    int threads;
    redfield::Precision precision;

    template <class Options>
    Options as() const {
        Options options;
        fill(options);
        return options;
    }

  private:
    void fill(redfield::IntegrationOptions& o) const {
        o.rtol = rtol;
        o.atol = atol;
        o.threads = threads;
    }
    void fill(redfield::EvolveOptions& o) const {
        fill(static_cast<redfield::IntegrationOptions&>(o));
        o.method = to_method(redfield::method_names, method);
        o.max_bytes = max_bytes;
        o.precision = precision;
    }
    void fill(redfield::driven::Options& o) const {
        fill(static_cast<redfield::IntegrationOptions&>(o));
        o.method = to_method(redfield::driven::method_names, method);
        o.max_bytes = max_bytes;
    }
};

inline redfield::Precision to_precision(const std::string& dtype) {
    if (dtype == "float64") return redfield::Precision::full;
    if (dtype == "float32") return redfield::Precision::single;
    throw py::value_error("unknown dtype \"" + dtype + "\"");
}

inline py::dict to_dict(const redfield::EvolveStats& stats) {
    py::dict out;
    out["method"] = std::string(stats.method);
    out["frame"] = stats.frame == redfield::Frame::given ? "given" : "eigenbasis";
    out["dtype"] = stats.precision == redfield::Precision::full ? "float64" : "float32";
    out["applications"] = stats.applications;
    out["steps"] = stats.steps;
    out["rejected"] = stats.rejected;
    out["seconds"] = stats.seconds;
    if (!stats.blocks.empty()) out["blocks"] = stats.blocks;
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
