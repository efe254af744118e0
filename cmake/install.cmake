# What an installation holds: the shared C library always; the C++ library where its dependencies came from packages, since
# CMake cannot export a static library that links a fetched one.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(MESHROUTE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/meshroute)

set_target_properties(meshroute_c PROPERTIES EXPORT_NAME c)
install(TARGETS meshroute_c EXPORT meshroute-c-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT meshroute)
install(FILES ${PROJECT_SOURCE_DIR}/capi/include/meshroute.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT meshroute)
install(EXPORT meshroute-c-targets NAMESPACE meshroute:: DESTINATION ${MESHROUTE_CMAKE_DIR} COMPONENT meshroute)

if(NOT MESHROUTE_FETCHED)
  install(TARGETS meshroute EXPORT meshroute-cpp-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT meshroute)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/meshroute DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT meshroute FILES_MATCHING PATTERN "*.hpp")
  install(EXPORT meshroute-cpp-targets NAMESPACE meshroute:: DESTINATION ${MESHROUTE_CMAKE_DIR} COMPONENT meshroute)
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/find_packages.cmake DESTINATION ${MESHROUTE_CMAKE_DIR} COMPONENT meshroute)
endif()
if(TARGET meshroute_cli)
  install(TARGETS meshroute_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT meshroute)
  file(RELATIVE_PATH from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(meshroute_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${from_bin}")
endif()

configure_file(${PROJECT_SOURCE_DIR}/cmake/meshroute-config.cmake.in ${PROJECT_BINARY_DIR}/meshroute-config.cmake @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/meshroute-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/meshroute-config.cmake ${PROJECT_BINARY_DIR}/meshroute-config-version.cmake DESTINATION ${MESHROUTE_CMAKE_DIR}
        COMPONENT meshroute)

foreach(module meshroute meshroute-cpp)
  if(module STREQUAL "meshroute" OR NOT MESHROUTE_FETCHED)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/${module}.pc.in ${PROJECT_BINARY_DIR}/${module}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${module}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT meshroute)
  endif()
endforeach()
