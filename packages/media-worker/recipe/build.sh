#!/usr/bin/env bash
# Builds the media worker from the source that the npm package of mediasoup carries, so the lock file vouches for it,
# against Debian's OpenSSL, libuv, libsrtp2, abseil and flatbuffers, which the shims in subprojects/ stand for.
#
#   build.sh SOURCE TARGET    lines on stdout tell how far it is; the last one on stderr why it cannot be done
set -euo pipefail
source=$1 target=$2
here=$(cd "$(dirname "$0")" && pwd)
say() { echo "$*"; }
die() { echo "$*" >&2; exit 1; }

mkdir -p "$(dirname "$target")"
# One at a time: a second caller waits, and then finds what the first has built.
exec 9>"$(dirname "$target")/.media-worker.lock"
flock 9
[ ! -x "$target" ] || exit 0
work=$(mktemp -d "$(dirname "$target")/.media-worker.XXXXXX")
trap 'rm -rf "$work"' EXIT

needs=(meson ninja-build g++ pkg-config libssl-dev libuv1-dev libsrtp2-dev libabsl-dev flatbuffers-compiler libflatbuffers-dev)
command -v dpkg >/dev/null || die "it is built on Debian alone, and this is another system"
missing=()
for package in "${needs[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
if [ ${#missing[@]} -gt 0 ]; then
  install=(apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=900 "${missing[@]}")
  [ "$(id -u)" -eq 0 ] || die "as root, run: ${install[*]}"
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && "${install[@]}"; } >"$work/log" 2>&1 9>&- || { tail -n 20 "$work/log" >&2; die "apt-get failed"; }
fi

say "unpacking its source"
cp -r "$source" "$work/src"
cd "$work/src"
# Each shim takes the place of the sources that its .wrap would download.
for shim in "$here"/subprojects/*; do
  wrap=subprojects/$(basename "$shim").wrap
  [ -f "$wrap" ] || die "this version of mediasoup has no $wrap: the recipe must be adapted"
  cp -r "$shim" "subprojects/$(sed -n 's/^directory *= *//p' "$wrap")"
done

# Fails, rather than doing nothing, where another version of mediasoup has another line.
patch_line() {
  grep -qF -- "$2" "$1" || die "$1 of this version of mediasoup lacks: $2"
  OLD=$2 NEW=$3 perl -pi -e 's/\Q$ENV{OLD}\E/$ENV{NEW}/' "$1"
}
# Debian 12 has meson 1.0.1, which builds this as well.
patch_line meson.build "meson_version: '>= 1.1.0'" "meson_version: '>= 1.0.0'"
# OpenSSL calls back with BIO_CB_RETURN or'ed to the operation. The comparison for equality replaces the BIO's answers
# by 1, and with Debian's OpenSSL the worker dies when the first client connects. Nothing but a real client shows it.
patch_line src/RTC/DtlsTransport.cpp '(operationType == BIO_CB_RETURN)' '((operationType & BIO_CB_RETURN) != 0)'

{ meson setup build --buildtype=release -Db_ndebug=true --wrap-mode=nodownload &&
  nice -n 10 ninja -C build mediasoup-worker; } 2>&1 9>&- | tee "$work/log" |
  sed -un 's/^\[\([0-9]*[05]\)\/\([0-9]*\)\].*/compiled \1 of \2 parts/p' ||
  { grep -m 5 -A 15 -E 'FAILED|ERROR' "$work/log" >&2 || tail -n 30 "$work/log" >&2; die "the compiler failed"; }
strip build/mediasoup-worker
mv -f build/mediasoup-worker "$target"
