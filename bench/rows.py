"""The lines of the tables: which figure of which benchmark stands for what, and beside which peer and floor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A line: what is measured, the benchmark, its figure, the peer with its figure, the floor's figure or words."""

    what: str
    test: str
    figure: str
    peer: tuple[str, str] | None = None
    floor: str = ""
    also: tuple[str, ...] = ()


def of_ising(n: int) -> Row:
    return Row(
        f"Ising chain, n = {n}", f"test_ising_chain_beside_mesolve[{n}]", "times_faster", ("QuTiP", "peer_seconds"),
        "floor_seconds", ("seconds",),
    )  # fmt: skip


FASTER = "times_faster"
QUTIP = ("QuTiP", "qutip_ms")
FAMILIES = (
    "driven cavity, N = 60", "driven cavity, N = 120", "driven cavity, N = 200", "transmon and resonator, N = 120",
    "optomechanics, N = 90", "collective spin, N = 60", "six spins, H = 0",
)  # fmt: skip
PEER = ("QuTiP", "peer_seconds")
DYNAMIQS = ("dynamiqs", "peer_seconds")
PEER_ERROR = ("seconds", "error")

GROUPS: dict[str, tuple[Row, ...]] = {
    "Redfield's equation": (
        Row("`apply` from Python, N = 216, real V and Γ, over four NumPy complex products",
            "test_apply_216[real-8-0.5]", "ratio_to_four_complex_products", None, "eight real products: .50"),
        Row("the same, complex V", "test_apply_216[complex-11-0.7]", "ratio_to_four_complex_products", None,
            "eleven: .69"),
        Row("the same inside an evolution, real V", "test_apply_216[real-8-0.5]", "ratio_inside_evolve"),
        Row("inside an evolution, complex V", "test_apply_216[complex-11-0.7]", "ratio_inside_evolve"),
        *(Row(f"rate of applications within an evolution over NumPy's real product, N = {n}, {kind} V",
              f"test_rate_of_applications[{n}-{kind}]", "over_numpy_product", None, "1", ("gflops",))
          for n in (64, 216, 512, 1000) for kind in ("real", "complex")),
        Row("two threads over one, N = 512", "test_two_threads_one_system", "speedup", None, "2"),
        Row("two threads over one, 64 systems of N = 64", "test_two_threads_ensemble", "speedup", None, "2"),
        Row("applications for t = 100, N = 64, SYK2", "test_applications[syk2 64]", "applications", None, "floor"),
        Row("the same, Anderson W = 2", "test_applications[anderson 64 W=2]", "applications", None, "floor"),
        Row("the same, Anderson W = 20", "test_applications[anderson 64 W=20]", "applications", None, "floor"),
        Row("N = 8: System and Redfield", "test_small_system_from_python", "build_ms"),
        Row("N = 8: t = 100, 41 outputs", "test_small_system_from_python", "evolve_ms"),
        Row("N = 16, t = 100: 401 outputs over one", "test_many_outputs", "output_over_two", None, "1", ("many_ms",)),
        Row("N = 8, set-up included", "test_against_qutip[2-150.0]", FASTER, QUTIP, "", ("ours_ms", "our_error")),
        Row("N = 27, set-up included", "test_against_qutip[3-1000.0]", FASTER, QUTIP, "", ("ours_ms", "our_error")),
        Row("N = 27 against pure NumPy", "test_against_pure_numpy[3-3.0]", FASTER),
        Row("N = 216 against pure NumPy", "test_against_pure_numpy[6-1.5]", FASTER),
        Row("N = 1000, five states kept", "test_memory_of_a_thousand_levels", "peak_gigabytes"),
        Row("tensor in the eigenbasis, N = 27, 27 couplings", "test_full_tensor_27", FASTER, QUTIP, "",
            ("milliseconds",)),
        Row("`redfield.qutip.brmesolve`, N = 27, 41 states", "test_qutip_layer_27", FASTER, QUTIP, "",
            ("milliseconds",)),
        Row("steady state, N = 1000, Lamb shift on, shown to be the only one",
            "test_steady_state_of_a_thousand_levels", "seconds", None, "", ("peak_gigabytes",)),
    ),
    "Interacting spins": (
        Row("D = 256, 8 couplings: an application's rate over NumPy's real product",
            "test_apply_at_the_rate_of_products[8]", "over_numpy_product", None, "1", ("milliseconds",)),
        Row("D = 1024, 10 couplings", "test_apply_at_the_rate_of_products[10]", "over_numpy_product", None, "1",
            ("milliseconds",)),
        Row("dissipators cut off at the next site, D = 512, over the whole", "test_truncated_dissipators_pay_off",
            FASTER),
    ),
    "Quadratic systems": (
        Row("N = 1000: theorem's check, steady state, 100 times", "test_a_thousand_sites", "seconds", None, "",
            ("peak_gigabytes",)),
        Row("exponent of the cost, N = 100 … 1000", "test_the_cost_grows_as_n_cubed", "exponent", None, "3"),
        Row("one stored covariance over its two complex products", "test_an_output_is_two_products",
            "output_over_two_products", None, "1"),
    ),
    "Sparse and large": (
        Row("cavities, D = 81, building included, at no larger an error", "test_cavities_against_mesolve[4-3.0]",
            "over_mesolve", ("QuTiP", ""), "", ("milliseconds", "error")),
        Row("cavities, D = 729", "test_cavities_against_mesolve[6-10.0]", "over_mesolve", ("QuTiP", ""), "",
            ("milliseconds", "error")),
        *(Row(f"an application, one thread, D = {3**m}", f"test_an_action_and_its_floors[{m}]", "milliseconds")
          for m in (4, 5, 6, 7)),
        Row("D = 6561: an application, two threads", "test_eight_cavities", "seconds_an_action", None, "",
            ("gigabytes",)),
        Row("trajectories of the guide's example, both cores", "test_against_mcsolve[guide]", "over_mcsolve",
            ("QuTiP", ""), "", ("milliseconds",)),
        Row("trajectories, D = 729", "test_against_mcsolve[six_cavities]", "over_mcsolve", ("QuTiP", ""), "",
            ("milliseconds",)),
        Row("driven trajectories: a cavity, N = 20", "test_driven_against_mcsolve[driven_cavity]", "over_mcsolve",
            ("QuTiP", ""), "", ("milliseconds",)),
        Row("driven trajectories: a qubit", "test_driven_against_mcsolve[driven_qubit]", "over_mcsolve",
            ("QuTiP", ""), "", ("milliseconds",)),
        Row("Davies, N = 1000, a thousand trajectories of nine jumps", "test_davies_of_a_thousand_levels", "seconds"),
        Row("Anderson, N = 1000, clusters of 5 % of the sites, over the dense kernel",
            "test_anderson_one_bath_a_site", "over_dense", None, "", ("milliseconds",)),
        Row("Ising, D = 512, clusters of 32 levels, over the dense kernel", "test_ising_chain", "over_dense"),
    ),
    "Single over double precision": (
        *(Row(f"N = 216, {kind}", f"test_evolution[{kind}]", "over_double", None, "2", ("milliseconds", "error"))
          for kind in ("chaotic", "lattice", "Lamb shift")),
        Row("a batch of four", "test_batch", "over_double", None, "2", ("milliseconds", "error")),
        Row("sparse, D = 729", "test_sparse_lindblad", "over_double", None, "2", ("milliseconds", "error")),
        Row("memory that an evolution of N = 600 adds", "test_memory", "over", None, "2"),
    ),
    "Steady states": (
        *(Row(f"{family}", f"test_direct_of_qutip[{family}]", "ratio", QUTIP, "", ("ours_ms",)) for family in FAMILIES),
    ),
    "Gradients by all of H, couplings and baths": (
        *(Row(f"of a steady expectation value, N = {n}, over the answer", f"test_of_a_steady_state[{n}]",
              "ratio_to_answer", None, "", ("gradient_s",)) for n in (27, 216)),
        *(Row(f"of outputs of an evolution, N = {n}, over the answer", f"test_of_an_evolution[{n}]",
              "ratio_to_answer", None, "", ("gradient_s",)) for n in (27, 216)),
        *(Row(f"of a steady expectation value, N = {n}, not the first", f"test_of_a_few_levels[{n}]",
              "ratio_to_answer", None, "", ("further_gradient_s",)) for n in (2,)),
    ),
    "Hierarchies": (
        *(Row(f"FMO, seven sites, 1 ps, depth {depth}, at no larger an error", f"test_a_picosecond_of_fmo[{depth}]",
              "ratio", QUTIP, "", ("ours_ms",)) for depth in (2, 3, 4, 5)),
        *(Row(f"its steady state, shown to be the only one, depth {depth}", f"test_steady_state_of_fmo[{depth}]",
              "ratio", QUTIP, "", ("ours_ms",)) for depth in (2, 3)),
        *(Row(f"three levels between two Ohmic baths, tol {tol:g}",
              f"test_three_levels_between_two_ohmic_baths[{tol}]", "seconds") for tol in (0.01, 0.001)),
        Row("1.18·10⁶ auxiliary operators of seven levels: an application, floor a copy of the vector",
            "test_a_million_auxiliary_operators", "seconds", None, "floor_seconds"),
        Row("two threads over one", "test_two_threads", "ratio", None, "2"),
    ),
    "Batches and sweeps": (
        Row("10⁴ members of four levels, a steady state each, one thread", "test_batches", "steady_us"),
        Row("41 outputs each, one thread", "test_batches", "evolve_us"),
        Row("two threads over one", "test_batches", "evolve_two_threads", None, "2"),
        Row("both in a loop of QuTiP", "test_batch_against_qutip_in_a_loop", FASTER, ("QuTiP", "qutip_us"), "",
            ("ours_us",)),
        *(Row(f"a task, {name}, without a store", f"test_a_task[{name}]", "memory_ms", None, "", ("stored_ms",))
          for name in ("serial", "threads", "processes", "dask")),
    ),
    "Published by others": (
        *(of_ising(n) for n in (2, 3, 4, 5, 6, 7)),
        *(Row(f"Ising chain, n = {n}", f"test_ising_chain_beside_dynamiqs[{n}]", FASTER, DYNAMIQS, "floor_seconds",
              ("seconds",)) for n in (2, 4, 6)),
        Row("driven nonlinear oscillator, N = 50", "test_oscillator_beside[qutip]", FASTER, PEER, "",
            ("seconds",)),
        Row("driven nonlinear oscillator, N = 50", "test_oscillator_beside[dynamiqs]", FASTER, DYNAMIQS, "",
            ("seconds",)),
        Row("100 trajectories of it, all cores", "test_oscillator_by_trajectories", FASTER, PEER, "", ("seconds",)),
        Row("8 cavities, D = 6561, t = 1 alone, two threads", "test_one_photon_in_eight_cavities", "seconds", None,
            "", ("peak_gigabytes",)),
        Row("4 cavities, D = 81", "test_one_photon_in_cavities[4]", FASTER, PEER, "", PEER_ERROR),
        Row("6 cavities, D = 729", "test_one_photon_in_cavities[6]", FASTER, PEER, "", PEER_ERROR),
        Row("Bloch–Redfield, oscillator of 20 levels, no cutoff", "test_bloch_redfield_oscillator[20]", FASTER,
            PEER, "", ("seconds",)),
        Row("the same, 40 levels", "test_bloch_redfield_oscillator[40]", FASTER, PEER, "", ("seconds",)),
        Row("the same, 40 levels, QuTiP's default cutoff", "test_bloch_redfield_oscillator[40 with a cutoff]",
            FASTER, PEER, "", ("seconds",)),
        Row("the same, 111 levels, no cutoff", "test_bloch_redfield_of_111_levels", "seconds",
            ("QuTiP, extrapolated", "peer_seconds_extrapolated"), "", ("peak_gigabytes",)),
        Row("annealing of three qubits", "test_annealing_beside_brmesolve[3]", FASTER, PEER, "",
            ("seconds",)),
        Row("annealing of four qubits, a stretch", "test_annealing_beside_brmesolve[4]", FASTER, PEER, "",
            ("seconds",)),
        Row("annealing of eight qubits, D = 256: a stage", "test_annealing_of_eight_qubits", "stage_ms",
            None, "floor_ms"),
        Row("annealing of ten qubits, D = 1024: a stage, two threads", "test_annealing_of_ten_qubits",
            "seconds_a_stage", None, "floor_seconds_a_stage"),
    ),
}  # fmt: skip

