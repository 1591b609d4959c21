"""What a container may do beyond the confined default: its powers, namespaces and loaders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource
from review.exposure.row import Exposed, key_of, mapping, maps, texts

_MODES = {
    "networkMode": "NET",
    "pidMode": "PID",
    "ipcMode": "IPC",
    "usernsMode": "USER",
    "cgroupnsMode": "CGROUP",
    "utsMode": "UTS",
}
# What such a variable says a loader or an interpreter runs, or a program trusts.
_LOADS = frozenset(
    (
        *("BASH_ENV", "PROMPT_COMMAND", "LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD", "GCONV_PATH"),
        *("PATH", "PYTHONHOME", "PYTHONINSPECT", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE"),
        *("NODE_OPTIONS", "NODE_PATH", "PERL5LIB", "PERL5OPT", "RUBYLIB", "RUBYOPT", "LUA_INIT"),
        *("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "DOTNET_STARTUP_HOOKS"),
        *("GIT_SSH_COMMAND", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PIP_INDEX_URL"),
        *("PIP_EXTRA_INDEX_URL", "NPM_CONFIG_REGISTRY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
        "NODE_TLS_REJECT_UNAUTHORIZED",
    )
)
_TMPFS_GUARDS = ("noexec", "nosuid", "nodev")


def of_powers(one: Resource) -> Iterator[Exposed]:
    """Of each guard either that it is there, or what follows from its absence."""
    row = _Rows(one)
    inputs = one.inputs
    capabilities = mapping(inputs.get("capabilities"))
    for name in texts(capabilities.get("adds")):
        yield row.opens(f"has {name}")
    dropped = "ALL" in texts(capabilities.get("drops"))
    kept = "keeps the engine's capabilities"
    yield row.either("capabilities", dropped, "drops every capability", kept)
    read_only = inputs.get("readOnly") is True
    yield row.either("root", read_only, "root file system is read-only", "writes to its own layer")
    yield row.either("memory", inputs.get("memory"), "memory is limited", "its memory has no limit")
    yield _user(row, str(inputs.get("user") or ""))
    yield from _security(row, texts(inputs.get("securityOpts")))
    if inputs.get("privileged"):
        yield row.opens("is privileged: it is the machine's root")
    for device in maps(inputs.get("devices")):
        yield row.opens(f"has the machine's device {device.get('hostPath')}")
    yield from _namespaces(row, inputs)
    yield from _temporary(row, mapping(inputs.get("tmpfs")))
    for entry in texts(inputs.get("envs")):
        if entry.partition("=")[0].upper() in _LOADS:
            yield row.opens(f"gets {entry}, which decides what code it runs or whom it trusts")


class _Rows:
    def __init__(self, one: Resource) -> None:
        self._subject, self._of = key_of(one), one.name

    def opens(self, text: str, way: str = "") -> Exposed:
        return Exposed(topic="powers", subject=self._subject, text=text, way=way, of=self._of)

    def guards(self, text: str, way: str = "") -> Exposed:
        return Exposed(
            topic="powers", subject=self._subject, text=text, kind="guards", way=way, of=self._of
        )

    def either(self, way: str, guarded: object, guard: str, without: str) -> Exposed:
        return self.guards(guard, way) if guarded else self.opens(without, way)


def _user(row: _Rows, user: str) -> Exposed:
    """0 in any spelling is root; without a word the image says who, and mostly says root."""
    name = user.partition(":")[0]
    root = name == "root" or (name.isdecimal() and int(name) == 0)
    without = "runs as root" if root else "runs as its image says, which is mostly root"
    return row.either("user", name and not root, "does not run as root", without)


def _security(row: _Rows, options: list[str]) -> Iterator[Exposed]:
    kept = [one for one in options if one.startswith("no-new-privileges") and "false" not in one]
    guard, without = "gains no privileges after its start", "may gain privileges after its start"
    yield row.either("privileges", kept, guard, without)
    for option in options:
        if option not in kept and not option.startswith("no-new-privileges"):
            yield row.opens(f"security option {option}")


def _namespaces(row: _Rows, inputs: Mapping[str, Any]) -> Iterator[Exposed]:
    for name, namespace in _MODES.items():
        mode = str(inputs.get(name) or "")
        if mode.startswith("container:"):
            other = mode.removeprefix("container:")
            other = re.sub(r"^\$\{(.+)-container\.\w+\}$", r"\1", other)
            yield row.opens(f"shares the {namespace} namespace of {other}")
        elif mode == "host":
            yield row.opens(f"is in the machine's {namespace} namespace")
        elif mode == "shareable":
            yield row.opens(f"lets others join its {namespace} namespace")


def _temporary(row: _Rows, folders: Mapping[str, Any]) -> Iterator[Exposed]:
    for target, options in sorted(folders.items()):
        missing = [one for one in _TMPFS_GUARDS if one not in str(options).split(",")]
        if missing:
            yield row.opens(f"{target} is mounted without {', '.join(missing)}")
