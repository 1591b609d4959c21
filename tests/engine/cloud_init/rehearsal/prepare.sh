#!/bin/sh
# Makes a container look like Amazon Linux to cloud-init and to the script of the first boot.
# Usage: prepare.sh VERSION_ID
set -eu
printf 'ID=amzn\nVERSION_ID=%s\n' "$1" >/etc/os-release
cp /rehearsal/cloud.cfg /etc/cloud/cloud.cfg
mkdir -p /rehearsal/bin /run/sshd /var/lib/cloud/seed/nocloud
echo 'instance-id: i-first' >/var/lib/cloud/seed/nocloud/meta-data
: >/rehearsal/calls
: >/rehearsal/fail
for tool in yum dnf amazon-linux-extras systemctl usermod rpm docker dockerd sshd; do
    ln -sf ../recorder.sh "/rehearsal/bin/$tool"
done
chmod +x /rehearsal/*.sh
# What installing openssh-server would have done.
useradd --system --home-dir /run/sshd sshd
# As on Amazon Linux: other host keys, and a limit that is lower than ours.
printf '%s\n' 'HostKey /etc/ssh/ssh_host_rsa_key' 'MaxStartups 10:30:100' >>/etc/ssh/sshd_config
ssh-keygen -q -t rsa -N '' -f /etc/ssh/ssh_host_rsa_key
