#pragma once

#include "redfield/ensemble/ensemble.hpp"
#include "redfield/evolve/distance.hpp"
#include "redfield/evolve/evolve.hpp"
#include "redfield/evolve/recorder.hpp"
#include "redfield/generator/davies.hpp"
#include "redfield/generator/redfield.hpp"
#include "redfield/linalg/build_info.hpp"
#include "redfield/linalg/errors.hpp"
#include "redfield/linalg/hermitian.hpp"
#include "redfield/system/bohr.hpp"
#include "redfield/system/system.hpp"
