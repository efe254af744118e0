# The C library is always installed; the C++ headers and the static library beside it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
install(TARGETS meshroute_c EXPORT meshroute-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT meshroute)
set_target_properties(meshroute_c PROPERTIES EXPORT_NAME c)
install(FILES ${PROJECT_SOURCE_DIR}/capi/include/meshroute.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT meshroute)
install(EXPORT meshroute-targets NAMESPACE meshroute:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/meshroute COMPONENT meshroute)
file(WRITE ${PROJECT_BINARY_DIR}/meshroute-config.cmake "include(\"\${CMAKE_CURRENT_LIST_DIR}/meshroute-targets.cmake\")\n")
write_basic_package_version_file(${PROJECT_BINARY_DIR}/meshroute-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/meshroute-config.cmake ${PROJECT_BINARY_DIR}/meshroute-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/meshroute COMPONENT meshroute)
