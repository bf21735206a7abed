# The extension _core: core and bindings compiled once for each x86-64 level, all in one file, of which
# dispatch.c starts the best that the CPU has.
#
# Each level is joined to one relocatable object whose only global symbol is its PyInit: its Eigen, its
# std templates and its pybind11 are its own, so that no inline function compiled for AVX-512 can stand in for
# the same one of another level. That needs GNU's linker and objcopy; elsewhere (other processors, macOS) one
# level is built, for the compiler's baseline.

set(bindings main.cpp bind_bath.cpp bind_system.cpp bind_generator.cpp bind_evolve.cpp bind_steady.cpp
             bind_batch.cpp bind_driven.cpp bind_time_convolutionless.cpp bind_floquet.cpp bind_kind.cpp
             bind_trajectories.cpp)
list(TRANSFORM bindings PREPEND "${CMAKE_CURRENT_LIST_DIR}/")

if(levels STREQUAL "native")
  string(REPLACE "-march=" "" levels "${REDFIELD_TUNING}")
endif()

# The bindings of one level, on the core of the same level.
function(redfield_add_bindings name flags)
  add_library(bindings_${name} OBJECT ${bindings})
  redfield_use_requirements(bindings_${name} PRIVATE)
  redfield_tune(bindings_${name} "${flags}")
  target_link_libraries(bindings_${name} PRIVATE pybind11::module)
  set_target_properties(bindings_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 2)
endfunction()

if(levels)
  set(joined)
  set(higher_levels)
  set(known)
  foreach(level IN LISTS levels)
    string(MAKE_C_IDENTIFIER "${level}" name)
    if("-march=${level}" STREQUAL "${REDFIELD_TUNING}")
      set(core redfield_objects)  # the library's own are of this level
    else()
      set(core core_${name})
      redfield_add_objects(${core} "-march=${level}")
      list(APPEND higher_levels ${level})
    endif()
    redfield_add_bindings(${name} "-march=${level}")
    set(object "${CMAKE_CURRENT_BINARY_DIR}/level_${name}.o")
    add_custom_command(OUTPUT "${object}"
      COMMAND "${CMAKE_LINKER}" -r --force-group-allocation -o "${object}"
              $<TARGET_OBJECTS:${core}> $<TARGET_OBJECTS:bindings_${name}>
      COMMAND "${CMAKE_OBJCOPY}" --redefine-sym PyInit__core=PyInit__core_${name}
              --keep-global-symbol=PyInit__core_${name} "${object}"
      DEPENDS ${core} bindings_${name} $<TARGET_OBJECTS:${core}> $<TARGET_OBJECTS:bindings_${name}>
      COMMENT "Joining ${level}"
      COMMAND_EXPAND_LISTS VERBATIM)
    list(APPEND joined "${object}")
    list(APPEND known "REDFIELD_HAS_${name}")
  endforeach()
  pybind11_add_module(_core MODULE NO_EXTRAS "${CMAKE_CURRENT_LIST_DIR}/dispatch.c" ${joined})
  target_compile_definitions(_core PRIVATE ${known})
  set_target_properties(_core PROPERTIES LINKER_LANGUAGE CXX)
  message(STATUS "redfield: extension for ${levels}, chosen at run time")
else()
  redfield_add_bindings(baseline "")
  pybind11_add_module(_core MODULE NO_EXTRAS $<TARGET_OBJECTS:redfield_objects> $<TARGET_OBJECTS:bindings_baseline>)
  set_target_properties(_core PROPERTIES LINKER_LANGUAGE CXX)
  message(STATUS "redfield: extension for the compiler's baseline")
endif()
target_link_libraries(_core PRIVATE Threads::Threads)
if(OpenMP_CXX_FOUND)
  target_link_libraries(_core PRIVATE OpenMP::OpenMP_CXX)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  pybind11_strip(_core)
endif()
install(TARGETS _core LIBRARY DESTINATION redfield COMPONENT python)
