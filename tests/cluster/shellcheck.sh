#!/bin/sh
# Every shell script of the project under shellcheck: shellcheck.sh SOURCE_DIRECTORY
set -eu
cd "$1"
if ! command -v shellcheck >/dev/null 2>&1; then
  echo "skip: no shellcheck"
  exit 77
fi
shellcheck slurm/*.sbatch tests/cluster/*.sh tools/*.sh