LEVELS = (
    "Redfield's equation",
    "Interacting spins",
)

README: tuple[Row, ...] = (
    Row("N = 8, t = 100, 41 outputs, set-up included", "test_against_qutip[2-150.0]", "ours_ms", QUTIP, "",
        ("our_error",)),
    Row("N = 27, the same", "test_against_qutip[3-1000.0]", "ours_ms", QUTIP, "", ("our_error",)),
    Row("`redfield.qutip.brmesolve` by a changed import, N = 27", "test_qutip_layer_27", "milliseconds", QUTIP),
    Row("tensor in the eigenbasis, N = 27, 27 couplings", "test_full_tensor_27", "milliseconds", QUTIP),
    Row("dissipative Ising chain, seven spins, σᶻ at 100 times", "test_ising_chain_beside_mesolve[7]", "seconds", PEER),
    Row("driven nonlinear oscillator, N = 50, the same", "test_oscillator_beside[qutip]", "seconds", PEER),
    Row("N = 1000: steady state, Lamb shift on, shown to be the only one", "test_steady_state_of_a_thousand_levels",
        "seconds", None, "tensor: 16 TB", ("peak_gigabytes",)),
    Row("a thousand free fermions: steady state and 100 times", "test_a_thousand_sites", "seconds", None,
        "2¹⁰⁰⁰ levels", ("peak_gigabytes",)),
)  # fmt: skip

