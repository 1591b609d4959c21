# shellcheck shell=bash
# The first boot of a host of docklab, on Amazon Linux 2 and 2023. The settings stand above.
# Everything it does is in /var/log/docklab-init.log; what it found out is in /var/lib/docklab.

# The first failure stops it, also within a function or a pipe, and so does a name without a value.
set -Eeuo pipefail
readonly STATE=/var/lib/docklab LOG=/var/log/docklab-init.log SSHD=/etc/ssh/sshd_config

# The stamp is written last: where it is, everything was done, and a second run changes nothing.
if [ -e "$STATE/ready" ]; then
    echo "docklab: this machine is ready already"
    exit 0
fi
# Other users may read what is recorded here; the script itself is for root alone.
mkdir -p "$STATE"
chmod 0755 "$STATE"
# What an earlier attempt said is not true any more.
rm -f "$STATE/failed"
# The log gets everything; what goes to 3 is also shown in cloud-init's output and on the console.
exec 3>&1 >>"$LOG" 2>&1
chmod 0644 "$LOG"

# One line for each step, on both.
step=start
say() {
    { set +x; } 2>/dev/null
    step=$*
    line="$(date -u +%FT%TZ) docklab: $step"
    echo "$line"
    echo "$line" >&3
    set -x
}

# Says what failed and where, shows the end of the log, and lets cloud-init see an error.
failed() {
    trap - ERR
    set +x
    # A command substitution that fails ends its own shell first, and has said all this.
    if [ -e "$STATE/failed" ]; then exit 1; fi
    printf 'step: %s\nline: %s\ncommand: %s\nexit status: %s\n' "$step" "$2" "$3" "$1" \
        >"$STATE/failed"
    cat "$STATE/failed" >>"$LOG"
    {
        echo "docklab: the first boot failed; the end of $LOG:"
        tail -n 20 "$LOG"
        echo "again, after a repair: sudo bash $STATE/init.sh"
    } >&3
    exit 1
}
trap 'failed "$?" "$LINENO" "$BASH_COMMAND"' ERR

# A check that fails says what it means instead of a command.
refuse() { failed 1 "${BASH_LINENO[0]}" "$*"; }

# The package manager of each system; AL2023 takes packages from the release it is locked to
# unless another is named.
packages() {
    case $DOCKLAB_OS in
        al2) yum -y "$@" ;;
        al2023) dnf -y ${DOCKLAB_RELEASE:+"--releasever=$DOCKLAB_RELEASE"} "$@" ;;
    esac
}

# From the first step on the log has each command with its line. None has a secret among its words.
PS4='+ line $LINENO: '

say "checking that this is $DOCKLAB_OS, and has the user $DOCKLAB_USER"
# shellcheck source=/dev/null
system=$(. /etc/os-release && echo "$ID $VERSION_ID")
case $DOCKLAB_OS/$system in
    "al2/amzn 2" | "al2023/amzn 2023") ;;
    *) refuse "os is $DOCKLAB_OS and this machine is $system; make os and image agree" ;;
esac
# The image's own user, or one that was made before this.
group=$(id -gn "$DOCKLAB_USER")

say "ssh: the pinned host key alone, and many connections at once"
# Defined only where cloud-init does not install the key by itself.
if declare -F install_host_key >/dev/null; then install_host_key; fi
# Another key would fail later, at the first connection, and say less.
key=$(ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key)
case "$key " in
    "$DOCKLAB_HOST_KEY "*) ;;
    *) refuse "the host key of this machine is not the pinned one" ;;
esac
# Docker's client opens a connection for each request, and sshd drops some above 10 by default. Ours
# stand first, and other values are taken out: for most words the first counts, for some the last.
rest=$(sed -e '/^# docklab: begin$/,/^# docklab: end$/d' \
    -e '/^[[:space:]]*\(HostKey\|MaxStartups\|MaxSessions\)[[:space:]]/Id' "$SSHD")
