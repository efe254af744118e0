# Install rules: always the shared C library, and the C++ library if its dependencies came from packages (CMake cannot export a
# static library that links a fetched one). Three components: meshroute_runtime (the shared library), meshroute_development
# (headers, the C++ library, what CMake and pkg-config read) and meshroute_command.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(MESHROUTE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/meshroute)

find_program(MESHROUTE_GZIP gzip)  # what Debian's packages want compressed
mark_as_advanced(MESHROUTE_GZIP)

# Packages outside the linker's folders are found again when the library is loaded.
set_target_properties(meshroute_c PROPERTIES EXPORT_NAME c INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS meshroute_c EXPORT meshroute-c-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT meshroute_runtime NAMELINK_COMPONENT meshroute_development
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/capi/include/meshroute.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT meshroute_development)
install(EXPORT meshroute-c-targets NAMESPACE meshroute:: DESTINATION ${MESHROUTE_CMAKE_DIR} COMPONENT meshroute_development)

if(NOT MESHROUTE_FETCHED)
  install(TARGETS meshroute EXPORT meshroute-cpp-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT meshroute_development
          INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/meshroute DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT meshroute_development
          FILES_MATCHING PATTERN "*.hpp")
  install(EXPORT meshroute-cpp-targets NAMESPACE meshroute:: DESTINATION ${MESHROUTE_CMAKE_DIR} COMPONENT meshroute_development)
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/meshroute-cpp.cmake ${PROJECT_SOURCE_DIR}/cmake/find_re2.cmake
          DESTINATION ${MESHROUTE_CMAKE_DIR} COMPONENT meshroute_development)
endif()
if(TARGET meshroute_cli)
  install(TARGETS meshroute_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT meshroute_command)
  set(rpath ${CMAKE_INSTALL_LIBDIR})
  if(NOT IS_ABSOLUTE "${rpath}")
    file(RELATIVE_PATH rpath ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
    set(rpath "$ORIGIN/${rpath}")
  endif()
  set_target_properties(meshroute_cli PROPERTIES INSTALL_RPATH "${rpath}")
  # The command writes its manual page and completions itself, so a cross build installs none.
  if(NOT CMAKE_CROSSCOMPILING)
    set(pages ${PROJECT_BINARY_DIR}/pages)
    add_custom_command(OUTPUT ${pages}/meshroute.1 ${pages}/meshroute ${pages}/_meshroute ${pages}/meshroute.fish
                       COMMAND ${CMAKE_COMMAND} -DCOMMAND=$<TARGET_FILE:meshroute_cli> -DPAGES=${pages}
                               -P ${PROJECT_SOURCE_DIR}/cmake/pages.cmake
                       DEPENDS meshroute_cli ${PROJECT_SOURCE_DIR}/cmake/pages.cmake VERBATIM)
    add_custom_target(meshroute_pages ALL DEPENDS ${pages}/meshroute.1)
    set(page ${pages}/meshroute.1)
    if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND MESHROUTE_GZIP)  # as Debian wants it
      install(CODE "execute_process(COMMAND ${MESHROUTE_GZIP} -9nkf ${page} COMMAND_ERROR_IS_FATAL ANY)" COMPONENT meshroute_command)
      string(APPEND page .gz)
    endif()
    install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT meshroute_command)
    install(FILES ${pages}/meshroute DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT meshroute_command)
    install(FILES ${pages}/_meshroute DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT meshroute_command)
    install(FILES ${pages}/meshroute.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
            COMPONENT meshroute_command)
  endif()
endif()

write_basic_package_version_file(${PROJECT_BINARY_DIR}/meshroute-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/meshroute-config.cmake ${PROJECT_BINARY_DIR}/meshroute-config-version.cmake
        DESTINATION ${MESHROUTE_CMAKE_DIR} COMPONENT meshroute_development)

# For pkg-config. Paths are relative to the .pc file, so that the installation can be moved.
set(MESHROUTE_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
set(MESHROUTE_PC_LIBDIR ${CMAKE_INSTALL_LIBDIR})
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  file(RELATIVE_PATH up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(MESHROUTE_PC_PREFIX "\${pcfiledir}/${up}")
  set(MESHROUTE_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
set(MESHROUTE_PC_INCLUDEDIR ${CMAKE_INSTALL_INCLUDEDIR})
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(MESHROUTE_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
# Users of a static library link its dependencies too, hence Requires and not Requires.private. If pkg-config does not know the
# same file that CMake found, the folder and the name of the library stand in its place.
set(MESHROUTE_PC_REQUIRES)
set(MESHROUTE_PC_LIBS)
function(meshroute_pc_dependency target module)
  set(file)
  get_target_property(imported ${target} IMPORTED)
  get_target_property(type ${target} TYPE)
  if(imported AND NOT type STREQUAL "INTERFACE_LIBRARY")
    get_target_property(file ${target} LOCATION)
    get_filename_component(real "${file}" REALPATH)
  endif()
  find_package(PkgConfig QUIET)
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(MESHROUTE_PC_${module} QUIET ${module})
    foreach(linked IN LISTS MESHROUTE_PC_${module}_LINK_LIBRARIES)
      get_filename_component(linked "${linked}" REALPATH)
      if(target STREQUAL "meshroute::re2" OR (file AND linked STREQUAL real))
        set(MESHROUTE_PC_REQUIRES ${MESHROUTE_PC_REQUIRES} ${module} PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endif()
  if(file)
    get_filename_component(folder "${file}" DIRECTORY)
    if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
      list(APPEND MESHROUTE_PC_LIBS -L${folder})
    endif()
  endif()
  set(MESHROUTE_PC_LIBS ${MESHROUTE_PC_LIBS} -l${module} PARENT_SCOPE)
endfunction()
set(modules meshroute)
if(NOT MESHROUTE_FETCHED)
  list(APPEND modules meshroute-cpp)
  meshroute_pc_dependency(${MESHROUTE_YAML_CPP} yaml-cpp)
  meshroute_pc_dependency(${MESHROUTE_RE2} re2)
  list(JOIN MESHROUTE_PC_REQUIRES ", " MESHROUTE_PC_REQUIRES)
  list(APPEND MESHROUTE_PC_LIBS -pthread)
  list(JOIN MESHROUTE_PC_LIBS " " MESHROUTE_PC_LIBS)
endif()
foreach(module ${modules})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${module}.pc.in ${PROJECT_BINARY_DIR}/${module}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${module}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT meshroute_development)
endforeach()

if(MESHROUTE_TOP_LEVEL)
  include(${PROJECT_SOURCE_DIR}/cmake/packaging/cpack.cmake)
endif()
