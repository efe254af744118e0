#!/usr/bin/env bash
# What one lookup of two endpoints costs from C, Go, Rust and Python, endpoints read: bindings_cost.sh PREFIX, the folder of an
# installed meshroute. Five rounds, one language after the other; the ratios are those of the medians, to C.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
prefix="$(cd "$1" && pwd)"
export PKG_CONFIG_PATH LD_LIBRARY_PATH MESHROUTE_LIBRARY PYTHONPATH="$ROOT/bindings/python/src"
PKG_CONFIG_PATH="$(dirname "$(find "$prefix" -name meshroute.pc | head -1)")"
LD_LIBRARY_PATH="$(dirname "$PKG_CONFIG_PATH")"
MESHROUTE_LIBRARY="$LD_LIBRARY_PATH/libmeshroute.so"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2046
cc -O2 -std=c11 "$ROOT/tests/bench/lookup_cost.c" $(pkg-config --cflags --libs meshroute) -o "$work/c"
languages=(c python)
if command -v go >/dev/null; then
  (cd "$ROOT/bindings/go" && go test -c -o "$work/go" .)
  languages+=(go)
fi
if command -v cargo >/dev/null; then
  (cd "$ROOT/bindings/rust" && cargo build -q --offline --release --example lookup_cost --target-dir "$work/rust")
  languages+=(rust)
fi

cost() {
  case "$1" in
    c) "$work/c" ;;
    go) "$work/go" -test.run '^$' -test.bench Resolver | awk '/^BenchmarkResolver/ {print $3}' ;;
    rust) "$work/rust/release/examples/lookup_cost" ;;
    python) python3 "$ROOT/tests/bench/lookup_cost.py" ;;
  esac | awk '{print $1; exit}'
}
for _ in 1 2 3 4 5; do
  for language in "${languages[@]}"; do
    cost "$language" >>"$work/$language.txt"
  done
done
middle() { sort -n "$work/$1.txt" | sed -n 3p; }
base="$(middle c)"
for language in "${languages[@]}"; do
  awk -v name="$language" -v one="$(middle "$language")" -v base="$base" \
    'BEGIN { printf "%-7s %8.0f ns  %5.2f times C\n", name, one, one / base }'
done
