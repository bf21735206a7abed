#include "convert.hpp"

PYBIND11_MODULE(_native, m) {
    m.doc() = "The compiled core of redfield.";
    bindings::bind_bath(m);
    bindings::bind_system(m);
    bindings::bind_generator(m);
    bindings::bind_evolve(m);
    bindings::bind_steady(m);
    bindings::bind_kind(m);
    bindings::bind_batch(m);
    bindings::bind_driven(m);
    bindings::bind_time_convolutionless(m);
    bindings::bind_floquet(m);
    bindings::bind_trajectories(m);
    bindings::bind_hierarchy(m);
    bindings::bind_fermionic_hierarchy(m);
    bindings::bind_hierarchy_batch(m);
    bindings::bind_hierarchy_gradient(m);
    bindings::bind_gradient(m);
    bindings::bind_gradient_batch(m);
}
