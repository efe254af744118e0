# Targets for those who work on meshroute: tidy (clang-tidy over all sources) and docs (the API reference), if their programs are
# there.
find_program(MESHROUTE_CLANG_TIDY NAMES clang-tidy-16 clang-tidy)
mark_as_advanced(MESHROUTE_CLANG_TIDY)
if(MESHROUTE_CLANG_TIDY)
  set(MESHROUTE_TIDY ${CMAKE_COMMAND} -E env CLANG_TIDY=${MESHROUTE_CLANG_TIDY} bash ${PROJECT_SOURCE_DIR}/cmake/tidy.sh ${PROJECT_BINARY_DIR})
  add_custom_target(tidy COMMAND ${MESHROUTE_TIDY} all USES_TERMINAL VERBATIM)
endif()

find_program(MESHROUTE_DOXYGEN NAMES doxygen)
mark_as_advanced(MESHROUTE_DOXYGEN)
if(MESHROUTE_DOXYGEN)
  set(MESHROUTE_REFERENCE ${CMAKE_COMMAND} -DDOXYGEN=${MESHROUTE_DOXYGEN} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUT=${PROJECT_BINARY_DIR}/reference
      -DVERSION=${PROJECT_VERSION} -P ${PROJECT_SOURCE_DIR}/cmake/reference.cmake)
  add_custom_target(docs COMMAND ${MESHROUTE_REFERENCE} VERBATIM)
endif()