# Tables of single pages, with the peer's figures as README has them.
PAGES: dict[str, tuple[Row, ...]] = {
    "driven": (
        Row(
            "N = 2, driven at resonance for 20 periods",
            "test_driven_against_qutip[2]",
            "ms",
            QUTIP,
            "",
            ("error",),
        ),
        Row(
            "N = 10, two couplings, t = 20", "test_driven_against_qutip[10]", "ms", QUTIP, "", ("error",)
        ),
        Row("N = 27, t = 1", "test_driven_against_qutip[27]", "ms", QUTIP, "", ("error",)),
    ),
    "correlations": (
        Row(
            "N = 27, two couplings, ⟨a(τ)b⟩ at 101 delays, one thread",
            "test_correlation_against_qutip",
            "ours_ms",
            ("QuTiP", "qutip_s"),
        ),
        Row(
            "N = 27, spectrum at 500 frequencies, one thread",
            "test_spectrum_against_a_dense_resolvent",
            "ours_s",
            ("QuTiP", "qutip_s_of_few"),
        ),
        Row("N = 64, 64 couplings, 500 frequencies", "test_spectrum_of_many_levels[64]", "seconds"),
        Row(
            "N = 216, 216 couplings, 500 frequencies",
            "test_spectrum_of_many_levels[216]",
            "seconds",
            None,
            "floor_s",
        ),
        Row(
            "Jaynes–Cummings model, N = 120, `c_ops` alone in QuTiP's words, ⟨a†(τ)a⟩ at 200 delays",
            "test_drop_in_correlations_of_collapse_operators[60-0.0]",
            "ours_s",
            ("QuTiP", ""),
        ),
        Row(
            "the same with a drive, so that nothing is conserved",
            "test_drop_in_correlations_of_collapse_operators[60-0.08]",
            "ours_s",
            ("QuTiP", ""),
        ),
        Row(
            "driven cavity in the laboratory frame, N = 20, at five t",
            "test_driven_correlation_against_qutip",
            "ours_s",
            ("QuTiP", ""),
        ),
    ),
    "floquet": (
        *(
            Row(f"400 periods, {n} outputs", f"test_floquet_against_qutip[{n}]", "ms", QUTIP)
            for n in (41, 501, 2001)
        ),
        Row("N = 200: modes and harmonics", "test_floquet_of_200_levels", "system_s"),
        Row("Davies' equation of it and its periodic state", "test_floquet_of_200_levels", "davies_s"),
    ),
}

GROWTH = {
    "applications": ("one application", "N", "eight real products"),
    "evolutions": ("to t = 10", "N", "(E_max − E_min)t applications"),
    "steady_states": ("steady state", "N", "the applications that it takes"),
    "sparse": ("sparse application", "D", "16 D² bytes in and out, or the non-zeros' flops"),
    "quadratic": ("quadratic steady state", "N", "eigenvectors of one complex matrix"),
    "couplings": ("application with K couplings, N = 128", "K", "2K + 3 real products"),
    "baths": ("building with B baths, N = 64, 100 couplings", "B", "400 products, whatever B"),
    "batches": ("batch of S systems", "S", "LAPACK's solution of 16 equations each"),
    "trajectories": ("n trajectories, D = 81", "n", "proportional"),
    "threads": ("threads, eight tasks of 0.1 s each", "", "0.1 s a task"),
    "processes": ("processes", "", "the same"),
    "dask": ("threads of a dask worker", "", "the same"),
}
"""The curves of bench/growth.py: what each measures, the letter of its size, and its floor."""
