# The sources are those that this port stands in: give vcpkg the folder cmake/packaging/vcpkg/ports as an overlay
# (--overlay-ports). A port of a registry fetches the release's archive here instead.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURES FEATURES command MESHROUTE_CLI)
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS ${FEATURES} -DMESHROUTE_TESTS=OFF -DMESHROUTE_WARNINGS=OFF -DMESHROUTE_INSTALL=ON
          -DCMAKE_REQUIRE_FIND_PACKAGE_yaml-cpp=ON -DCMAKE_REQUIRE_FIND_PACKAGE_nlohmann_json=ON
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME meshroute CONFIG_PATH lib/cmake/meshroute)
vcpkg_fixup_pkgconfig()
if("command" IN_LIST FEATURES)
  vcpkg_copy_tools(TOOL_NAMES meshroute AUTO_CLEAN)
endif()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
