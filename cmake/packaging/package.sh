#!/usr/bin/env bash
# Makes packages: package.sh debian|tar [BUILD_FOLDER]. README.md here says what is in them.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
kind="${1:-}" options=(-DMESHROUTE_TESTS=OFF -DMESHROUTE_CLI=ON -DCMAKE_BUILD_TYPE=Release)
case "$kind" in
  debian) generator=DEB options+=(-DCMAKE_INSTALL_PREFIX=/usr) ;;
  tar)
    generator=TGZ options+=(-DMESHROUTE_SELF_CONTAINED=ON)
    if [ -n "${MESHROUTE_DEPENDENCY_SOURCES:-}" ]; then
      for pair in YAML-CPP=yaml-cpp NLOHMANN_JSON=json RE2=re2 CLI11=CLI11; do
        options+=("-DFETCHCONTENT_SOURCE_DIR_${pair%=*}=$MESHROUTE_DEPENDENCY_SOURCES/${pair#*=}")
      done
    fi
    ;;
  *)
    echo "usage: package.sh debian|tar [BUILD_FOLDER]" >&2
    exit 2
    ;;
esac
build="${2:-$ROOT/build-$kind}"
cmake -S "$ROOT" -B "$build" -G Ninja "${options[@]}"
cmake --build "$build"
rm -rf "$build/packages"
(cd "$build" && cpack -G "$generator" -B "$build/packages")
rm -rf "$build/packages/_CPack_Packages"
echo "the packages are in $build/packages:"
ls -l "$build/packages"
