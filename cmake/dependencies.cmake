# The dependencies: an existing target, else a package, else pinned FetchContent. MESHROUTE_FETCHED says that one was fetched.
# MESHROUTE_SELF_CONTAINED takes only the pinned sources.
set(MESHROUTE_FETCHED OFF)
find_package(Threads REQUIRED)

# Adds a dependency from its pinned release. A function, so that no variable of ours reaches the project around us, which builds
# only the parts that it links, and installs none of them.
function(meshroute_fetch name repository tag)
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)  # option() takes the variables below,
  set(CMAKE_POLICY_DEFAULT_CMP0126 NEW)  # set(CACHE) leaves them
  set(CMAKE_POLICY_VERSION_MINIMUM 3.5)  # CMake 4 refuses what nlohmann/json 3.11 asks for
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)  # the shared library links them
  set(CMAKE_UNITY_BUILD OFF)
  foreach(switch BUILD_TESTING BUILD_SHARED_LIBS YAML_BUILD_SHARED_LIBS YAML_CPP_BUILD_TESTS YAML_CPP_BUILD_TOOLS
          YAML_CPP_BUILD_CONTRIB YAML_CPP_INSTALL YAML_CPP_FORMAT_SOURCE JSON_BuildTests JSON_Install RE2_BUILD_TESTING USEPCRE)
    set(${switch} OFF)
  endforeach()
  get_cmake_property(before CACHE_VARIABLES)
  include(FetchContent)
  FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW ON)
  FetchContent_MakeAvailable(${name})
  FetchContent_GetProperties(${name} SOURCE_DIR source)
  set_property(DIRECTORY ${source} PROPERTY EXCLUDE_FROM_ALL ON)  # FetchContent_Declare has the word from CMake 3.28 on
  # GNUInstallDirs' defaults would move what the project around us installs.
  get_cmake_property(names CACHE_VARIABLES)
  list(FILTER names INCLUDE REGEX "^(CMAKE_INSTALL_.*DIR|_GNUInstallDirs_.*)$")
  foreach(cached IN LISTS names)
    if(NOT cached IN_LIST before)
      unset(${cached} CACHE)
    endif()
  endforeach()
  set(MESHROUTE_FETCHED ON PARENT_SCOPE)
endfunction()

if(NOT MESHROUTE_SELF_CONTAINED AND NOT TARGET yaml-cpp::yaml-cpp AND NOT TARGET yaml-cpp)
  find_package(yaml-cpp QUIET)
endif()
if(NOT TARGET yaml-cpp::yaml-cpp AND NOT TARGET yaml-cpp)
  meshroute_fetch(yaml-cpp https://github.com/jbeder/yaml-cpp.git yaml-cpp-0.9.0)
endif()
set(MESHROUTE_YAML_CPP yaml-cpp)
if(TARGET yaml-cpp::yaml-cpp)
  set(MESHROUTE_YAML_CPP yaml-cpp::yaml-cpp)
endif()

if(NOT MESHROUTE_SELF_CONTAINED AND NOT TARGET nlohmann_json::nlohmann_json AND NOT TARGET nlohmann_json)
  find_package(nlohmann_json 3.11 QUIET)
endif()
if(NOT TARGET nlohmann_json::nlohmann_json AND NOT TARGET nlohmann_json)
  meshroute_fetch(nlohmann_json https://github.com/nlohmann/json.git v3.11.3)
endif()
set(MESHROUTE_JSON nlohmann_json)
if(TARGET nlohmann_json::nlohmann_json)
  set(MESHROUTE_JSON nlohmann_json::nlohmann_json)
endif()

if(NOT MESHROUTE_SELF_CONTAINED)
  include(${CMAKE_CURRENT_LIST_DIR}/find_re2.cmake)
elseif(TARGET re2::re2)
  set(MESHROUTE_RE2 re2::re2)
endif()
if(NOT MESHROUTE_RE2)
  meshroute_fetch(re2 https://github.com/google/re2.git 2023-03-01)
  set(MESHROUTE_RE2 re2::re2)
endif()

add_library(meshroute_dependencies INTERFACE)
target_link_libraries(meshroute_dependencies INTERFACE ${MESHROUTE_YAML_CPP} ${MESHROUTE_RE2} Threads::Threads ${MESHROUTE_JSON})
