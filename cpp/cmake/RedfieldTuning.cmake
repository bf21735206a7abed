include_guard(DIRECTORY)
# REDFIELD_TUNING: private compile flags for this machine.
#
# The named x86-64 levels are used rather than -march=native: with GCC 12 the latter also sets a -mtune that
# keeps Eigen's products at 256 bits and cost 20-30 % of the product rate where it was measured
# (docs/performance.md).
set(REDFIELD_TUNING)
if(REDFIELD_ARCH STREQUAL "auto" AND NOT CMAKE_CROSSCOMPILING
   AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  set(probe "${CMAKE_CURRENT_BINARY_DIR}/redfield_level.cpp")
  file(WRITE "${probe}" [[
#include <cstdio>
int main() {
    __builtin_cpu_init();
    const bool v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    const bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi2");
    const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
    std::puts(v4 ? "x86-64-v4" : v3 ? "x86-64-v3" : v2 ? "x86-64-v2" : "x86-64");
}
]])
  try_run(ran compiled "${CMAKE_CURRENT_BINARY_DIR}/redfield_level" "${probe}"
          RUN_OUTPUT_VARIABLE level)
  if(compiled AND ran EQUAL 0)
    string(STRIP "${level}" level)
    set(REDFIELD_TUNING "-march=${level}")
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