printf '%s\n' '# docklab: begin' 'HostKey /etc/ssh/ssh_host_ed25519_key' 'MaxStartups 100:30:200' \
    'MaxSessions 64' '# docklab: end' "$rest" >"$SSHD.new"
# A mistake in it would lock everyone out, so it is tried beside the one that is in force, which
# then keeps its owner and mode.
sshd -t -f "$SSHD.new"
cat "$SSHD.new" >"$SSHD"
rm "$SSHD.new"
# Connections that are open stay open.
systemctl reload-or-restart sshd

say "updates: $DOCKLAB_UPDATES"
# Here and nowhere else, before Docker is there, so that none restarts it. Nothing restarts the
# machine: a new kernel waits for a restart of your choice.
case $DOCKLAB_UPDATES in
    security) packages update --security ;;
    all) packages update ;;
esac

say "searching for docker"
# On Amazon Linux 2 it comes from the extras; the image has the topic on, and this makes it sure.
if [ "$DOCKLAB_OS" = al2 ]; then amazon-linux-extras enable docker; fi
# Every version on offer, for the record.
packages list --showduplicates docker >"$STATE/docker-available"

say "installing docker"
packages install docker
# Which package that was.
rpm -q docker >"$STATE/docker-package"
# Group membership is what lets the user's ssh session talk to the engine.
usermod -aG docker "$DOCKLAB_USER"

say "configuring docker"
if [ "$DOCKLAB_REMAP" = yes ]; then
    # The engine makes this user by itself where usermod knows -v, which is not everywhere. The
    # range is far above what useradd gives to people.
    id dockremap || useradd --system --user-group --no-create-home --shell /sbin/nologin dockremap
    for map in /etc/subuid /etc/subgid; do
        touch "$map"
        grep -q '^dockremap:' "$map" || echo dockremap:10000000:65536 >>"$map"
    done
fi
# Before the engine's first start: remapping moves its data.
mkdir -p /etc/docker
printf '%s\n' "$DOCKLAB_DAEMON" >/etc/docker/daemon.json
dockerd --validate --config-file /etc/docker/daemon.json

say "keeping containers from the instance metadata"
# User data holds the host key, and the metadata service hands it to whoever asks from here. A hop
# limit of 1 stops containers too, but not every kind of machine has that. In the raw table, before
# routing and Docker's own rules, only what the machine forwards is seen, never its own requests.
cat >/etc/systemd/system/docklab-metadata.service <<'UNIT'
[Unit]
Description=Containers do not reach the instance metadata
Before=docker.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'iptables -w -t raw -C PREROUTING -d 169.254.169.254/32 -j DROP || iptables -w -t raw -A PREROUTING -d 169.254.169.254/32 -j DROP'
[Install]
RequiredBy=docker.service
UNIT
systemctl daemon-reload
# Required by the engine: without the rule it does not start, at this boot and any other.
systemctl enable --now docklab-metadata.service

say "starting docker, now and at every boot"
systemctl enable --now docker
# These fail while there is no answer, so from here on it works.
docker version --format '{{.Server.Version}}' >"$STATE/docker-version"
docker info >"$STATE/docker-info"
systemctl status --no-pager docker >"$STATE/docker-status"
if [ "$DOCKLAB_REMAP" = yes ] && ! grep -q userns "$STATE/docker-info"; then
    refuse "the engine runs without userns-remap"
fi

say "making $DOCKLAB_DIR"
# A folder that is there already keeps its owner.
if [ ! -d "$DOCKLAB_DIR" ]; then install -d -m 0755 -o "$DOCKLAB_USER" -g "$group" "$DOCKLAB_DIR"; fi

say "ready: docker $(cat "$STATE/docker-version")"
# In one move, and last.
date -u +%FT%TZ >"$STATE/ready.new"
mv "$STATE/ready.new" "$STATE/ready"
