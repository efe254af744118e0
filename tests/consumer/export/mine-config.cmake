include(CMakeFindDependencyMacro)
find_dependency(meshroute COMPONENTS cpp)
include(${CMAKE_CURRENT_LIST_DIR}/mine-targets.cmake)
