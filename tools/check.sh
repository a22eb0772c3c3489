#!/bin/sh
# Formats, builds with gcc and clang without warnings, and runs every test; the last line is "N passed, N failed, N skipped".
# WN_LONG=1 adds the long campaigns.
set -eu
build=${1:-build}
jobs=$(nproc)
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OPENBLAS_NUM_THREADS=1

echo "check: format"
if command -v git >/dev/null 2>&1 && git rev-parse --git-dir >/dev/null 2>&1; then
  git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror
fi

echo "check: build with gcc"
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DWINNOW_TESTS=ON >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
rm -f "$build.log"
cmake --build "$build" -j "$jobs" -- --no-print-directory -s

echo "check: build with clang"
cmake -S . -B "$build-clang" -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release -DWINNOW_TESTS=OFF >/dev/null
cmake --build "$build-clang" -j "$jobs" -- --no-print-directory -s

echo "check: build with sanitizers"
cmake -S . -B "$build-dev" -DCMAKE_BUILD_TYPE=Debug -DWINNOW_SANITIZE=ON -DWINNOW_TESTS=ON >/dev/null
cmake --build "$build-dev" -j "$jobs" -- --no-print-directory -s

status=0
echo "check: tests"
# Two at a time of those that are one process; a test of ranks has the cores for itself. It can starve all the same, where other
# work takes them: one that timed out is tried once more.
ctest --test-dir "$build" -j 2 --repeat after-timeout:2 --output-on-failure ${WN_LONG:+-C long} >"$build/check.log" 2>&1 || status=1
grep -E "^ *[0-9]+/[0-9]+ |tests passed|Failed|\*\*\*|CU_|FAIL" "$build/check.log" || true
[ $status -eq 0 ] || sed -n '1,$p' "$build/check.log" | tail -n 400
echo "check: tests of one rank with sanitizers"
ctest --test-dir "$build-dev" -j "$jobs" -L sanitized --output-on-failure >"$build-dev/check.log" 2>&1 || status=1
grep -E "tests passed|Failed|\*\*\*" "$build-dev/check.log" || true
[ $status -eq 0 ] || tail -n 200 "$build-dev/check.log"

python3 tools/count_tests.py tests/README.md "$build/check.log" "$build-dev/check.log" || status=1
exit $status
