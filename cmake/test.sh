#!/usr/bin/env bash
# Sets up, builds, and runs all tests: C++ (units, examples, conformance), C, Python, consumers, pages. clang builds the library
# twice more: under AddressSanitizer and UndefinedBehaviorSanitizer for the units and a minute of fuzzing, and under
# ThreadSanitizer for many threads on one view. MESHROUTE_SKIP_SANITIZERS=1 leaves those two out.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
install_packages abigail-tools clang-16 clang-tidy-16 doxygen dpkg-dev file libclang-rt-16-dev make
python_environment
build -DMESHROUTE_TESTS=ON -DMESHROUTE_CLI=ON

CLANG=(-G Ninja -DCMAKE_C_COMPILER=clang-16 -DCMAKE_CXX_COMPILER=clang++-16 -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 -g1 -D_GLIBCXX_ASSERTIONS"
  -DMESHROUTE_TESTS=ON -DMESHROUTE_CLI=OFF -DMESHROUTE_UNITS=ALL)

# Configures the folder $1 with the options $2 and builds the targets that follow.
build_sanitized() {
  local folder="$1" options="$2"
  shift 2
  # shellcheck disable=SC2086
  cmake -S "$ROOT" -B "$folder" "${CLANG[@]}" $options >"$BUILD.log" 2>&1 || fail "CMake could not configure $folder"
  cmake --build "$folder" --target "$@" >"$BUILD.log" 2>&1 || fail "the build in $folder failed"
}

# Runs the fuzz target $1 with a corpus folder and options; says "NAME: LAST LINE" or fails.
fuzz() {
  local name="$1"
  shift
  "$BUILD-sanitized/meshroute_${name}_fuzz" "$@" -timeout=25 -artifact_prefix="$BUILD-sanitized/" >"$BUILD-$name-fuzz.log" 2>&1 || {
    tail -50 "$BUILD-$name-fuzz.log"
    die "the fuzz target $name found an input that fails; it is in $BUILD-sanitized"
  }
  printf '%s: %s\n' "$name" "$(tail -1 "$BUILD-$name-fuzz.log")"
}

if [ "${MESHROUTE_SKIP_SANITIZERS:-}" != 1 ]; then
  say "building under AddressSanitizer and UndefinedBehaviorSanitizer"
  build_sanitized "$BUILD-sanitized" "-DMESHROUTE_SANITIZE=ON -DMESHROUTE_FUZZ=ON" meshroute_unit_tests meshroute_load_fuzz \
    meshroute_capi_fuzz meshroute_text_fuzz
  "$BUILD-sanitized/tests/meshroute_unit_tests" || die "a unit test failed under the sanitizers"
  say "fuzzing load, the C API and the readers of text for ${MESHROUTE_FUZZ_SECONDS:-60} seconds each"
  "$ROOT/.venv/bin/python" "$ROOT/tests/fuzz/corpus.py" "$BUILD-sanitized/corpus" 40
  mkdir -p "$BUILD-sanitized/capi-corpus"
  fuzz load "$BUILD-sanitized/corpus" -max_total_time="${MESHROUTE_FUZZ_SECONDS:-60}" -max_len=8192 -rss_limit_mb=4000 &
  load_fuzz=$!
  capi_status=0
  fuzz capi "$BUILD-sanitized/capi-corpus" -max_total_time="${MESHROUTE_FUZZ_SECONDS:-60}" -max_len=512 -rss_limit_mb=3000 || capi_status=$?
  "$ROOT/.venv/bin/python" "$ROOT/tests/fuzz/corpus.py" "$BUILD-sanitized/text-corpus" 10 yaml
  fuzz text "$BUILD-sanitized/text-corpus" -dict="$ROOT/tests/fuzz/text.dict" -max_total_time="${MESHROUTE_FUZZ_SECONDS:-60}" \
    -max_len=4096 -rss_limit_mb=3000 || capi_status=$?
  wait "$load_fuzz" && [ "$capi_status" -eq 0 ] || die "a fuzz target failed; its words are above"

  say "building under ThreadSanitizer"
  build_sanitized "$BUILD-thread" "-DMESHROUTE_SANITIZE=thread -DCMAKE_CXX_FLAGS=-O0" meshroute_threads_test
  # yaml-cpp and RE2 are packages without instrumentation. They have caused no false report, so nothing is suppressed.
  TSAN_OPTIONS=halt_on_error=1 "$BUILD-thread/tests/meshroute_threads_test" || die "ThreadSanitizer reports a race, or an answer is wrong"
fi
say "running the tests"
cd "$BUILD" && ctest --output-on-failure -j "$(nproc)"
