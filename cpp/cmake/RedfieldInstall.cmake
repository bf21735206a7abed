install(TARGETS redfield EXPORT redfieldTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/redfield "${REDFIELD_GENERATED_INCLUDE}/redfield"
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/redfield")
install(EXPORT redfieldTargets NAMESPACE redfield:: DESTINATION "${package_dir}")
set(REDFIELD_SHARED ${BUILD_SHARED_LIBS})
configure_package_config_file(cmake/redfieldConfig.cmake.in
  "${CMAKE_CURRENT_BINARY_DIR}/redfieldConfig.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/redfieldConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/redfieldConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/redfieldConfigVersion.cmake"
  DESTINATION "${package_dir}")
