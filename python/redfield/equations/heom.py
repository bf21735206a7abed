"""The hierarchical equations of motion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from redfield._base.checks import as_choice, as_count
from redfield._base.checks.types import Positive
from redfield._base.records import record
from redfield.equations.base import Equation
from redfield.systems.base import P, R


@record
class HEOM(Equation[R, P]):
    r"""The exact dynamics of a system and its baths, as a hierarchy of auxiliary density operators.

    .. math:: \dot\rho_n = \Big(-i[H, \cdot] - \sum_k n_k\nu_k\Big)\rho_n - i\sum_k [A_k, \rho_{n+e_k}]
              - i\sum_k n_k\big(c_k A_k\rho_{n-e_k} - \tilde c_k\,\rho_{n-e_k}A_k\big), \quad
              C_k(t) = \sum_k c_k e^{-\nu_k t}

    of multi-indices n with Σ n_k ≤ depth, ρ = ρ_0 (Tanimura & Kubo, doi:10.1143/JPSJ.58.101; scaled as Shi et al.,
    doi:10.1063/1.3077918). Depth 1 is of second order in the coupling, with memory, depth 2 of fourth; none assumes
    that baths are weak, fast or secular. At the start baths are in equilibrium beside the system. Auxiliary operators
    are packed Hermitian matrices, applied without any matrix of the hierarchy; steady states, `spectrum` (of all
    auxiliary operators: modes are the part ρ_0) and `rf.spectrum` are solved by GMRES with the inverse of Redfield's
    equation as preconditioner. Where H and all couplings commute with more than the identity there are several steady
    states, and `steady_state(rho0)` is the one that rho0 leads to. `rf.correlation` has the memory of the baths, and
    `rf.analysis.heat_currents` takes the results of `evolve` and `steady_state`.

    Answers of a System of bosonic baths have gradients, without a terminator: `steady_state().gradient(O)`,
    `evolve(…).gradient(W)`, whose `bath_errors` tell how far the exponentials follow a bath's numbers.

    Of a DrivenSystem −i[H(t), ·] acts on every auxiliary operator, and A_k(t) in the place of A_k: what a bath has
    taken through the coupling of one time it gives back through that of another. `evolve` answers, by "dopri5", whose
    steps pass over no pulse. Members of a SystemBatch are solved one a thread, each to the depth that it settles at;
    those that differ in H alone share the indices of their auxiliary operators.

    Of a System on Fock space whose couplings exchange fermions with leads (`rf.particle_exchange`) it is the fermionic
    hierarchy (Jin, Zheng & Yan, doi:10.1063/1.2938087). An exponential k belongs to a^σ of a lead, a⁻ = a and a⁺ = a†,
    an auxiliary operator to a set n of m ≤ depth of them, and

    .. math:: \dot\rho_n = \Big(-i[H, \cdot] - \sum_{k \in n}\nu_k\Big)\rho_n
              - i\sum_{k \notin n}(-1)^{q_k}\big(a^{\bar\sigma}\rho_{n \cup k}
              - (-1)^m\rho_{n \cup k}a^{\bar\sigma}\big)
              - i\sum_{k \in n}(-1)^{q_k}\big(c_k a^\sigma\rho_{n \setminus k}
              + (-1)^m\tilde c_k\,\rho_{n \setminus k}a^\sigma\big), \quad
              C^\sigma(t) = \sum_k c_k e^{-\nu_k t}, \; C^{\bar\sigma}(t)^* = \sum_k \tilde c_k e^{-\nu_k t}

    q_k the elements of n after k, C⁻ = ⟨f(t)f†⟩ and C⁺ = ⟨f†(t)f⟩. Where H is quadratic occupations and currents are
    exact at depth 2, all of ρ at twice the number of orbitals. It answers `evolve`, `steady_state` and, of their
    results, `rf.analysis.particle_currents` and the heat.

    Parameters
    ----------
    system : System, SystemBatch or DrivenSystem of Hermitian couplings whose baths have a correlation function; or a
        System of fermions between leads, with an even H and couplings that are odd: the basis has states of either
        parity, or `number` of the system tells it.
    depth : of the hierarchy, at least 1; "auto" climbs until two depths agree within `tol`, and leaves auxiliary
        operators out that are expected to move the state by less than a thousandth of it each: of size
        x = Π_k x_k^{n_k}/√n_k!, x_k = √|c_k| (a_max − a_min)/|ν_k|, by about x². Fewer of them are left out then until
        that moves the state by no more than tol; the error told is the sum of both and of what the fits change.
    tol : trace norm by which the depth may change a state; the part of ∫|C|dt that a bath's sum of exponentials may
        miss.
    terminator : what a shorter sum leaves of C acts at once, as −[A, dAρ − d*ρA], d = ∫(C − Σ c e^{−νt})dt (Ishizaki &
        Tanimura, doi:10.1143/JPSJ.74.3131): fewer exponentials at the same tol, which bounds what that misses instead,
        ∫|C − Σ| min(2, vt)dt of ∫|C|dt, v how fast H and the bath move the state, and where the state starts beside its
        bath (a_max − a_min)²∫|C − Σ|t dt. `stats["fit_error"]` is the sum. Without it only terms of a sum within tol
        act at once, those that are over before the state moves by a tenth of tol.
    max_bytes : what a hierarchy and its solver may take, of a batch all that are solved at once; default the memory the
        machine has free.

    Raises
    ------
    TypeError
        A coupling is not Hermitian, of a driven system at some t; the baths are correlated; a terminator is asked for
        couplings that change.
    ValueError
        Leads and bosonic baths are mixed, a lead has one of a and a† alone, or is of bosons; operators of leads do not
        anticommute, H or a coupling has no parity, or a start joins even states to odd ones. A bath has no correlation
        function or no sum of exponentials within tol; no depth within the memory settles.
    MemoryError
        The hierarchy needs more than max_bytes; the message says which depth fits.

    Examples
    --------
    Pure dephasing, whose exact solution is exp(−Q(t)) with Q = 4∫dt'(t − t') Re C(t'):

    >>> import numpy as np, redfield as rf
    >>> z, bath = np.diag([0.5, -0.5]), rf.LorentzianBath(strength=0.2, width=1.0, centre=1.0)
    >>> result = rf.HEOM(rf.System(z, [z], bath), tol=1e-6).evolve(np.full(2, 0.5**0.5), [0.0, 3.0])
    >>> t = np.linspace(0, 3, 3001)
    >>> q = np.trapezoid((3 - t) * bath.correlation(t).real, t)
    >>> bool(abs(abs(result.final_state[0, 1]) - 0.5 * np.exp(-q)) < 1e-5)
    True

    Heat between two baths, and the slowest decay:

    >>> x, baths = np.array([[0, 1], [1, 0]]), [rf.LorentzianBath(0.05, width=1.0, centre=c) for c in (0.0, 1.0)]
    >>> heom = rf.HEOM(rf.System(z, [x, x], baths))
    >>> into, out = rf.analysis.heat_currents(heom.steady_state(), heom)
    >>> bool(into > 1e-3 and abs(into + out) < 1e-9), bool(0.05 < heom.spectrum(3).gap < 0.2)
    (True, True)

    A π pulse in the middle of 4 time units undoes most of what slow noise has done:

    >>> noise = rf.LorentzianBath(0.1, width=0.1)
    >>> pulse = lambda t: np.pi / 2 * np.exp(-0.5 * ((t - 2.0) / 0.01) ** 2) / (0.01 * np.sqrt(2 * np.pi))
    >>> drives = [0 * z], [0 * z, (x, pulse)]
    >>> left = [
    ...     abs(rf.HEOM(rf.DrivenSystem(h, [2 * z], noise)).evolve(np.full(2, 0.5**0.5), [0.0, 4.0]).final_state[0, 1])
    ...     for h in drives
    ... ]
    >>> np.round(left, 3)
    array([0.434, 0.495])

    The current through a level between two leads, ∫dω/2π D²|G|²(f_L − f_R) by Landauer:

    >>> (a,) = rf.operators.fermions(1)
    >>> leads = [rf.ParticleBath(lambda w: 0.4 / (4.0 + w**2), beta=2.0, mu=mu) for mu in (0.5, -0.5)]
    >>> dot = rf.HEOM(rf.System(0.3 * a.T @ a, *rf.particle_exchange([a, a], leads)), depth=2, tol=1e-5)
    >>> w = np.linspace(-100, 100, 200001)
    >>> d, f = leads[0].density_of_states(w), [x.occupation(w) for x in leads]
    >>> landauer = np.trapezoid(np.abs(d / (w - 0.3 - 0.2 / (w + 2j))) ** 2 * (f[0] - f[1]), w) / (2 * np.pi)
    >>> bool(np.allclose(rf.analysis.particle_currents(dot.steady_state(), dot), [landauer, -landauer], atol=1e-6))
    True
    """

    depth: int | str = field(default="auto", kw_only=True)
    tol: Positive = field(default=1e-4, kw_only=True)
    terminator: bool = field(default=False, kw_only=True)
    max_bytes: float | None = field(default=None, kw_only=True)

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "": ("tanimura1989", "shi2009", "nakatsukasa2018"),
        "exchange": ("jin2008",),
        "terminator": ("ishizaki2005",),
    }

    def _complete(self) -> None:
        if isinstance(self.depth, str):
            as_choice("depth", self.depth, ("auto",))
        else:
            self.depth = as_count("depth", self.depth)
        super()._complete()

    @property
    def remembers(self) -> bool:
        """Whether the state alone does not tell how it changes: the auxiliary operators remember."""
        return True
