"""The way out, in plain words, for what checks find. Pure text."""

from __future__ import annotations

RUN_WITH = (
    "run the verification container with all capabilities dropped and SYS_PTRACE, SYS_ADMIN, "
    "SETUID, SETGID added, usernsMode host, apparmor=unconfined, /proc bound at /host/proc"
)
_SETTING = {
    "ipc": "ipc_mode: {}",
    "pid": "pid_mode: {}",
    "net": "network_mode: {}",
    "user": "userns_mode: {}",
}


def shared_with_host(name: str, container: str, remap: bool) -> str:
    if name == "user" and not remap:
        return "start the engine with userns-remap, or set verification.require.user to false"
    if name == "time":
        return (
            "this engine gives containers no time namespace (29.5 and newer do): "
            "set verification.require.time to auto"
        )
    if name == "mnt":
        return (
            f"no Docker option shares the mount namespace: {container} was not started as a "
            "container; remove it and bring the lab up again"
        )
    if name not in _SETTING:
        return (
            f"no lab file asks for this: {container} was started by other means; "
            "remove it and bring the lab up again"
        )
    return f"remove `{_SETTING[name].format('host')}` from {container} in the lab file"


def shared_between(name: str, one: str, other: str, remap: bool) -> str:
    if name == "user" and remap:
        return (
            f"a container that joins another's net, ipc or pid joins its user namespace too: "
            f"remove that from {one} or {other} in the lab file"
        )
    if name == "user" or name not in _SETTING:
        return shared_with_host(name, one, remap=False)
    return (
        f"remove `{_SETTING[name].format(f'container:{other}')}` from {one} (or the reverse from "
        f"{other}) in the lab file"
    )


def unreadable(why: str) -> str:
    """What to do about a fact that was not read, by its errno name or reason."""
    if why in ("EACCES", "EPERM"):
        return f"the kernel refused the read ({why}): {RUN_WITH}"
    if why in ("ENOENT", "ESRCH", "no process"):
        return "the container is not running, or restarted: bring the lab up again"
    if why == "EMFILE":
        return (
            "too few open files or POSIX message queues allowed: raise the nofile and msgqueue "
            "ulimits of the verification container, or end the container that holds the queues"
        )
    if why == "deadline":
        return "the run was out of time: the host is overloaded; run the verification again"
    if "shim" in why:
        return "what the host's own namespaces are is not known: see check baseline"
    return "run the verification again; if it stays, the report's evidence says what was read"


def not_shown(kind: str, problem: str) -> str:
    """What to do when a demonstration was not seen; `problem` begins with an errno name, if any."""
    why = problem.partition(" ")[0]
    if why == "ENOSPC":
        return f"the host allows no more {kind} namespaces: raise user.max_{kind}_namespaces there"
    if "mkdir" in problem:
        return "give the verification container a tmpfs at /tmp"
    if kind == "user" and why in ("EPERM", "EACCES"):
        return (
            "the host refuses user namespaces to unprivileged users (sysctl "
            "kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns), or "
            f"SETUID and SETGID are missing: {RUN_WITH}"
        )
    if why in ("EPERM", "EACCES"):
        return unreadable(why)
    if why == "EINVAL":
        return f"this kernel makes no {kind} namespaces: use one that does"
    if problem:
        return unreadable(problem)
    return f"do not rely on {kind} namespaces here: this kernel (or a sandbox around it) has none"
