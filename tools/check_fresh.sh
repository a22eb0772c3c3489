#!/bin/sh
# `make demo` and `make check` (or TARGETS) on a clone of this commit in an empty Debian 12 (debootstrap, chroot). Needs root.
set -eu
command -v debootstrap >/dev/null 2>&1 || apt-get install -y -qq debootstrap >/dev/null
root=$(mktemp -d "${TMPDIR:-/tmp}/winnow-fresh-XXXXXX")
trap 'umount "$root/proc" "$root/dev/shm" "$root" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
mirror=$(sed -nE 's/^(deb|URIs:) *(\[[^]]*\] *)?([^ ]+).*/\3/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
debootstrap --variant=minbase bookworm "$root" "$mirror" >/dev/null
cp -r /etc/apt/. "$root/etc/apt/"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
# The cluster of the tests needs / to be a mount point; packages start no servers.
mount --bind "$root" "$root"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm" && mount -t tmpfs tmpfs "$root/dev/shm"
chroot "$root" apt-get update -qq
chroot "$root" apt-get install -y -qq git make >/dev/null
git clone -q . "$root/root/winnow"
for target in ${TARGETS:-demo check}; do
  begin=$(date +%s)
  chroot "$root" sh -c "cd /root/winnow && make $target" || { echo "check-fresh: make $target failed"; exit 1; }
  echo "check-fresh: make $target took $(($(date +%s) - begin)) s"
done
