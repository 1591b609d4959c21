"""Paths a lab writes down: mount targets and bind sources. By text alone, no file is looked at."""

import posixpath
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

from infra.model.base import quoted, shown
from infra.model.form import text_form

LAB_DIR = "${lab_dir}"
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}?|\$[A-Za-z_]\w*|\{\{.*?\}\}")

# A container that holds one of these holds the machine, whatever the mode says.
_FORBIDDEN_TREES = {
    "/proc": "the machine's processes",
    "/sys": "the machine's kernel settings",
    "/dev": "the machine's devices",
    "/run": "the sockets of the machine's daemons, the Docker engine's among them",
    "/var/run": "the sockets of the machine's daemons, the Docker engine's among them",
    "/boot": "the machine's kernels",
    "/var/lib/docker": "the Docker engine's own data",
    "/var/lib/containerd": "the Docker engine's own data",
}
_FORBIDDEN_ALONE = {"/etc": "the machine's accounts and settings", "/root": "root's home"}
_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock")
_PRIVATE_TARGETS = ("/proc", "/sys", "/dev")


def _parents(path: str) -> list[str]:
    """The folders that a path is in, without the root."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(2, len(parts))]


def clean(path: str) -> str:
    """The path without `//`, `.`, `..` and trailing slashes."""
    return "/" + posixpath.normpath(path).lstrip("/")


def within(path: str, tree: str) -> bool:
    return path == tree or tree == "/" or path.startswith(f"{tree}/")


def why_not_bound(path: str) -> str | None:
    """Why a clean absolute path of the host may not be bind-mounted, or None."""
    if posixpath.basename(path) in _SOCKETS:
        return "it is a container engine's socket: whoever holds it is root on the machine"
    for tree, what in _FORBIDDEN_TREES.items():
        if within(path, tree):
            return f"{tree} holds {what}"
        if within(tree, path):
            return f"it contains {tree}, which holds {what}"
    if path in _FORBIDDEN_ALONE:
        return f"it holds {_FORBIDDEN_ALONE[path]}"
    return None


def bind_source(value: str) -> str:
    """An absolute path, or one below `${lab_dir}`; given back clean."""
    below_lab_dir = value == LAB_DIR or value.startswith(f"{LAB_DIR}/")
    rest = value.removeprefix(LAB_DIR) if below_lab_dir else value
    unknown = _PLACEHOLDER.search(rest)
    if unknown:
        raise ValueError(
            f"{shown(value)}: {shown(unknown[0])} is not a placeholder; the only one is {LAB_DIR}, "
            "at the start"
        )
    if below_lab_dir:
        inside = posixpath.normpath(f"./{rest}")
        if inside == "." or inside.split("/")[0] == "..":
            raise ValueError(
                f"{shown(value)} is not below {LAB_DIR}; name a folder as in {LAB_DIR}/notes"
            )
        return f"{LAB_DIR}/{inside}"
    if not value.startswith("/"):
        raise ValueError(f"{quoted(value)} is not absolute; start it with / or with {LAB_DIR}/")
    path = clean(value)
    reason = why_not_bound(path)
    if reason:
        told = shown(value) if value == path else f"{shown(value)} (that is {shown(path)})"
        raise ValueError(f"{told} may not be mounted: {reason}; name a folder of the lab's own")
    return path


def resolve_source(source: str, lab_dir: str) -> str:
    """A checked source with `${lab_dir}` filled in."""
    return source.replace(LAB_DIR, lab_dir.rstrip("/"), 1) if source.startswith(LAB_DIR) else source


def mount_target(value: str) -> str:
    """Where a mount appears in a container: absolute, clean, not over what the engine provides."""
    if not value.startswith("/"):
        raise ValueError(f"{quoted(value)} is not absolute; a mount's target starts with /")
    path = clean(value)
    if path == "/":
        raise ValueError(f"{shown(value)} is the container's whole root; name a folder below it")
    for tree in _PRIVATE_TARGETS:
        if within(path, tree):
            raise ValueError(
                f"{shown(value)} lies in {tree}, which the engine provides; mount elsewhere"
            )
    return path


def _any_of(paths: Iterable[str]) -> str:
    """The paths and all below them, but for those with a dot: `..` may lead out again."""
    return f"(?:{'|'.join(paths)})(?:/[^.]*)?"


_ABOVE = {parent for tree in _FORBIDDEN_TREES for parent in _parents(tree)}
_ALONE = "|".join(sorted(_ABOVE | _FORBIDDEN_ALONE.keys()))
BindSource = Annotated[
    str,
    AfterValidator(bind_source),
    text_form(
        "path",
        rf"(?!(?:{_any_of(_FORBIDDEN_TREES)}|(?:{_ALONE})?/*)$)"
        r"(?:/|\$\{lab_dir\}/+[^/])(?:(?!\$[A-Za-z_{])[\s\S])*",
        f"absolute, or below {LAB_DIR}; no folder of the system, no engine's socket",
        f"{LAB_DIR}/notes",
    ),
]
Target = Annotated[
    str,
    AfterValidator(mount_target),
    text_form(
        "path",
        rf"(?!(?:{_any_of(_PRIVATE_TARGETS)}|/+)$)/[\s\S]*",
        "absolute; not / and nothing in /proc, /sys or /dev",
        "/data",
    ),
]
