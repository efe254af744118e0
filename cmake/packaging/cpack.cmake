# What cpack makes of an installation: three Debian packages (cpack -G DEB) or a tar (cpack -G TGZ). README.md here has the commands.
set(CPACK_PACKAGE_NAME meshroute)
set(CPACK_PACKAGE_VENDOR "The meshroute authors")
set(MESHROUTE_PACKAGE_CONTACT "The meshroute authors <meshroute@example.org>" CACHE STRING "Who maintains the packages that cpack makes")
set(CPACK_PACKAGE_CONTACT ${MESHROUTE_PACKAGE_CONTACT})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "tells where Istio mesh requests go, and why")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_RESOURCE_FILE_README ${PROJECT_SOURCE_DIR}/README.md)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR TGZ)
set(CPACK_COMPONENTS_ALL meshroute_runtime meshroute_development meshroute_command)
set(CPACK_COMPONENTS_GROUPING IGNORE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
set(CPACK_DEBIAN_PACKAGE_DEBUG OFF)
set(runtime libmeshroute${MESHROUTE_SOVERSION})
set(development libmeshroute-dev)
set(command meshroute)
set(CPACK_DEBIAN_MESHROUTE_RUNTIME_PACKAGE_NAME ${runtime})
set(CPACK_DEBIAN_MESHROUTE_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_MESHROUTE_DEVELOPMENT_PACKAGE_NAME ${development})
set(CPACK_DEBIAN_MESHROUTE_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_MESHROUTE_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_MESHROUTE_DEVELOPMENT_PACKAGE_DEPENDS
    "${runtime} (= ${PROJECT_VERSION}), libyaml-cpp-dev, libre2-dev, nlohmann-json3-dev")
set(CPACK_DEBIAN_MESHROUTE_COMMAND_PACKAGE_NAME ${command})
set(CPACK_DEBIAN_MESHROUTE_COMMAND_PACKAGE_SECTION net)
set(CPACK_DEBIAN_MESHROUTE_COMMAND_PACKAGE_DEPENDS "${runtime} (= ${PROJECT_VERSION})")
set(what "meshroute reads Istio configuration (ServiceEntry, WorkloadEntry,
VirtualService and what they lean on) and answers without a cluster: is it
right, where does this request go, does it arrive, and why.")
set(CPACK_COMPONENT_MESHROUTE_RUNTIME_DESCRIPTION "${what}
This package has the C library.")
set(CPACK_COMPONENT_MESHROUTE_DEVELOPMENT_DESCRIPTION "${what}
This package has the headers, the static C++ library, and what CMake and
pkg-config need to find them.")
set(CPACK_COMPONENT_MESHROUTE_COMMAND_DESCRIPTION "${what}
This package has the command, its manual page, and completions for bash,
zsh and fish.")
# dpkg tells ldconfig by a trigger. CPack knows only scripts that call it, which Debian's policy forbids, so they are taken out.
file(WRITE ${PROJECT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_MESHROUTE_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/debian/triggers)
set(CPACK_POST_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/packaging/debian/without_scripts.cmake)

# Debian wants licence and changelog in each package. They are made only for an installation into /usr.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND MESHROUTE_GZIP)
  string(TIMESTAMP MESHROUTE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)  # SOURCE_DATE_EPOCH decides it where it is set
  configure_file(${PROJECT_SOURCE_DIR}/cmake/packaging/debian/changelog.in ${PROJECT_BINARY_DIR}/debian/changelog @ONLY)
  execute_process(COMMAND ${MESHROUTE_GZIP} -9nf ${PROJECT_BINARY_DIR}/debian/changelog COMMAND_ERROR_IS_FATAL ANY)
  foreach(part runtime development command)
    install(FILES ${PROJECT_BINARY_DIR}/debian/changelog.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${${part}}
            COMPONENT meshroute_${part})
    install(FILES ${PROJECT_SOURCE_DIR}/cmake/packaging/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${${part}}
            COMPONENT meshroute_${part})
  endforeach()
endif()
include(CPack)
