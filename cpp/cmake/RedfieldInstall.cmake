# Headers, library, CMake package and pkg-config file, in the component cpp. All paths in them are relative to where they
# lie.
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/redfield")
set(made "${CMAKE_CURRENT_BINARY_DIR}/package")

install(TARGETS redfield EXPORT redfieldTargets COMPONENT cpp INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(level IN LISTS REDFIELD_HIGHER_LEVELS)
  install(TARGETS redfield_${level} LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/glibc-hwcaps/${level}"
    COMPONENT cpp NAMELINK_SKIP)
endforeach()
install(DIRECTORY "${REDFIELD_INCLUDE}/redfield" "${REDFIELD_GENERATED_INCLUDE}/redfield"
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT cpp)
install(EXPORT redfieldTargets NAMESPACE redfield:: DESTINATION "${package_dir}" COMPONENT cpp)

# Matrices cross the border, so a program's Eigen is of the major version of the build's.
if(Eigen3_VERSION VERSION_LESS 5)
  set(REDFIELD_EIGEN_LEAST 3.4)
  set(REDFIELD_EIGEN_BELOW 4)
else()
  set(REDFIELD_EIGEN_LEAST 5)
  set(REDFIELD_EIGEN_BELOW 6)
endif()
string(JOIN " " REDFIELD_FLAGS ${REDFIELD_TUNING})
if(REDFIELD_SHARED)
  set(linkage shared)
else()
  set(linkage static)
endif()
if(OpenMP_CXX_FOUND)
  set(teams openmp)
else()
  set(teams threads)
endif()
configure_package_config_file(cmake/redfieldConfig.cmake.in "${made}/redfieldConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a minor version may break what the one before had.
write_basic_package_version_file("${made}/redfieldConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${made}/redfieldConfig.cmake" "${made}/redfieldConfigVersion.cmake"
  DESTINATION "${package_dir}" COMPONENT cpp)

file(RELATIVE_PATH REDFIELD_INCLUDE_FROM_PC
  "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/${CMAKE_INSTALL_INCLUDEDIR}")
set(REDFIELD_PRIVATE_LIBS)
if(NOT REDFIELD_SHARED)
  string(JOIN " " REDFIELD_PRIVATE_LIBS ${CMAKE_THREAD_LIBS_INIT} ${OpenMP_CXX_FLAGS} -lstdc++ -lm)
endif()
configure_file(cmake/redfield.pc.in "${made}/redfield.pc" @ONLY)
install(FILES "${made}/redfield.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT cpp)
