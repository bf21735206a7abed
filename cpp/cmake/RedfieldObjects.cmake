# redfield_add_objects(target flags): the core compiled once with these tuning flags, for a library or for one
# CPU level of the Python extension.
# redfield_use_requirements(target scope): what compiles against the headers.
# redfield_link_runtime(target): what a library of such objects links.
include_guard(DIRECTORY)
option(REDFIELD_UNITY "Compile sources several at a time; off for tools that read the compile commands" ON)
get_filename_component(REDFIELD_CORE "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
if(NOT REDFIELD_GENERATED_INCLUDE)  # a project around cpp/ that compiles the core itself says where cpp/ will be built
  set(REDFIELD_GENERATED_INCLUDE "${CMAKE_CURRENT_BINARY_DIR}/include")
endif()
set(REDFIELD_INCLUDE "${REDFIELD_CORE}/include")
file(GLOB_RECURSE REDFIELD_SOURCES CONFIGURE_DEPENDS "${REDFIELD_CORE}/src/*.cpp")

string(REGEX MATCH "^([0-9]+)\\.([0-9]+)\\.([0-9]+)" matched "${REDFIELD_VERSION}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/version.hpp.in" "${REDFIELD_GENERATED_INCLUDE}/redfield/version.hpp" @ONLY)

function(redfield_use_requirements target scope)
  target_compile_features(${target} ${scope} cxx_std_17)
  target_include_directories(${target} ${scope}
    "$<BUILD_INTERFACE:${REDFIELD_INCLUDE}>"
    "$<BUILD_INTERFACE:${REDFIELD_GENERATED_INCLUDE}>")
  target_link_libraries(${target} ${scope} Eigen3::Eigen)
  # Eigen's allocator differs with the widest vector a translation unit may use; a matrix made here may be
  # freed by a caller compiled for SSE, so both must align alike. This is all that is exported.
  target_compile_definitions(${target} ${scope} EIGEN_MAX_ALIGN_BYTES=64)
endfunction()

# How the core and what shares its Eigen instantiations are compiled.
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
    $<$<AND:$<CXX_COMPILER_ID:GNU,Clang,AppleClang>,$<NOT:$<CONFIG:Debug>>>:-O3>
    # Unique symbols would be shared by the CPU levels of one extension.
    $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>
    # GCC 12 sees uninitialised values inside its own AVX-512 intrinsics.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-maybe-uninitialized;-Wno-uninitialized>)
endfunction()

function(redfield_add_objects target flags)
  add_library(${target} OBJECT ${REDFIELD_SOURCES})
  redfield_use_requirements(${target} PUBLIC)
  target_include_directories(${target} PRIVATE "${REDFIELD_CORE}/src")  # headers that are not installed
  redfield_tune(${target} "${flags}")
  # Eigen's headers are most of the work of compiling; files that share them are compiled together.
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${REDFIELD_UNITY} UNITY_BUILD_BATCH_SIZE 7)
  if(OpenMP_CXX_FOUND)
    target_link_libraries(${target} PRIVATE OpenMP::OpenMP_CXX)
  endif()
endfunction()

# What the objects need of a library made of them: a static one hands it on to whoever links it, a shared one keeps it.
function(redfield_link_runtime target)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:Threads::Threads>)
  if(OpenMP_CXX_FOUND)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:OpenMP::OpenMP_CXX>)
  endif()
endfunction()
