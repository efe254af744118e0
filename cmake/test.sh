#!/usr/bin/env bash
# Sets up, builds, and runs all tests: C++ (units, examples, conformance), C, Python, consumers, pages; and, built by clang under
# AddressSanitizer and UndefinedBehaviorSanitizer, the units once more and a minute and a half of fuzzing; and under ThreadSanitizer,
# many threads on one view.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
install_packages clang-16 libclang-rt-16-dev
python_environment
build -DMESHROUTE_TESTS=ON -DMESHROUTE_CLI=ON
if [ "${MESHROUTE_SKIP_SANITIZERS:-}" != 1 ]; then
  sanitized=(-G Ninja -DCMAKE_C_COMPILER=clang-16 -DCMAKE_CXX_COMPILER=clang++-16 -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 -g1"
    -DMESHROUTE_TESTS=ON -DMESHROUTE_CLI=OFF)
  say "building under AddressSanitizer and UndefinedBehaviorSanitizer"
  cmake -S "$ROOT" -B "$BUILD-sanitized" "${sanitized[@]}" -DMESHROUTE_SANITIZE=ON -DMESHROUTE_FUZZ=ON \
    >"$BUILD.log" 2>&1 || { cat "$BUILD.log"; die "CMake could not configure the sanitized build"; }
  cmake --build "$BUILD-sanitized" --target meshroute_unit_tests meshroute_load_fuzz meshroute_capi_fuzz >"$BUILD.log" 2>&1 || { tail -50 "$BUILD.log"; die "the sanitized build failed"; }
  "$BUILD-sanitized/tests/meshroute_unit_tests" || die "a unit test failed under the sanitizers"
  say "fuzzing load for ${MESHROUTE_FUZZ_SECONDS:-60} seconds"
  "$ROOT/.venv/bin/python" "$ROOT/tests/fuzz/corpus.py" "$BUILD-sanitized/corpus" 40
  "$BUILD-sanitized/meshroute_load_fuzz" "$BUILD-sanitized/corpus" -max_total_time="${MESHROUTE_FUZZ_SECONDS:-60}" -max_len=8192 -timeout=25 -rss_limit_mb=4000 \
    -artifact_prefix="$BUILD-sanitized/" >"$BUILD.log" 2>&1 || { tail -50 "$BUILD.log"; die "the fuzzer found an input that load cannot take; it is in $BUILD-sanitized"; }
  tail -2 "$BUILD.log"
  say "fuzzing the C API for ${MESHROUTE_CAPI_FUZZ_SECONDS:-30} seconds"
  mkdir -p "$BUILD-sanitized/capi-corpus"
  "$BUILD-sanitized/meshroute_capi_fuzz" "$BUILD-sanitized/capi-corpus" -max_total_time="${MESHROUTE_CAPI_FUZZ_SECONDS:-30}" -max_len=512 -timeout=25 \
    -rss_limit_mb=3000 -artifact_prefix="$BUILD-sanitized/" >"$BUILD.log" 2>&1 ||
    { tail -50 "$BUILD.log"; die "the fuzzer found an order of calls that the C API cannot take; it is in $BUILD-sanitized"; }
  tail -2 "$BUILD.log"
  say "building under ThreadSanitizer"
  cmake -S "$ROOT" -B "$BUILD-thread" "${sanitized[@]}" -DMESHROUTE_SANITIZE=thread >"$BUILD.log" 2>&1 || { cat "$BUILD.log"; die "CMake could not configure for ThreadSanitizer"; }
  cmake --build "$BUILD-thread" --target meshroute_threads_test >"$BUILD.log" 2>&1 || { tail -50 "$BUILD.log"; die "the build for ThreadSanitizer failed"; }
  # yaml-cpp and RE2 come as packages, without instrumentation; no false report has come of it, so that nothing is suppressed.
  TSAN_OPTIONS=halt_on_error=1 "$BUILD-thread/tests/meshroute_threads_test" || die "threads race, or read what they should not"
fi
say "running the tests"
cd "$BUILD" && ctest --output-on-failure
