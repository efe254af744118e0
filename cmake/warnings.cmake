# Warnings and sanitizers. Only our own targets link meshroute_warnings, and privately: no flag reaches a consumer.
add_library(meshroute_warnings INTERFACE)
if(MESHROUTE_WARNINGS)
  # g++ 12 warns of overlap inside its own std::string operator+ (GCC bug 105651), hence no -Wrestrict
  target_compile_options(meshroute_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                         $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-restrict>)
  if(CMAKE_UNITY_BUILD)  # the local names of other files are in sight: no fault
    target_compile_options(meshroute_warnings INTERFACE
                           -Wno-shadow $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>)
  endif()
endif()
if(MESHROUTE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(MESHROUTE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
