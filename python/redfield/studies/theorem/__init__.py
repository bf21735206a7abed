"""The theorem on quadratic systems: Redfield = Davies for identical baths, whatever the level spacings.

Random h of the Gaussian unitary ensemble, whose bandwidth is 4 and whose level spacings vanish as 4/N; couplings
that are equal, or uniformly random; every distance is that of covariance matrices in operator norm, the largest
error of the occupation of any mode.
"""

from redfield.studies.study import SEED, Option, Study

STUDY = Study(
    __name__,
    "Redfield = Davies for identical baths, however close the levels; and how far both are from exact.",
    {
        "samples": Option("Disorder samples of each size.", int, ["parts.sizes.samples"]),
        "sizes": Option(
            "Numbers of sites N, e.g. 8,64,512.", int, ["parts.sizes.grid.size"], minimum=2, many=True
        ),
        "seed": SEED,
    },
)
