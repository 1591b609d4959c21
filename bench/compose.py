"""Docker Compose as a contender: the one that is there, else Debian's package."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass

from bench.contender import AGAIN, DESTROY, UP, Contender
from bench.lab import BenchLab, compose_file
from bench.surroundings import Around
from toolchain.setup import apt
from toolchain.setup.console import SetupError

NAME = "compose"
_PROGRAMS = (("docker", "compose"), ("docker-compose",))


@dataclass(frozen=True, kw_only=True)
class Compose:
    """`command` is empty where there is none; `told` then says why, else which it is."""

    command: tuple[str, ...]
    told: str


def find() -> Compose:
    """Installs the package as root on Debian or Ubuntu where no Compose answers."""
    if found := _found():
        return found
    try:
        apt.install("bench", ["docker-compose"], "to compare with; apt-get remove takes it away")
    except SetupError as error:
        return Compose(command=(), told=f"not there: {str(error).splitlines()[0]}")
    return _found() or Compose(command=(), told="not there: Debian's package gives none that runs")


def _found() -> Compose | None:
    for program in _PROGRAMS:
        if shutil.which(program[0]) is None:
            continue
        done = subprocess.run(
            [*program, "version"], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode == 0:
            version = re.search(r"\d+\.\d+\.\d+", done.stdout)
            number = version.group() if version else "of unknown version"
            return Compose(command=program, told=f"{' '.join(program)} {number}")
    return None


def contender(around: Around, lab: BenchLab, compose: Compose) -> Contender:
    """It has no preview in all its versions, so none is measured."""
    project = f"bench-{lab.run}-compose"
    file = around.folder / "compose.yaml"
    file.write_text(json.dumps(compose_file(lab, project), indent=1), encoding="utf-8")
    program = [*compose.command, "--project-name", project, "--file", str(file)]
    up = [*program, "up", "--detach"]
    return Contender(
        name=NAME,
        commands={UP: up, AGAIN: up, DESTROY: [*program, "down", "--volumes"]},
        env={**around.env, "DOCKER_HOST": around.docker_host},
        cwd=around.folder,
        log=around.log(project),
    )
