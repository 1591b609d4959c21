"""How confined a container is: powers, profiles, limits."""

from __future__ import annotations

from collections.abc import Iterator

from policy.resource import Resource
from policy.rule import CannotTell, Check
from policy.rules import verification
from policy.rules.on_containers import on_containers
from policy.values import at, each, known, listed, look

_HARMLESS = frozenset(
    f"CAP_{name}"
    for name in (
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL"),
        *("NET_BIND_SERVICE", "SETGID", "SETPCAP", "SETUID"),
    )
)
# Beyond the harmless ones, yet not a way out of the container by itself.
_BEARABLE = frozenset(
    f"CAP_{name}"
    for name in ("IPC_LOCK", "LEASE", "MKNOD", "NET_RAW", "SETFCAP", "SYS_CHROOT", "SYS_NICE")
)
_PRIVILEGES = ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true")


def _privileged(resource: Resource) -> Iterator[str]:
    if look(resource, "privileged") is True:
        yield "privileged is true"


def _added(resource: Resource) -> list[str]:
    """Added capabilities in the engine's form."""
    added = (
        str(known(one, "an added capability")) for one in listed(resource, "capabilities", "adds")
    )
    return sorted(f"CAP_{name.upper().removeprefix('CAP_')}" for name in added)


def _dangerous(resource: Resource) -> Iterator[str]:
    allowed = verification.POWERS if verification.is_check(resource) else frozenset()
    for name in _added(resource):
        if name not in _HARMLESS | _BEARABLE | allowed:
            yield f"{name} is added"


def _beyond(resource: Resource) -> Iterator[str]:
    for name in _added(resource):
        if name in _BEARABLE:
            yield f"{name} is added"


def _dropped(resource: Resource) -> Iterator[str]:
    drops = [
        str(known(one, "a dropped capability")) for one in listed(resource, "capabilities", "drops")
    ]
    if not {name.upper().removeprefix("CAP_") for name in drops} & {"ALL"}:
        yield "the engine's default capabilities are kept"


def _root(resource: Resource) -> Iterator[str]:
    if look(resource, "readOnly") is not True:
        yield "readOnly is not true"


def _memory(resource: Resource) -> Iterator[str]:
    memory = look(resource, "memory")
    if not isinstance(memory, int | float) or memory <= 0:
        yield "memory has no limit"
    elif look(resource, "memorySwap") == -1:
        yield "swap has no limit"


def _options(resource: Resource) -> list[str]:
    return [str(known(one, "securityOpts")) for one in listed(resource, "securityOpts")]


def _new_privileges(resource: Resource) -> Iterator[str]:
    if not any(option in _PRIVILEGES for option in _options(resource)):
        yield "securityOpts has no no-new-privileges:true"


def _profiles(resource: Resource) -> Iterator[str]:
    allowed = verification.PROFILES if verification.is_check(resource) else frozenset()
    for option in sorted(set(_options(resource)) - allowed):
        name, _, value = option.replace(":", "=", 1).partition("=")
        off = (name in ("seccomp", "apparmor", "systempaths") and value == "unconfined") or (
            name == "label" and value == "disable"
        )
        if off:
            yield f"securityOpts has {option}"


def _devices(resource: Resource) -> Iterator[str | CannotTell]:
    def of(device: object) -> Iterator[str]:
        yield f"the device {at(device, 'hostPath')} of the machine is given to it"

    yield from each(listed(resource, "devices"), of)
    yield from (
        f"the device rule {known(r, 'a device rule')} is given to it"
        for r in listed(resource, "deviceCgroupRules")
    )


def _unless_files(check: Check) -> Check:
    """For rules on what runs: the container that lends the verifier's volume never does."""
    return lambda resource: iter(()) if verification.is_files(resource) else check(resource)


RULES = (
    on_containers(
        "privileged-container",
        "No container is privileged",
        "high",
        _privileged,
        "A privileged container is root on the machine: every device, every capability, no profile",
        "name the capabilities that are needed under capabilities",
        "CIS Docker 1.2, 5.4; checkov CKV_K8S_16",
    ),
    on_containers(
        "dangerous-capability",
        "No container has a capability that leads out of it",
        "high",
        _dangerous,
        "With it a program can change the machine's kernel, network, devices or other processes",
        "take it out of capabilities; most programs need none",
        "CIS Docker 1.2, 5.3; checkov CKV_K8S_25",
    ),
    on_containers(
        "added-capability",
        "A container has harmless capabilities only",
        "medium",
        _beyond,
        "It makes attacks on neighbours possible, such as forged ARP answers with NET_RAW",
        "take it out of capabilities; most programs need none",
        "CIS Docker 1.2, 5.3; checkov CKV_K8S_25",
    ),
    on_containers(
        "capabilities-kept",
        "A container starts with every capability dropped",
        "medium",
        _unless_files(_dropped),
        "The engine's defaults hold NET_RAW, MKNOD and more that hardly any program needs",
        'capabilities with drops=["ALL"]',
        "checkov CKV_K8S_37",
    ),
    on_containers(
        "writable-root",
        "A container's root filesystem is read-only",
        "low",
        _unless_files(_root),
        "What is written into it is gone with the container, and an intruder can change programs",
        "leave read_only_root out of the lab; use a volume or tmpfs for what must be written",
        "CIS Docker 1.2, 5.12; checkov CKV_K8S_22",
    ),
    on_containers(
        "memory-unlimited",
        "A container's memory is limited",
        "medium",
        _unless_files(_memory),
        "One container that leaks takes the whole machine down",
        "write memory: 64MiB, or what it needs",
        "CIS Docker 1.2, 5.10; checkov CKV_K8S_13",
    ),
    on_containers(
        "new-privileges",
        "No program of a container gains privileges",
        "medium",
        _unless_files(_new_privileges),
        "A setuid program in the image would make any user in the container root there",
        "security_opts with no-new-privileges:true",
        "CIS Docker 1.2, 5.25; checkov CKV_K8S_20",
    ),
    on_containers(
        "profile-off",
        "The kernel's profiles are on",
        "high",
        _profiles,
        "Seccomp, AppArmor and SELinux stop most ways out that a hole in the kernel opens",
        "take the option out of security_opts; where it is label=disable, pid_mode: host or "
        "ipc_mode: host brings it: take that out of the lab",
        "CIS Docker 1.2, 5.1, 5.2, 5.21; checkov CKV_K8S_31",
    ),
    on_containers(
        "host-device",
        "No container has a device of the machine's",
        "high",
        _devices,
        "A disk's device holds all of the machine's files",
        "take the device out",
        "CIS Docker 1.2, 5.17",
    ),
)
