#!/usr/bin/env bash
# Builds the project's image from its own Dockerfile where no image registry can be reached.
#
#   build-images.sh [NODE [PROJECT]]     the node program for the base (default: the one on PATH), the checkout
#
# The base stands in for the published one: FROM scratch, the given Node with its shared libraries at /nodejs/bin/node,
# the user `nobody`, CA certificates, nothing else. Both images are built again only when what goes in has changed. Prints the
# name of the project's image.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
node=$(readlink -f -- "${1:-$(command -v node)}")
project=$(cd -- "${2:-$here/../../..}" && pwd)
base=localhost/decrypt-sops-base:test
image=localhost/decrypt-sops:test
label=decrypt-sops.test.inputs
certificates=/etc/ssl/certs/ca-certificates.crt
export CONTAINERS_CONF="${CONTAINERS_CONF:-$here/containers.conf}"

# Test files run at the same time: the second finds what the first has built.
exec 9>"${TMPDIR:-/tmp}/decrypt-sops-images.lock"
if command -v flock >/dev/null; then flock 9; fi

# build IMAGE INPUTS FOLDER [ARGUMENT...]: unless the image there was built from the same inputs.
build() {
  local name=$1 inputs=$2 folder=$3 before
  shift 3
  before=$(podman image inspect --format '{{.Id}}' "$name" 2>/dev/null || true)
  buildah bud --isolation chroot --quiet --label "$label=$inputs" --tag "$name" "$@" "$folder" >/dev/null
  # The image that lost its name to the new one is garbage now; one still in use by a container stays until next time.
  if [ -n "$before" ]; then buildah rmi "$before" >/dev/null 2>&1 || true; fi
}

# is_from IMAGE INPUTS: whether the image is there and was built from these inputs.
is_from() {
  [ "$(podman image inspect --format "{{index .Labels \"$label\"}}" "$1" 2>/dev/null)" = "$2" ]
}

digest() { sha256sum | cut -c 1-16; }

libraries=$(ldd "$node" | grep -oE '/[^ ]+')
base_inputs=$(cat -- "${BASH_SOURCE[0]}" <(stat -L -c '%n %s %Y' -- "$node" $libraries) | digest)
if ! is_from "$base" "$base_inputs"; then
  root=$(mktemp -d)
  trap 'rm -rf -- "$root"' EXIT
  mkdir -p "$root"/{etc,dev,proc,sys,nodejs/bin,"${certificates%/*}"} && mkdir -m 1777 "$root/tmp"
  cp -- "$node" "$root/nodejs/bin/node"
  for library in $libraries; do
    mkdir -p -- "$root${library%/*}"
    cp -L -- "$library" "$root$library"
  done
  if [ -r "$certificates" ]; then cp -L -- "$certificates" "$root$certificates"; fi
  printf '%s\n' root:x:0:0::/:/sbin/nologin nobody:x:65534:65534::/nonexistent:/sbin/nologin >"$root/etc/passwd"
  printf '%s\n' root:x:0: nobody:x:65534: >"$root/etc/group"
  build "$base" "$base_inputs" "$root" --file <(printf 'FROM scratch\nCOPY . /\n')
fi

copied() { find Dockerfile .dockerignore dist/decrypt-sops.cjs dist/chunks dist/THIRD_PARTY_LICENSES.txt -type f -print0 | LC_ALL=C sort -z; }
project_inputs=$(cd -- "$project" && { echo "$base_inputs"; copied | xargs -0 sha256sum; } | digest)
if ! is_from "$image" "$project_inputs"; then
  build "$image" "$project_inputs" "$project" --build-arg "BASE=$base"
fi
echo "$image"
