#!/usr/bin/env bash
# Sets up, builds, and runs the main job on the example meshes: the check, and where one request goes, and why.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
install_packages
options=(-DMESHROUTE_TESTS=OFF -DMESHROUTE_CLI=ON)
[ -e "$BUILD/CMakeCache.txt" ] || options+=(-DMESHROUTE_UNITS=ALL)  # from nothing, a third of the time
build "${options[@]}"
cd "$ROOT"
meshroute="$BUILD/bindings/cli/meshroute" url=http://external-app.default.svc.cluster.local:8080/
status=0
say "meshroute check tests/examples"
"$meshroute" check tests/examples || status=$?
[ "$status" -le 1 ] || die "the check could not run"
say "meshroute resolve tests/examples --from default --explain $url"
"$meshroute" resolve tests/examples --from default --explain "$url"
