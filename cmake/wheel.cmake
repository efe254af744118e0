# The C library for a Python wheel: its plain name, and beside it the shared libraries that a machine may lack.
set_target_properties(meshroute_c PROPERTIES INSTALL_RPATH "$ORIGIN")
install(TARGETS meshroute_c LIBRARY DESTINATION . COMPONENT wheel)
install(CODE [[
  file(GET_RUNTIME_DEPENDENCIES LIBRARIES "$<TARGET_FILE:meshroute_c>" RESOLVED_DEPENDENCIES_VAR found
       PRE_INCLUDE_REGEXES "yaml-cpp" "re2" "absl" PRE_EXCLUDE_REGEXES ".*")
  foreach(library ${found})
    get_filename_component(name "${library}" NAME)
    get_filename_component(real "${library}" REALPATH)
    file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}" TYPE FILE RENAME "${name}" FILES "${real}")
    # A distribution keeps the licence under the package's name: libre2.so.9 is of libre2-9, libyaml-cpp.so.0.7 of libyaml-cpp0.7.
    foreach(separator "" "-")
      string(REPLACE ".so." "${separator}" package "${name}")
      if(EXISTS "/usr/share/doc/${package}/copyright")
        file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/licenses" TYPE FILE RENAME "${package}"
             FILES "/usr/share/doc/${package}/copyright")
      endif()
    endforeach()
  endforeach()
]] COMPONENT wheel)
if(TARGET meshroute_cli)  # the `meshroute` script of the wheel runs it
  set_target_properties(meshroute_cli PROPERTIES INSTALL_RPATH "$ORIGIN")
  install(TARGETS meshroute_cli RUNTIME DESTINATION . COMPONENT wheel)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION licenses RENAME meshroute COMPONENT wheel)
