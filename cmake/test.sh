#!/usr/bin/env bash
# Sets up, builds, and runs all tests: C++ (units, examples, conformance), C, Python, and the units under sanitizers.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
install_packages
python_environment
build -DMESHROUTE_TESTS=ON -DMESHROUTE_CLI=ON
if [ "${MESHROUTE_SKIP_SANITIZERS:-}" != 1 ]; then
  say "building the units under AddressSanitizer and UndefinedBehaviorSanitizer"
  cmake -S "$ROOT" -B "$BUILD-sanitized" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O0 -g1" -DMESHROUTE_SANITIZE=ON -DMESHROUTE_TESTS=ON -DMESHROUTE_CLI=OFF \
    >"$BUILD.log" 2>&1 || { cat "$BUILD.log"; die "CMake could not configure the sanitized build"; }
  cmake --build "$BUILD-sanitized" --target meshroute_unit_tests >"$BUILD.log" 2>&1 || { tail -50 "$BUILD.log"; die "the sanitized build failed"; }
  "$BUILD-sanitized/tests/meshroute_unit_tests" || die "a unit test failed under the sanitizers"
fi
say "running the tests"
cd "$BUILD" && ctest --output-on-failure
