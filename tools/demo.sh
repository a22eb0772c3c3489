#!/bin/sh
# The main job on real data: converts Fashion-MNIST, runs jobs/fashion.yaml on two ranks into a new directory, and verifies what it
# says of itself.
set -eu
build=${1:-build}
source=/usr/share/datasets/fashion-mnist
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

mkdir -p "$build/data"
for part in train t10k; do
  name=$([ $part = train ] && echo train || echo test)
  "$build/winnow" convert "$source/$part-images-idx3-ubyte.gz" "$source/$part-labels-idx1-ubyte.gz" \
    -o "$build/data/fashion-$name.h5"
done

out=$build/runs/fashion-$(date -u +%Y%m%d-%H%M%S)
mpirun --oversubscribe -n 2 "$build/winnow" run jobs/fashion.yaml --resume never --out "$out"
python3 tools/demo_check.py "$out" "$build/winnow" "$build/data/fashion-test.h5"
