include_guard(DIRECTORY)
# REDFIELD_TUNING: private compile flags for this machine.
#
# The named x86-64 levels are used rather than -march=native: with GCC 12 the latter also sets a -mtune that
# keeps Eigen's products at 256 bits and cost 20-30 % of the product rate where it was measured
# (docs/performance.md).
set(REDFIELD_TUNING)
if(REDFIELD_ARCH STREQUAL "auto" AND NOT CMAKE_CROSSCOMPILING
   AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  try_run(level compiled "${CMAKE_CURRENT_BINARY_DIR}/redfield_level" "${CMAKE_CURRENT_LIST_DIR}/cpu_level.cpp")
  if(compiled AND level EQUAL 1)
    set(REDFIELD_TUNING "-march=x86-64")
  elseif(compiled AND level MATCHES "^[2-4]$")
    set(REDFIELD_TUNING "-march=x86-64-v${level}")
  endif()
elseif(NOT REDFIELD_ARCH MATCHES "^(auto|none)$")
  set(REDFIELD_TUNING "-march=${REDFIELD_ARCH}")
endif()
if(REDFIELD_TUNING)
  include(CheckCXXCompilerFlag)
  string(MAKE_C_IDENTIFIER "redfield_has${REDFIELD_TUNING}" has_flag)
  check_cxx_compiler_flag("${REDFIELD_TUNING}" ${has_flag})
  if(NOT ${has_flag})
    set(REDFIELD_TUNING)
  endif()
endif()
message(STATUS "redfield: tuned with '${REDFIELD_TUNING}'")
