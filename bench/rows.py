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
        Row("complex V", "test_apply_216[complex-11-0.7]", "ratio_inside_evolve"),
        Row("two threads over one, N = 512", "test_two_threads_one_system", "speedup", None, "2"),
        Row("two threads over one, 64 systems of N = 64", "test_two_threads_ensemble", "speedup", None, "2"),
        Row("applications for t = 100, N = 64, SYK2", "test_applications[syk2 64]", "applications", None, "floor"),
        Row("Anderson W = 2", "test_applications[anderson 64 W=2]", "applications", None, "floor"),
        Row("Anderson W = 20", "test_applications[anderson 64 W=20]", "applications", None, "floor"),
        Row("N = 8: System and Redfield", "test_small_system_from_python", "build_ms"),
        Row("N = 8: t = 100, 41 outputs", "test_small_system_from_python", "evolve_ms"),
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
    "Published by others": (
        *(of_ising(n) for n in (2, 3, 4, 5, 6, 7)),
        *(Row(f"Ising chain, n = {n}", f"test_ising_chain_beside_dynamiqs[{n}]", FASTER, DYNAMIQS, "floor_seconds",
              ("seconds",)) for n in (2, 4, 6)),
        Row("driven nonlinear oscillator, N = 50", "test_oscillator_beside[qutip]", FASTER, PEER, "",
            ("seconds",)),
        Row("the same", "test_oscillator_beside[dynamiqs]", FASTER, DYNAMIQS, "", ("seconds",)),
        Row("100 trajectories of it, all cores", "test_oscillator_by_trajectories", FASTER, PEER, "", ("seconds",)),
        Row("4 cavities, D = 81", "test_one_photon_in_cavities[4]", FASTER, PEER, "", PEER_ERROR),
        Row("6 cavities, D = 729", "test_one_photon_in_cavities[6]", FASTER, PEER, "", PEER_ERROR),
        Row("Bloch–Redfield, oscillator of 20 levels, no cutoff", "test_bloch_redfield_oscillator[20]", FASTER,
            PEER, "", ("seconds",)),
        Row("40 levels", "test_bloch_redfield_oscillator[40]", FASTER, PEER, "", ("seconds",)),
        Row("40 levels, QuTiP's default cutoff", "test_bloch_redfield_oscillator[40 with a cutoff]", FASTER, PEER, "",
            ("seconds",)),
        Row("111 levels", "test_bloch_redfield_of_111_levels", "seconds",
            ("QuTiP, extrapolated", "peer_seconds_extrapolated"), "", ("peak_gigabytes",)),
        Row("annealing of three qubits", "test_annealing_beside_brmesolve[3]", FASTER, PEER, "",
            ("seconds",)),
        Row("annealing of four qubits, a stretch", "test_annealing_beside_brmesolve[4]", FASTER, PEER, "",
            ("seconds",)),
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
}
