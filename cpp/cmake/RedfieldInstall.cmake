install(TARGETS redfield EXPORT redfieldTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT cpp NAMELINK_COMPONENT cpp
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT cpp
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT cpp)
install(DIRECTORY include/redfield "${REDFIELD_GENERATED_INCLUDE}/redfield"
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT cpp)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/redfield")
install(EXPORT redfieldTargets NAMESPACE redfield:: DESTINATION "${package_dir}" COMPONENT cpp)
string(REGEX MATCH "^[0-9]+" REDFIELD_EIGEN_MAJOR "${Eigen3_VERSION}")
string(JOIN " " REDFIELD_FLAGS ${REDFIELD_TUNING})
configure_package_config_file(cmake/redfieldConfig.cmake.in
  "${CMAKE_CURRENT_BINARY_DIR}/redfieldConfig.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/redfieldConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/redfieldConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/redfieldConfigVersion.cmake"
  DESTINATION "${package_dir}" COMPONENT cpp)
