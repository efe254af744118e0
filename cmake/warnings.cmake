# Warnings and sanitizers. Only our own targets link meshroute_warnings, and privately: no flag reaches a consumer.
add_library(meshroute_warnings INTERFACE)
if(MESHROUTE_WARNINGS)
  # In a unit of several files the local names of the others are in sight, which is no fault.
  set(unity $<BOOL:$<TARGET_PROPERTY:MESHROUTE_UNITS>>)
  # g++ 12 warns of overlap inside its own std::string operator+ (GCC bug 105651), hence no -Wrestrict
  set(gnu $<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>)
  target_compile_options(meshroute_warnings INTERFACE -Wall -Wextra -Wpedantic $<$<NOT:${unity}>:-Wshadow> -Wnon-virtual-dtor
                         $<${gnu}:-Wno-restrict> $<$<AND:${unity},${gnu}>:-Wno-subobject-linkage>)
endif()
if(MESHROUTE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(MESHROUTE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
