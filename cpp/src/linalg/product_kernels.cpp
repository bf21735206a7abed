#include "linalg/product_kernels.hpp"

#ifdef REDFIELD_KERNELS
REDFIELD_KERNELS(template, float)
REDFIELD_KERNELS(template, double)
REDFIELD_KERNELS(template, redfield::Complex)
REDFIELD_CONJUGATING_KERNELS(template, redfield::Complex)
#endif
