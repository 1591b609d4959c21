"""Debian and Ubuntu packages: what this machine is, and installing without starting any service."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from toolchain.setup.console import SetupError, progress, run, say

_LISTS = Path("/var/lib/apt/lists")
_POLICY = Path("/usr/sbin/policy-rc.d")
_POLICY_TEXT = """#!/bin/sh
# Made by docklab's setup for one installation; remove it if you read this later.
exit 101
"""
_OLD_SECONDS = 7 * 86400


def os_release(file: Path = Path("/etc/os-release")) -> dict[str, str]:
    """The pairs of /etc/os-release; empty on a machine without it."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {key: value.strip().strip("\"'") for key, _, value in pairs}


def is_debian_family(release: Mapping[str, str]) -> bool:
    names = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    return bool(names & {"debian", "ubuntu"})


def why_not() -> str | None:
    """Why this process cannot install packages, or None."""
    if os.geteuid() != 0:
        return "installing packages needs root"
    if not is_debian_family(os_release()) or not shutil.which("apt-get"):
        name = os_release().get("PRETTY_NAME", "this system")
        return f"packages are installed only on Debian and Ubuntu, and this is {name}"
    return None


def _lists_are_old() -> bool:
    times = [file.stat().st_mtime for file in _LISTS.glob("*_Packages*")]
    return not times or time.time() - max(times) > _OLD_SECONDS


@contextlib.contextmanager
def _no_services() -> Iterator[None]:
    """While it lasts, packages do not start their daemons, which would touch the firewall."""
    if _POLICY.exists() and _POLICY.read_text(errors="replace") != _POLICY_TEXT:
        yield
        return
    _POLICY.write_text(_POLICY_TEXT)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


def available(package: str) -> bool:
    """Whether the package lists know `package`."""
    try:
        return "Package:" in run(["apt-cache", "show", "--no-all-versions", package], timeout=60)
    except SetupError:
        return False


def refresh_lists(part: str) -> None:
    with progress(part, "apt-get update: the package lists are missing or old"):
        run(["apt-get", "-q", "update"], environment=_environment(), timeout=600)


def install(part: str, packages: Sequence[str], why: str) -> None:
    """Installs packages without recommended ones. Raises SetupError."""
    if problem := why_not():
        raise SetupError(f"not installed: {' '.join(packages)} ({why}); {problem}")
    if _lists_are_old():
        refresh_lists(part)
    try:
        _install(part, packages, why)
    except SetupError as error:
        _repair(part, str(error))
        _install(part, packages, why)


def _install(part: str, packages: Sequence[str], why: str) -> None:
    command = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", "install"]
    with _no_services(), progress(part, f"apt-get install {' '.join(packages)}: {why}"):
        run(
            [*command, "--no-install-recommends", *packages],
            environment=_environment(),
            timeout=1800,
        )


def _repair(part: str, error: str) -> None:
    """Puts right what makes an installation fail at first. Raises SetupError for the rest."""
    if "dpkg --configure -a" in error:
        with _no_services(), progress(part, "dpkg --configure -a: an installation was cut short"):
            run(["dpkg", "--configure", "-a"], environment=_environment(), timeout=900)
    elif "404" in error or "Unable to locate" in error:
        refresh_lists(part)
    else:
        raise SetupError(error)


def keep_from_starting_at_boot(part: str, units: Sequence[str]) -> None:
    """Disables systemd units that an installation of ours has just enabled."""
    if Path("/run/systemd/system").is_dir() and shutil.which("systemctl"):
        with contextlib.suppress(SetupError):
            run(["systemctl", "disable", *units], timeout=60)
            say(part, f"{', '.join(units)} will not start at boot: the lab runs its own engine")


def _environment() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
