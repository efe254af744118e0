#include <meshroute.h>
#include <stdio.h>

int main(void) {
  puts(meshroute_version());
  return meshroute_version()[0] == '\0';
}
