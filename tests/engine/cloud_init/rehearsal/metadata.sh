#!/bin/sh
# A machine between its metadata service and a container, as three network namespaces. Says who
# reaches the service, and another address on the same link, before and after the rule.
# Usage: metadata.sh RULE (what the unit gives to sh -c)
set -eu
# What installing iptables would have chosen.
command -v iptables >/dev/null || ln -s iptables-nft /usr/sbin/iptables
link() { # NAMESPACE'S_PID NAME MACHINE'S_ADDRESS ITS_ADDRESS...
    pid=$1 name=$2 gateway=$3
    shift 3
    ip link add "$name" type veth peer name eth0 netns "$pid"
    ip address add "$gateway/16" dev "$name"
    ip link set "$name" up
    for address in "$@"; do nsenter -t "$pid" -n ip address add "$address/16" dev eth0; done
    nsenter -t "$pid" -n ip link set eth0 up
    nsenter -t "$pid" -n ip route add default via "$gateway"
}
unshare -n sleep 300 &
service=$!
unshare -n sleep 300 &
container=$!
# Both have left this namespace.
for pid in $service $container; do
    while [ "$(readlink "/proc/$pid/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
done
link $service service0 169.254.0.1 169.254.169.254 169.254.169.123
link $container container0 10.213.0.1 10.213.0.2
nsenter -t $service -n python3 -m http.server 80 >/dev/null 2>&1 &
server=$!
reach() { # WHO ADDRESS COMMAND...
    said="$1 reaches $2"
    address=$2
    shift 2
    "$@" python3 -c "import socket; socket.create_connection(('$address', 80), 1)" 2>/dev/null ||
        said="not: $said"
    echo "$said"
}
all() {
    for address in 169.254.169.254 169.254.169.123; do
        reach machine "$address" env
        reach container "$address" nsenter -t $container -n
    done
}
until python3 -c "import socket; socket.create_connection(('169.254.169.254', 80), 1)" 2>/dev/null; do
    kill -0 $server
    sleep 0.1
done
echo before
all
sh -c "$1"
sh -c "$1"
echo after
all
iptables -t raw -S PREROUTING
kill $server $service $container
