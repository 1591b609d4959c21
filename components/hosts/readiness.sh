# shellcheck shell=sh
# Waits until a machine takes ssh, has ended its first boot, and has a Docker engine that answers.
# "$@": ssh up to and with the address. WITHIN: seconds. FIRST_BOOT: yes where cloud-init sets the
# machine up, and much may fail until it has. SOCKET: the engine's, or empty. Progress goes to
# standard error, the engine's version alone to standard output.
end=$(( $(date +%s) + WITHIN ))
said=
tell() { [ "$1" = "$said" ] || echo "$1" >&2; said=$1; }
give_up() {
    echo "$1" >&2
    echo "the way in, to look: $WAY_IN" >&2
    exit 1
}
again() { # what is waited for
    [ "$(date +%s)" -lt "$end" ] || give_up "not ready within $WITHIN s: $1"
    tell "$1"
    sleep "${PAUSE:-3}"
}
last_line() { printf '%s\n' "$1" | tr -d '\r' | sed '/^[[:space:]]*$/d' | tail -n 1; }

# A shared connection may lead to a machine that this one replaces.
sh -c "$END_SHARED" > /dev/null 2>&1 < /dev/null

until answer=$("$@" true 2>&1 < /dev/null); do
    reason=$(last_line "$answer")
    case $answer in
    *"Host key verification failed"* | *"HOST IDENTIFICATION HAS CHANGED"* | *"no matching host key"*)
        [ "$FIRST_BOOT" = yes ] || give_up "the machine shows another host key than the pinned one, \
so nothing was sent to it: if it was set up anew, write its new key into lab.host.host_key"
        again "waiting for the machine to show its pinned host key"
        ;;
    *"Permission denied"*)
        [ "$FIRST_BOOT" = yes ] || give_up "the machine does not let this user and key in ($reason): \
look at lab.host.user and lab.host.identity_file, or add the key to your agent (ssh-add)"
        again "waiting for the machine to know your key"
        ;;
    *"Could not resolve"* | *"Bad owner"* | *"Bad configuration"* | *"No such file"*)
        give_up "ssh cannot get there: $reason"
        ;;
    *) again "waiting for sshd (${reason:-no answer})" ;;
    esac
done

if [ "$FIRST_BOOT" = yes ]; then
    # 0 and 2 are ends without an error (2: with warnings); an old cloud-init knows only 0 and 1.
    while :; do
        answer=$("$@" 'cloud-init status; echo "code $?"' 2>&1 < /dev/null)
        status=$(printf '%s\n' "$answer" | sed -n 's/^status: //p')
        case $answer in
        *"status: done"*"code 0" | *"status: done"*"code 2") break ;;
        *"status: error"* | *"status: degraded"*"code 1" | *"status: disabled"*)
            "$@" 'tail -n 40 /var/log/docklab-init.log /var/log/cloud-init-output.log' >&2 < /dev/null
            give_up "cloud-init: $status; the end of its log is above"
            ;;
        *) again "cloud-init: ${status:-no answer}" ;;
        esac
    done
    "$@" ls /var/lib/docklab/ready < /dev/null > /dev/null 2>&1 || {
        "$@" 'tail -n 40 /var/log/docklab-init.log' >&2 < /dev/null
        give_up "cloud-init is done, and did not set the machine up; the end of its log is above"
    }
    tell "cloud-init: done"
fi

docker="docker ${SOCKET:+--host unix://$SOCKET }version --format {{.Server.Version}}"
until version=$("$@" "$docker" 2>&1 < /dev/null); do
    reason=$(last_line "$version")
    case $version in
    *"permission denied"*)
        give_up "this user may not use the Docker engine there ($reason): add it to group docker \
(usermod -aG docker), or name root"
        ;;
    *"not found"*) give_up "there is no docker on the machine ($reason): install it there first" ;;
    *) again "waiting for the Docker engine ($reason)" ;;
    esac
done
tell "docker $version ready"
echo "$version"
