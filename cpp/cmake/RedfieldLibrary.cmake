# redfield_tune(target flags): how the core, and whatever shares its Eigen instantiations, is compiled.
# redfield_precompile(target header): the header before every file.
# redfield_hide_templates(target): what a shared object exports, where the linker takes a version script.
# redfield_add_library(target flags): the library, whose objects are the target <target>_objects, compiled with these tuning flags.
include_guard(DIRECTORY)

function(redfield_tune target flags)
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_compile_definitions(${target} PRIVATE EIGEN_DONT_PARALLELIZE
    $<$<NOT:$<CONFIG:Debug>>:EIGEN_NO_DEBUG>)
  target_compile_options(${target} PRIVATE ${flags}
    $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra>
    # With -O2 GCC leaves the loops over a tile of registers as loops: a product of matrices takes twice the time.
    $<$<AND:$<CXX_COMPILER_ID:GNU,Clang,AppleClang>,$<NOT:$<CONFIG:Debug>>>:-O3>
    # The loader would merge unique symbols of libraries compiled for different levels, hidden or not.
    $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>
    # A twentieth of the time of compiling is GCC's collecting of garbage in files that need no less memory in the end.
    "$<$<CXX_COMPILER_ID:GNU>:SHELL:--param ggc-min-heapsize=524288>"
    # GCC 12 sees uninitialised values inside its own AVX-512 intrinsics.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-maybe-uninitialized;-Wno-uninitialized>)
endfunction()

# A header before every file, so that none forgets it. It is parsed once, but for a compiler cache, which does not know a file
# again that was compiled with such a header, and for tools that read the compile commands.
function(redfield_precompile target header)
  if(REDFIELD_UNITY AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    target_precompile_headers(${target} PRIVATE "${header}")
  elseif(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE "SHELL:-include ${header}")
  endif()
endfunction()

# What compiles against the headers needs.
function(redfield_use_headers target scope)
  target_compile_features(${target} ${scope} cxx_std_17)
  target_include_directories(${target} ${scope}
    "$<BUILD_INTERFACE:${REDFIELD_INCLUDE}>"
    "$<BUILD_INTERFACE:${REDFIELD_GENERATED_INCLUDE}>")
  target_link_libraries(${target} ${scope} Eigen3::Eigen)
  # Eigen's allocator differs with the widest vector a translation unit may use; a matrix made here may be
  # freed by a caller compiled for SSE, so both must align alike. This is all that is exported.
  target_compile_definitions(${target} ${scope} EIGEN_MAX_ALIGN_BYTES=64)
endfunction()

# The threads of the objects: a static library hands them on to whoever links it, a shared one keeps them.
function(redfield_use_threads target)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:Threads::Threads>)
  if(OpenMP_CXX_FOUND)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:OpenMP::OpenMP_CXX>)
  endif()
endfunction()

include(CheckLinkerFlag)
check_linker_flag(CXX "LINKER:--version-script=${CMAKE_CURRENT_LIST_DIR}/exports.map" REDFIELD_HAS_VERSION_SCRIPTS)
function(redfield_hide_templates target)
  set(exports "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/exports.map")
  if(REDFIELD_HAS_VERSION_SCRIPTS)
    target_link_options(${target} PRIVATE "LINKER:--version-script=${exports}")
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${exports}")
  endif()
endfunction()

function(redfield_add_library target flags)
  set(objects ${target}_objects)
  add_library(${objects} OBJECT ${REDFIELD_SOURCES})
  redfield_use_headers(${objects} PUBLIC)
  target_include_directories(${objects} PRIVATE "${REDFIELD_CORE}/src")  # headers that are not installed
  redfield_tune(${objects} "${flags}")
  redfield_precompile(${objects} "${REDFIELD_CORE}/src/linalg/product_kernels.hpp")
  redfield_use_threads(${objects})
  # Eigen's headers are most of the work of compiling; files that share them are compiled together.
  set_target_properties(${objects} PROPERTIES UNITY_BUILD ${REDFIELD_UNITY} UNITY_BUILD_BATCH_SIZE 12)
  # Eigen's solvers take half a minute each; apart from others they do so side by side. The integrals have the same steps
  # with other coefficients.
  set_source_files_properties(
    ${REDFIELD_CORE}/src/linalg/decompositions.cpp ${REDFIELD_CORE}/src/linalg/general_modes.cpp
    ${REDFIELD_CORE}/src/bath/logarithmic_integrals.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  # Their time is that of the kernels of products, so -O1 does; a precompiled header has the other level.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    set_source_files_properties(
      ${REDFIELD_CORE}/src/linalg/decompositions.cpp ${REDFIELD_CORE}/src/linalg/general_modes.cpp PROPERTIES
      SKIP_PRECOMPILE_HEADERS ON
      COMPILE_OPTIONS "-O1;-ftree-vectorize;-include;${REDFIELD_CORE}/src/linalg/product_kernels.hpp")
  endif()

  if(REDFIELD_SHARED)
    add_library(${target} SHARED)
    redfield_hide_templates(${target})
  else()
    add_library(${target} STATIC)
  endif()
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME redfield)
  if(REDFIELD_SOVERSION)
    # Before 1.0 a minor version may break what the one before had.
    set_target_properties(${target} PROPERTIES
      VERSION ${redfield_VERSION}
      SOVERSION ${redfield_VERSION_MAJOR}.${redfield_VERSION_MINOR})
  endif()
  redfield_use_headers(${target} PUBLIC)
  redfield_use_threads(${target})
endfunction()
