#!/bin/sh
# Lists the Debian packages that a purpose needs and that are missing, then installs them.
#   sh tools/dependencies.sh build|demo|check|bench
# INSTALL=no stops after the list. Without apt, or without the right to use it, the missing ones are named and the status is 1.
set -eu

build="gcc make cmake pkg-config libc6-dev libopenmpi-dev openmpi-bin libhdf5-dev libopenblas-dev liblapacke-dev
  libscalapack-openmpi-dev libyaml-dev libjansson-dev librandom123-dev libxxhash-dev zlib1g-dev libdeflate-dev
  libzstd-dev liblz4-dev liblzf-dev libblosc-dev libbz2-dev libaec-dev libutf8proc-dev libstemmer-dev"
demo="$build dataset-fashion-mnist python3"
check="$build libcunit1-dev clang clang-format libclang-rt-14-dev python3-numpy python3-sklearn python3-h5py python3-pandas
  python3-tables python3-anndata python3-torch python3-scipy python3-snowballstemmer dataset-fashion-mnist hdf5-filter-plugin hdf5-filter-plugin-blosc-serial hdf5-plugin-lzf bitshuffle hdf5-tools slurm-wlm munge iproute2 shellcheck"
# Mails come by npm (tools/npm_data.sh), which other packages than Debian's bring along too.
command -v npm >/dev/null 2>&1 || check="$check npm"
bench="$check python3-dask python3-xgboost r-base-core r-cran-ranger r-cran-glmnet"

case "${1:-}" in
build) packages=$build ;;
demo) packages=$demo ;;
check) packages=$check ;;
bench) packages=$bench ;;
*) echo "usage: sh tools/dependencies.sh build|demo|check|bench" >&2; exit 2 ;;
esac

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
  for package in $packages; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
  done
else
  # Not Debian: CMake finds the libraries or names what is missing.
  # shellcheck disable=SC2086
  echo "dependencies: no dpkg here; these are Debian's names of what is needed:" $packages
  exit 0
fi

if [ -z "$missing" ]; then
  echo "dependencies: all installed"
  exit 0
fi
echo "dependencies: to install:$missing"
[ "${INSTALL:-yes}" = no ] && exit 1

if [ "$(id -u)" = 0 ]; then
  root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  root="sudo"
else
  echo "dependencies: no right to install; missing:$missing" >&2
  exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "dependencies: no apt-get; missing:$missing" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -qq
# shellcheck disable=SC2086
$root apt-get install -y -qq --no-install-recommends $missing >/dev/null
echo "dependencies: installed"
