# redfield_install(libdir includedir component): headers, library, CMake package and pkg-config file of the target
# redfield. All paths in them are relative to where they lie.
include_guard(DIRECTORY)
include(CMakePackageConfigHelpers)
set(REDFIELD_TEMPLATES "${CMAKE_CURRENT_LIST_DIR}")

function(redfield_install libdir includedir component)
  set(export redfield_targets_${component})
  set(package_dir "${libdir}/cmake/redfield")
  set(made "${CMAKE_CURRENT_BINARY_DIR}/package_${component}")
  install(TARGETS redfield EXPORT ${export}
    LIBRARY DESTINATION ${libdir} COMPONENT ${component} NAMELINK_COMPONENT ${component}
    ARCHIVE DESTINATION ${libdir} COMPONENT ${component}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${component}
    INCLUDES DESTINATION ${includedir})
  install(DIRECTORY "${REDFIELD_INCLUDE}/redfield" "${REDFIELD_GENERATED_INCLUDE}/redfield"
    DESTINATION ${includedir} COMPONENT ${component})
  install(EXPORT ${export} NAMESPACE redfield:: FILE redfieldTargets.cmake
    DESTINATION "${package_dir}" COMPONENT ${component})

  # CMake package and pkg-config file refuse any other major version of Eigen.
  string(REGEX MATCH "^[0-9]+" REDFIELD_EIGEN_MAJOR "${Eigen3_VERSION}")
  math(EXPR REDFIELD_EIGEN_NEXT "${REDFIELD_EIGEN_MAJOR} + 1")
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
  configure_package_config_file("${REDFIELD_TEMPLATES}/redfieldConfig.cmake.in" "${made}/redfieldConfig.cmake"
    INSTALL_DESTINATION "${package_dir}")
  # Before 1.0 a minor version may break what the one before had.
  write_basic_package_version_file("${made}/redfieldConfigVersion.cmake"
    VERSION ${REDFIELD_VERSION} COMPATIBILITY SameMinorVersion)
  install(FILES "${made}/redfieldConfig.cmake" "${made}/redfieldConfigVersion.cmake"
    DESTINATION "${package_dir}" COMPONENT ${component})

  file(RELATIVE_PATH REDFIELD_INCLUDE_FROM_PC "/${libdir}/pkgconfig" "/${includedir}")
  file(RELATIVE_PATH REDFIELD_LIB_FROM_PC "/${libdir}/pkgconfig" "/${libdir}")
  set(REDFIELD_PRIVATE_LIBS)
  if(NOT REDFIELD_SHARED)
    string(JOIN " " REDFIELD_PRIVATE_LIBS ${CMAKE_THREAD_LIBS_INIT} ${OpenMP_CXX_FLAGS} -lstdc++ -lm)
  endif()
  configure_file("${REDFIELD_TEMPLATES}/redfield.pc.in" "${made}/redfield.pc" @ONLY)
  install(FILES "${made}/redfield.pc" DESTINATION "${libdir}/pkgconfig" COMPONENT ${component})
endfunction()
