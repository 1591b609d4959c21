"""docklab (verified or not) and the bare program: the same CLI, language host, plugins, engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import lab as labs
from bench.contender import AGAIN, DESTROY, PREVIEW, UP, Contender
from bench.lab import BenchLab
from bench.surroundings import Around
from toolchain.verbs.session import PROJECT

BARE_FOLDER = Path(__file__).with_name("bare")
_VENV = "../../.docklab/venv"  # in its Pulumi.yaml; a copy has another way there
BARE = "bare Pulumi"
VERIFIED, UNVERIFIED = "docklab", "docklab, no check"


def docklab(around: Around, lab: BenchLab, verified: bool) -> Contender:
    """Our program by our launcher from the clone's folder, as a user runs it."""
    stack = f"bench-{lab.run}" + ("" if verified else "-open")
    folder = around.folder / stack
    file = folder / f"Pulumi.{stack}.yaml"
    _write(folder / "Pulumi.yaml", {"name": PROJECT, "runtime": "python"})
    _write(file, {"config": {f"{PROJECT}:lab": labs.stack_settings(lab, verified)}})
    extra = ("--stack", stack, "--config-file", str(file), "--suppress-outputs")
    return Contender(
        name=VERIFIED if verified else UNVERIFIED,
        commands=_commands(["pulumi"], extra),
        env=around.env,
        cwd=around.paths.root,
        log=around.log(stack),
        # In a folder of its own: it writes a salt into the stack's file.
        before=[_init(around, stack, folder)],
    )


def bare(around: Around, lab: BenchLab) -> Contender:
    """The hand-written program by the real CLI, in a copy of its folder."""
    folder = around.folder / "bare"
    shutil.copytree(BARE_FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    stack = f"bench-{lab.run}-bare"
    settings = {
        "prefix": stack,
        "docker_host": around.docker_host,
        "image": labs.IMAGE,
        "command": list(labs.COMMAND),
        "subnets": list(lab.subnets),
        "gateways": [labs.gateway(subnet) for subnet in lab.subnets],
        "volumes": list(lab.volumes),
        "containers": lab.containers,
        "memory": labs.MEMORY_MIB,
    }
    _write(folder / f"Pulumi.{stack}.yaml", {"config": {"docklab-bench-bare:lab": settings}})
    project = (folder / "Pulumi.yaml").read_text(encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(
        project.replace(_VENV, json.dumps(str(around.paths.venv))), encoding="utf-8"
    )
    return Contender(
        name=BARE,
        commands=_commands([str(around.cli)], ("--stack", stack, "--suppress-outputs")),
        env=around.env,
        cwd=folder,
        log=around.log(stack),
        before=[_init(around, stack, folder)],
    )


def _commands(program: Sequence[str], extra: Sequence[str]) -> dict[str, list[str]]:
    return {
        UP: [*program, "up", "--yes", *extra],
        AGAIN: [*program, "up", "--yes", *extra],
        PREVIEW: [*program, "preview", *extra],
        DESTROY: [*program, "destroy", "--yes", *extra],
    }


def _init(around: Around, stack: str, folder: Path) -> list[str]:
    return [str(around.cli), "stack", "init", stack, "--no-select", "--cwd", str(folder)]


def _write(file: Path, document: Mapping[str, object]) -> None:
    """As JSON, which is YAML too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=1), encoding="utf-8")
