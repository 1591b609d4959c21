#!/bin/sh
# Stands in for a tool of Amazon Linux under its name: writes down how it was called, and fails
# where the test says so. Its answers are those of the real one, as far as anyone reads them.
call="${0##*/}${*:+ $*}"
echo "$call" >>/rehearsal/calls
fail=$(cat /rehearsal/fail)
if [ -n "$fail" ]; then
    case $call in
        "$fail"*) echo "$fail: refused by the rehearsal" >&2; exit 7 ;;
    esac
fi
case $call in
    "yum -y list "* | "dnf -y "*"list "*) echo "docker.x86_64  25.0.8-1" ;;
    "rpm -q docker") echo docker-25.0.8-1.x86_64 ;;
    "docker version "*) echo 25.0.8 ;;
    "docker info") echo "  userns" ;;
    "sshd "*) exec /usr/sbin/sshd "$@" ;;
esac
