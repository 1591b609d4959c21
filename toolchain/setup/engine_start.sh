#!/bin/sh
# Becomes a Docker engine. Runs as root in a mount namespace of its own, with the machine's network still there.
# Usage: engine_start.sh RUNTIME_FOLDER DATA_FOLDER DOCKERD [FLAG...]
set -eu
run=$1
data=$2
shift 2

# A short path that every user may walk: user namespaces refuse a data folder below a 0700 one.
mount --bind "$data" "$run/data"
# The port publisher listens where the user asked: in the machine's network, which only this still names.
mount --bind "/proc/$$/ns/net" "$run/machine-net"
if [ -s "$run/resolv.conf" ]; then
    mount --bind "$run/resolv.conf" /etc/resolv.conf
fi
# Fixed places that engines write to, and where one would find another's containerd.
for folder in /run/containerd /run/docker /etc/docker /opt/containerd; do
    mount -t tmpfs -o mode=0711 docklab "$folder"
done

echo "$$" > "$run/pid"
# shellcheck disable=SC2016
exec unshare --net -- sh -c '
    ip link set lo up
    # A port may be published on an address that only the machine has.
    echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind || true
    echo ready > "$0/network-ready"
    while [ ! -e "$0/uplink-ready" ]; do sleep 0.02; done
    exec "$@"' "$run" "$@"
