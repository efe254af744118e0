#!/usr/bin/env bash
# clang-tidy over the project's own sources, every warning an error (.clang-tidy).
# usage: tidy.sh BUILD_DIR [all|changed]
#   all      every source file (the target `tidy`), each room's as one unit: headers are looked at once
#   changed  files that differ from the last release's tag, the latest first and at most 16 of them; without a tag a fixed sample
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
BUILD="$(cd "$1" && pwd)" which="${2:-all}"
TIDY="${CLANG_TIDY:-clang-tidy-16}"
cd "$ROOT"

# One file of each room, those that others build on.
SAMPLE=(src/text/yaml.cpp src/match/cidr.cpp src/schema/decode.cpp src/admission/webhook.cpp src/registry/build.cpp
  src/routes/matching.cpp src/resolve/resolve.cpp src/mesh/mesh.cpp capi/src/mesh.cpp bindings/cli/main.cpp)

sources() { find src capi/src bindings/cli -name '*.cpp' | sort; }
case "$which" in
  all) mapfile -t files < <(sources) ;;
  changed)
    if tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null); then
      mapfile -t files < <(git log --format= --name-only "$tag..HEAD" | awk '!seen[$0]++' | grep -Fxf <(sources) | head -16)
    else
      files=("${SAMPLE[@]}")
    fi
    ;;
  *) printf 'usage: tidy.sh BUILD_DIR [all|changed]\n' >&2; exit 2 ;;
esac
for file in "${files[@]}"; do
  [ -e "$file" ] || { printf 'tidy.sh names %s, which does not exist\n' "$file" >&2; exit 1; }
done
[ ${#files[@]} -gt 0 ] || { printf 'no file differs from %s\n' "$tag"; exit 0; }
count=${#files[@]} options=() units=OFF
if [ "$which" = all ]; then
  units=ALL
  options=(--checks=-bugprone-suspicious-include)  # a unit is made of sources
fi
cmake -S "$ROOT" -B "$BUILD-tidy" -G Ninja -DMESHROUTE_UNITS="$units" -DMESHROUTE_TESTS=OFF -DMESHROUTE_CLI=ON >/dev/null
BUILD="$BUILD-tidy"
[ "$which" = all ] && mapfile -t files < <(sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$BUILD/compile_commands.json")
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" "$TIDY" "${options[@]}" --quiet --warnings-as-errors='*' -p "$BUILD"
printf '%d files are clean\n' "$count"
