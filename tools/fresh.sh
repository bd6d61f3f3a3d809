#!/bin/sh
# fresh.sh: what a newcomer meets. Builds a bare Debian or Ubuntu (the one this machine runs, from
# its own apt sources) in build/fresh with only git and sudo, clones this commit into it, and runs
# ./run demo twice and ./run test there as a user with sudo. Prints how long each step took.
# Uncommitted changes are not in the clone. Needs root.
set -eu
cd "$(dirname "$0")/.."
if [ "$(id -u)" -ne 0 ]; then
    exec sudo "$0" "$@"
fi

# shellcheck disable=SC1091 # a file of the system
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
root=$PWD/build/fresh
times=

# Kernel file systems are mounted in a namespace of this script's own: they are gone when it ends,
# however it ends, and never in the way of the rm.
if [ "${FRESH_NAMESPACE:-}" != yes ]; then
    FRESH_NAMESPACE=yes exec unshare --mount "$0" "$@"
fi

step() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    begin=$(date +%s)
    "$@"
    times="$times$(printf '%-40s %4d s' "$name" $(($(date +%s) - begin)))
"
}

# The sources of this machine that carry its own release; not those of other vendors.
sources=$(grep -lE "(^|[[:space:]])$codename([[:space:]]|\$)" \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true)

bare_root() {
    rm -rf "$root"
    mkdir -p build
    # shellcheck disable=SC2086 # a list of files
    mmdebstrap --quiet --mode=root --variant=minbase --include=git,sudo,ca-certificates \
        "$codename" "$root" $sources
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    echo "127.0.0.1 localhost $(uname -n)" >"$root/etc/hosts"
    chroot "$root" useradd --create-home --shell /bin/sh newcomer
    echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/newcomer"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
}

inside() {
    chroot "$root" sudo -u newcomer --login env CI="${CI:-}" sh -c "$1" </dev/null
}

step "a bare $codename" bare_root
git bundle create --quiet "$root/tmp/breakeven.bundle" HEAD
for tool in make gcc python3 meson; do
    ! inside "command -v $tool" || echo "fresh: $tool is there already; this is not bare" >&2
done
step 'git clone' inside 'git clone --quiet -c advice.detachedHead=false /tmp/breakeven.bundle breakeven'
step './run demo, packages and build included' inside 'cd breakeven && ./run demo'
step './run demo, again' inside 'cd breakeven && ./run demo'
step './run test, packages and build included' inside 'cd breakeven && ./run test'
printf '\n%s' "$times"
