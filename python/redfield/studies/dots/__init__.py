"""A double quantum dot with spin between two leads with finite bands: QmeQ's test model, beside its published values.

H = Σ_σ [e₁n₁σ + e₂n₂σ + Ω(a₁σ†a₂σ + h.c.)] + UΣ_i n_i↑n_i↓ + U'n₁n₂, each lead to both dots (G. Kiršanskas et al.,
doi:10.1016/j.cpc.2017.07.024; values of qmeq/tests/data_builder.py, github.com/gedaskir/qmeq). Over the bias: currents
of particles and energy of the left lead, a spin, and the Fano factor of its particles.
"""

from redfield.studies.study import Study

STUDY = Study(
    __name__,
    "A double quantum dot with spin between two leads: currents beside those that QmeQ publishes, and noise.",
)
