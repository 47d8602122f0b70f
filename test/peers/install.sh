#!/usr/bin/env bash
# Installs the real programs of peers.txt into a cache outside the checkout; what is already there stays.
#
#   test/peers/install.sh [PEER...]      without names: all of them
#
# The cache is $DECRYPT_SOPS_PEERS, by default decrypt-sops/peers in the user's cache folder; the programs are in its bin.
# A peer that cannot be had is reported and is no failure here: the tests skip it by name, and the run that must have it
# says so with PEERS_REQUIRED. Exit status: 0, or 2 for wrong use.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
list=$here/peers.txt
cache=${DECRYPT_SOPS_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/decrypt-sops/peers}

# How a peer is had: one function per word of the column `how`, called with name, version and from. It puts the program
# (or a link to the system's) as the only file into the empty folder $stage, and fails with the cause as its last words.

install_go() {
  command -v go || { echo "Go is not on PATH"; return 1; }
  GOBIN=$stage go install "$3@v$2"
}

install_go_main() {
  local source=$here/$1 ldflags=
  command -v go || { echo "Go is not on PATH"; return 1; }
  grep -F -- "${3/@/ }" "$source/go.mod" || { echo "$1/go.mod does not require ${3/@/ } as peers.txt does"; return 1; }
  if [ -f "$source/ldflags" ]; then ldflags=$(sed "s/{version}/$2/g" "$source/ldflags"); fi
  (cd -- "$source" && go build -mod=readonly -ldflags "$ldflags" -o "$stage/$1" .)
}

install_apt() {
  if ! command -v "$1"; then
    command -v apt-get || { echo "no apt-get here to install the package $3"; return 1; }
    [ "$(id -u)" = 0 ] || { echo "only root can install the package $3"; return 1; }
    # A fresh machine has no package lists, an old one outdated lists: the first try shows both.
    apt_get install "$3" || { apt_get update && apt_get install "$3"; } || return 1
  fi
  # Resolved, as the name found may be our own link when the cache's bin is on PATH.
  ln -s "$(readlink -f -- "$(command -v "$1")")" "$stage/$1"
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet --no-install-recommends "$@"
}

# A peer is there when the program is, and was made by the same row (and the same own sources) of peers.txt.
recipe() {
  printf '%s %s %s %s\n' "$1" "$2" "$3" "$4"
  if [ -d "$here/$1" ]; then (cd -- "$here/$1" && cksum -- *); fi
}

# install_peer NAME VERSION HOW FROM: does it and says so in one line.
install_peer() {
  local name=$1 version=$2 how=$3 from=$4
  local program=$cache/bin/$name made=$cache/made/$name log=$cache/log/$name
  if [ -x "$program" ] && [ "$(recipe "$@")" = "$(cat -- "$made" 2>/dev/null)" ]; then
    echo "$name $version: already there"
    return
  fi
  stage=$(mktemp -d "$cache/stage.XXXXXX")
  if "install_${how//-/_}" "$name" "$version" "$from" </dev/null >"$log" 2>&1; then
    mv -f -- "$stage"/* "$program"
    recipe "$@" >"$made"
    echo "$name $version: installed"
  else
    local cause
    cause="$({ grep -v '^[[:space:]]*$' "$log" || true; } | tail -n 1) (log: $log)"
    echo "$name $version: could not get: $cause"
    missing+=("$name: $cause")
  fi
  rm -rf -- "$stage"
}

names=$(sed -e '/^[[:space:]]*#/d' -e '/^[[:space:]]*$/d' "$list" | awk '{ print $1 }')
for wanted in "$@"; do
  if ! grep -qxF -- "$wanted" <<<"$names"; then
    echo "usage: install.sh [PEER...]; there is no peer '$wanted', only: ${names//$'\n'/ }" >&2
    exit 2
  fi
done

mkdir -p -- "$cache/bin" "$cache/made" "$cache/log"
missing=()
# The list is read from descriptor 3: what the installers start must not eat it.
while read -r name version how from _ <&3; do
  case $name in '' | '#'*) continue ;; esac
  if [ $# -gt 0 ]; then
    case " $* " in *" $name "*) ;; *) continue ;; esac
  fi
  install_peer "$name" "$version" "$how" "$from"
done 3<"$list"

if [ ${#missing[@]} -gt 0 ]; then
  echo
  echo "could not get ${#missing[@]}; the tests that need them are skipped:"
  printf '  %s\n' "${missing[@]}"
fi
