# PRIVATE to our own targets; nothing reaches a consumer.
add_library(meshroute_warnings INTERFACE)
if(MESHROUTE_TOP_LEVEL)
  target_compile_options(meshroute_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
endif()
if(MESHROUTE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
