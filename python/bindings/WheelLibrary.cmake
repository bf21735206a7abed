# What the wheel gives C++ programs: headers, library, CMake package and pkg-config file in redfield/ of site-packages.
# The higher levels of the library lie where glibc's loader (2.33) looks for them before it takes the lowest.
include(RedfieldInstall)
redfield_install(redfield/lib redfield/include python)
# AVX-512's would take the wheel beyond 10 MB, index servers' usual patience; who wants it builds the library.
set(library_levels ${higher_levels})
list(REMOVE_ITEM library_levels x86-64-v4)
foreach(level IN LISTS library_levels)
  string(MAKE_C_IDENTIFIER "${level}" name)
  add_library(redfield_${name} SHARED $<TARGET_OBJECTS:core_${name}>)
  set_target_properties(redfield_${name} PROPERTIES
    OUTPUT_NAME redfield
    LINKER_LANGUAGE CXX
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/glibc-hwcaps/${level}")
  redfield_link_runtime(redfield_${name})
  install(TARGETS redfield_${name} LIBRARY DESTINATION redfield/lib/glibc-hwcaps/${level} COMPONENT python)
endforeach()
