#include "interrupt.hpp"

namespace bindings {

namespace {

using redfield::Davies;
using redfield::Generator;
using redfield::LambdaGenerator;
using redfield::SparseMatrix;

std::vector<SparseMatrix> all_sparse(Index n, const std::vector<py::object>& triplets) {
    std::vector<SparseMatrix> out;
    for (const py::object& each : triplets) out.push_back(to_sparse(n, each));
    return out;
}

/// The generator of a form, both made without the GIL.
template <class MakeForm>
std::shared_ptr<LambdaGenerator> made(const MakeForm& form) {
    return interruptible([&] { return std::make_shared<LambdaGenerator>(form()); });
}

/// A NumPy array that owns `data`, without a copy.
template <class T>
py::array_t<T> adopt(std::vector<T>&& data) {
    auto* owner = new std::vector<T>(std::move(data));
    const py::capsule release(owner, [](void* p) { delete static_cast<std::vector<T>*>(p); });
    return py::array_t<T>(static_cast<py::ssize_t>(owner->size()), owner->data(), release);
}

py::tuple to_csr(redfield::CsrMatrix&& m) {
    return py::make_tuple(adopt(std::move(m.value)), adopt(std::move(m.column)),
                          adopt(std::move(m.row_start)), m.rows);
}

py::tuple liouvillian(const Generator& self, bool eigenbasis, double threshold, double max_bytes,
                      int threads) {
    redfield::AssemblyOptions options;
    options.threshold = threshold;
    options.max_bytes = max_bytes;
    options.threads = threads;
    return to_csr(interruptible([&] {
        return eigenbasis ? self.liouvillian_in_eigenbasis(options) : self.liouvillian(options);
    }));
}

/// K of the loss terms −Kρ − ρK† in the eigenbasis. None where the generator does not know it.
py::object decay(const Generator& self) {
    const ComplexMatrix k = interruptible([&] { return self.decay(); });
    return k.size() == 0 ? py::none() : py::object(to_array(k));
}

/// 𝓛X + i[H, X] in the basis H was given in.
ComplexMatrix dissipated(const Generator& generator, const ComplexMatrix& x, int threads) {
    const auto ws = generator.lease(threads);
    const auto& eigensystem = generator.eigensystem();
    redfield::Split parts = redfield::split(x);
    for (RealMatrix* part : {&parts.hermitian, &parts.antihermitian}) {
        if (part->size() == 0) continue;
        RealMatrix change(part->rows(), part->cols());
        generator.dissipate(eigensystem.to_eigenbasis(*part, ws->threads()), change, *ws);
        *part = eigensystem.from_eigenbasis(change, ws->threads());
    }
    ComplexMatrix out(x.rows(), x.cols());
    redfield::join(parts.hermitian, parts.antihermitian, out.data());
    return out;
}

}  // namespace

void bind_generator(py::module_& m) {
    py::class_<Generator, std::shared_ptr<Generator>>(m, "Generator")
        .def_property_readonly("dimension", &Generator::dimension)
        .def(
            "dissipate",
            [](const Generator& self, const ComplexArray& given, int threads) {
                if (given.ndim() != 2 || given.shape(0) != self.dimension() ||
                    given.shape(1) != self.dimension())
                    throw py::value_error("dissipate: rho does not have the system's dimension");
                const ComplexMatrix x = to_matrix(given);
                return to_array(interruptible([&] { return dissipated(self, x, threads); }));
            },
            py::arg("rho"), py::arg("threads") = 0, "𝓛ρ + i[H, ρ] without the rounding of i[H, ρ].")
        .def(
            "apply",
            [](const Generator& self, const ComplexArray& rho, int threads) {
                const Index n = self.dimension();
                if (rho.ndim() != 2 || rho.shape(0) != n || rho.shape(1) != n)
                    throw py::value_error("apply: rho does not have the system's dimension");
                py::array_t<Complex> out({n, n});
                const Complex* x = rho.data();
                Complex* result = out.mutable_data();
                {
                    py::gil_scoped_release release;
                    self.apply_row_major(x, result, threads);
                }
                return out;
            },
            py::arg("rho"), py::arg("threads") = 0)
        .def_property_readonly("bounds",
                               [](const Generator& self) {
                                   const redfield::SpectralBounds bounds = self.bounds();
                                   return py::make_tuple(bounds.half_height, bounds.decay);
                               })
        .def("liouvillian", &liouvillian, py::arg("eigenbasis"), py::arg("threshold"),
             py::arg("max_bytes"), py::arg("threads") = 0)
        .def("decay", &decay)
        .def_property_readonly(
            "in_eigenbasis",
            [](const Generator& self) { return self.frame() == redfield::Frame::eigenbasis; })
        .def(
            "adjoint",
            [](const Generator& self, double max_bytes) {
                return std::const_pointer_cast<Generator>(
                    interruptible([&] { return self.adjoint(max_bytes); }));
            },
            py::arg("max_bytes"), "𝓛† as a generator of transposed operators.");

    py::class_<LambdaGenerator, Generator, std::shared_ptr<LambdaGenerator>>(
        m, "LambdaGenerator", "Gρ + ρG† + Σ_j (Λ_jρB_j† + h.c.), applied by products.")
        .def_static(
            "given_lambdas",
            [](const redfield::System& system, const std::vector<py::object>& lambdas) {
                const std::vector<SparseMatrix> matrices = all_sparse(system.dimension(), lambdas);
                return made([&] { return redfield::given_lambdas(system, matrices); });
            },
            py::arg("system"), py::arg("lambdas"),
            "Redfield's equation with sparse Λ in the basis H was given in.")
        .def_static(
            "lindblad",
            [](Index n, const py::tuple& hamiltonian, const std::vector<py::object>& jumps) {
                const SparseMatrix h = to_sparse(n, hamiltonian);
                const std::vector<SparseMatrix> matrices = all_sparse(n, jumps);
                return made([&] { return redfield::lindblad(h, matrices); });
            },
            py::arg("dimension"), py::arg("hamiltonian"), py::arg("jumps"))
        .def_static(
            "sparse_form",
            [](Index n, const py::tuple& hamiltonian, const py::tuple& decay,
               const std::vector<std::pair<py::object, py::object>>& terms, const py::list& factors) {
                const SparseMatrix h = to_sparse(n, hamiltonian), k = to_sparse(n, decay);
                std::vector<redfield::LambdaTerm> pairs;
                for (const auto& [lambda, b] : terms)
                    pairs.push_back({to_sparse(n, lambda), to_sparse(n, b)});
                std::vector<redfield::SiteFactor> sites;
                for (const py::handle& factor : factors) {
                    const auto parts = factor.cast<py::tuple>();
                    const auto support = parts[1].cast<py::array_t<std::int32_t>>();
                    sites.push_back(
                        {parts[0].cast<Index>(),
                         std::vector<std::int32_t>(support.data(), support.data() + support.size()),
                         to_matrix(parts[2].cast<ComplexArray>()),
                         to_matrix(parts[3].cast<ComplexArray>())});
                }
                return made(
                    [&] { return redfield::sparse_form(h, k, std::move(pairs), std::move(sites)); });
            },
            py::arg("dimension"), py::arg("hamiltonian"), py::arg("decay"), py::arg("terms"),
            py::arg("factors"), "Terms (Λ, B), and (site, support, left, right) of site projectors.");

    py::class_<Davies, Generator, std::shared_ptr<Davies>>(m, "Davies")
        .def_property_readonly("degenerate", &Davies::degenerate)
        .def_property_readonly("merged_gap", &Davies::merged_gap)
        .def_property_readonly("rates",
                               [](const Davies& self) { return to_array(self.rates().population); })
        .def_property_readonly("coherence_rates", [](const Davies& self) {
            ComplexMatrix kappa(self.dimension(), self.dimension());
            kappa.real() = self.rates().coherence_re;
            kappa.imag() = self.rates().coherence_im;
            return to_array(kappa);
        });

    py::class_<redfield::Pairwise, Generator, std::shared_ptr<redfield::Pairwise>>(m, "Pairwise")
        .def_property_readonly("non_zeros", &redfield::Pairwise::non_zeros);
}

}  // namespace bindings
