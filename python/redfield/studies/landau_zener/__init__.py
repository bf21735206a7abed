"""A level swept through another with a bath: Davies, Redfield at every moment, Redfield with memory, and exact.

H(t) = ½(v t σᶻ + g σˣ) from −E to E, coupled by σᶻ/2 to a damped mode; the exact solution is QuTiP's hierarchy of
equations of motion, whose bath is the damped mode with Matsubara terms, which share no code with this package.
"""

from redfield.studies.study import Study

STUDY = Study(
    __name__,
    "A level swept through another with a bath, against the exact solution (needs QuTiP).",
    needs=("qutip",),
)
