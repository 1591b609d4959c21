"""The commands of a first boot in their order: what the recorders must have heard."""

_BEFORE = ("sshd -t -f /etc/ssh/sshd_config.new", "systemctl reload-or-restart sshd")
_AFTER = (
    "rpm -q docker",
    "usermod -aG docker ec2-user",
    "dockerd --validate --config-file /etc/docker/daemon.json",
    "systemctl daemon-reload",
    "systemctl enable --now docklab-metadata.service",
    "systemctl enable --now docker",
    "docker version --format {{.Server.Version}}",
    "docker info",
    "systemctl status --no-pager docker",
)
EXPECTED = {
    "al2": (
        *_BEFORE,
        "yum -y update --security",
        "amazon-linux-extras enable docker",
        "yum -y list --showduplicates docker",
        "yum -y install docker",
        *_AFTER,
    ),
    "al2023": (
        *_BEFORE,
        "dnf -y --releasever=latest update --security",
        "dnf -y --releasever=latest list --showduplicates docker",
        "dnf -y --releasever=latest install docker",
        *_AFTER,
    ),
}
