"""Linear absorption and energy transfer of the Fenna–Matthews–Olson complex of C. tepidum, seven sites.

Site energies and couplings of Adolphs & Renger (doi:10.1529/biophysj.105.079483), directions of the dipoles of Hein,
Kreisbeck, Kramer & Rodríguez (doi:10.1088/1367-2630/14/2/023018), and on every site a Drude bath of reorganisation
energy 35 cm⁻¹ and memory 50 fs (Ishizaki & Fleming, doi:10.1073/pnas.0908989106). Energies are in cm⁻¹, relative to
12 210 cm⁻¹ above the ground state; times in fs. By Davies', by Redfield's equation, and by Redfield's with memory, from
the moment the light has come.
"""

from redfield.studies.study import Study

STUDY = Study(__name__, "Linear absorption of the FMO complex, and the way of its excitations to site 3.")
