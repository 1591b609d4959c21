"""Linux capability names in the form that the engine gives back. Pure."""

KNOWN = frozenset(
    [
        "AUDIT_CONTROL",
        "AUDIT_READ",
        "AUDIT_WRITE",
        "BLOCK_SUSPEND",
        "BPF",
        "CHECKPOINT_RESTORE",
        "CHOWN",
        "DAC_OVERRIDE",
        "DAC_READ_SEARCH",
        "FOWNER",
        "FSETID",
        "IPC_LOCK",
        "IPC_OWNER",
        "KILL",
        "LEASE",
        "LINUX_IMMUTABLE",
        "MAC_ADMIN",
        "MAC_OVERRIDE",
        "MKNOD",
        "NET_ADMIN",
        "NET_BIND_SERVICE",
        "NET_BROADCAST",
        "NET_RAW",
        "PERFMON",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_ADMIN",
        "SYS_BOOT",
        "SYS_CHROOT",
        "SYS_MODULE",
        "SYS_NICE",
        "SYS_PACCT",
        "SYS_PTRACE",
        "SYS_RAWIO",
        "SYS_RESOURCE",
        "SYS_TIME",
        "SYS_TTY_CONFIG",
        "SYSLOG",
        "WAKE_ALARM",
    ]
)


def normal_capability(name: str) -> str:
    """`net_raw`, `NET_RAW` and `CAP_NET_RAW` are all `CAP_NET_RAW`.

    The engine answers in this form; any other would be a difference at every `up`.

    Raises:
        ValueError: if Linux has no such capability, or the name stands for all of them.
    """
    bare = name.upper().removeprefix("CAP_")
    if bare == "ALL":
        raise ValueError(f"{name!r} is every capability at once; name those that are needed")
    if bare not in KNOWN:
        raise ValueError(f"{name!r} is not a Linux capability; man 7 capabilities lists them")
    return f"CAP_{bare}"
