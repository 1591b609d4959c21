"""The image that labs run on: pulled by name, else put together from Debian packages."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toolchain.paths import Paths
from toolchain.setup import apt
from toolchain.setup.console import SetupError, progress, run, say
from toolchain.setup.docker_api import Engine, EngineError
from toolchain.setup.reachability import why_unreachable

PART = "base image"
BASE_IMAGE = "python:3.11-slim-bookworm"
REGISTRY = "registry-1.docker.io"
STAND_IN_LABEL = "docklab.base"
STAND_IN_TEXT = "stand-in made from Debian packages"
_DEBIAN_MIRROR = "http://deb.debian.org/debian"
_PULL_SILENCE_SECONDS = 60.0
_PACKAGES = (
    "base-files,base-passwd,libc-bin,dash,bash,coreutils,debianutils,findutils,grep,sed,hostname,"
    "procps,mount,util-linux,iproute2,python3-minimal,libpython3-stdlib"
)
_EXCLUDED = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
# Nothing is configured (it takes 5 s instead of 20), so what configuring would make is made here.
_HOOKS = (
    'cp "$1/usr/share/base-passwd/passwd.master" "$1/etc/passwd"',
    'cp "$1/usr/share/base-passwd/group.master" "$1/etc/group"',
    'mkdir -p "$1/usr/local/bin"; '
    'for name in python python3; do ln -s /usr/bin/python3 "$1/usr/local/bin/$name"; done',
    'test -e "$1/bin/sh" || ln -s dash "$1/bin/sh"',
    'chroot "$1" /usr/bin/python3 -m compileall -q /usr/lib/python3* || true',
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How the stand-in is made: a Debian or Ubuntu suite from a mirror."""

    suite: str
    mirror: str
    mode: str = "auto"
    packages: str = _PACKAGES

    def command(self, target: Path) -> list[str]:
        hooks = [f"--extract-hook={hook}" for hook in _HOOKS]
        excluded = [f"--dpkgopt=path-exclude={pattern}" for pattern in _EXCLUDED]
        merged = "/usr/share/mmdebstrap/hooks/merged-usr"
        merge = [f"--hook-dir={merged}"] if Path(merged).is_dir() else []
        return [
            *(
                "mmdebstrap",
                "--quiet",
                "--variant=extract",
                "--format=tar",
                f"--mode={self.mode}",
                *merge,
            ),
            *(
                "--aptopt=Apt::Install-Recommends false",
                f"--include={self.packages}",
                *excluded,
                *hooks,
            ),
            *(self.suite, str(target), self.mirror),
        ]

    @property
    def key(self) -> str:
        return hashlib.sha256("\n".join(self.command(Path("rootfs.tar"))).encode()).hexdigest()[:12]


def recipe(release: Mapping[str, str], sources: str, debian_reachable: bool) -> Recipe:
    """Debian 12, from this machine's own mirror when it is a Debian.

    On an Ubuntu that reaches only its own mirror it is the machine's release instead.
    `sources`: the text of apt's source lists.
    """
    own = re.search(r"(?m)^(?:deb\s+(?:\[[^\]]*\]\s*)?|URIs:\s*)(https?://\S+)", sources)
    if release.get("ID") == "debian":
        return Recipe(suite="bookworm", mirror=own.group(1) if own else _DEBIAN_MIRROR)
    codename = release.get("VERSION_CODENAME", "")
    if not debian_reachable and own and codename:
        return Recipe(suite=codename, mirror=own.group(1))
    return Recipe(suite="bookworm", mirror=_DEBIAN_MIRROR)


def is_stand_in(image: Mapping[str, Any]) -> bool:
    return STAND_IN_LABEL in ((image.get("Config") or {}).get("Labels") or {})


def ensure(paths: Paths, docker_host: str) -> None:
    """Gives the engine the base image, unless it has it. Raises SetupError."""
    engine = Engine(docker_host)
    try:
        if engine.image(BASE_IMAGE) is not None:
            return
        problem = _pull(engine)
        if problem is None:
            return
        say(PART, f"no pull of {BASE_IMAGE} ({problem}); a stand-in from Debian packages")
        tar = root_tar(paths)
        with progress(PART, f"importing {BASE_IMAGE}"):
            changes = ('CMD ["python3"]', f'LABEL {STAND_IN_LABEL}="{STAND_IN_TEXT}"')
            engine.load_root(BASE_IMAGE, tar, STAND_IN_TEXT, changes)
    except EngineError as error:
        raise SetupError(f"the engine does not take {BASE_IMAGE}: {error}") from error


def _pull(engine: Engine) -> str | None:
    mirrors = (engine.info().get("RegistryConfig") or {}).get("Mirrors")
    # With a mirror of its own, or on another machine, the engine may reach what we do not.
    if engine.docker_host.startswith("unix://") and not mirrors:
        problem = why_unreachable(REGISTRY)
        if problem is not None:
            return f"{REGISTRY}: {problem}"
    try:
        with progress(PART, f"docker pull {BASE_IMAGE}"):
            engine.pull(BASE_IMAGE, _PULL_SILENCE_SECONDS)
    except EngineError as error:
        return str(error)
    return None


def root_tar(paths: Paths, more: Sequence[str] = (), name: str = BASE_IMAGE) -> Path:
    """A root file system for image `name`, with `more` packages; from the cache or made now.

    Raises SetupError.
    """
    if not shutil.which("mmdebstrap"):
        if problem := apt.why_not():
            raise SetupError(
                f"{name} can neither be pulled nor made here: {problem}, and mmdebstrap is "
                "missing. Ways out: `docker load` that image into the engine, or install mmdebstrap"
            )
        apt.install(PART, ["mmdebstrap", "debian-archive-keyring"], f"to make {name}")
    made = recipe(apt.os_release(), _sources(), why_unreachable("deb.debian.org") is None)
    mode = made.mode if os.geteuid() == 0 else "unshare"
    made = replace(made, mode=mode, packages=",".join([made.packages, *more]))
    tar = paths.cache / f"base-{made.key}.tar"
    if tar.is_file():
        return tar
    fresh = tar.with_name(f"new-{tar.name}")
    tar.parent.mkdir(parents=True, exist_ok=True)
    with progress(PART, f"mmdebstrap: {made.suite}, for {name}, from {made.mirror}"):
        run(made.command(fresh), log=paths.home / "logs" / "mmdebstrap", timeout=900)
    fresh.replace(tar)
    return tar


def _sources() -> str:
    folder = Path("/etc/apt")
    files = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*"))]
    return "\n".join(file.read_text(errors="replace") for file in files if file.is_file())
