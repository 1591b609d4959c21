"""What the offline review takes, by the size of a lab, beside a preview by the real CLI."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.running import BenchError, timed
from bench.surroundings import Around
from toolchain.setup.console import say
from toolchain.verbs.session import PROJECT

SIZES = (10, 50, 128)
_IMAGE = "python:3.11-slim-bookworm"
_PER_NETWORK = 13
WRITE, CHECK, DIFF, PREVIEW = "review", "review-check", "review-diff", "pulumi preview"


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """Seconds of whole processes, from start to end, by what was run."""

    name: str
    resources: int
    seconds: Mapping[str, Sequence[float]]


def measure(around: Around, sizes: Sequence[int], rounds: int) -> list[Reviewed]:
    """All tracked stacks, then one lab of each size, in which every container changes."""
    return [_tracked(around, rounds), *(_lab(around, n, rounds) for n in sizes)]


def lab(containers: int, memory: str = "16MiB") -> dict[str, Any]:
    """The value of `docklab:lab`."""
    networks = [f"net{n}" for n in range(-(-containers // _PER_NETWORK))]
    return {
        "host": {"kind": "local"},
        "images": {"base": {"name": _IMAGE}},
        "networks": {
            name: {"subnet": f"10.213.{n}.0/24", "internal": n > 0}
            for n, name in enumerate(networks)
        },
        "volumes": {f"data{n}": {} for n in range(len(networks))},
        "containers": {
            f"c{n}": {
                "image": "base",
                "command": ["sleep", "inf"],
                "networks": {networks[n % len(networks)]: {}},
                "volumes": [{"volume": f"data{n % len(networks)}", "target": "/data"}],
                "memory": memory,
            }
            for n in range(containers)
        },
    }


def _tracked(around: Around, rounds: int) -> Reviewed:
    root = around.folder / "tracked"
    shutil.copytree(around.paths.root / "stacks", root / "stacks")
    _committed(around, root)
    return Reviewed(
        name=f"all {len(list((root / 'stacks').glob('Pulumi.*.yaml')))} stacks here",
        resources=_resources(root),
        seconds=_rounds(around, root, rounds, {}),
    )


def _lab(around: Around, containers: int, rounds: int) -> Reviewed:
    stack = f"review{containers}"
    root = around.folder / stack
    file = root / "stacks" / f"Pulumi.{stack}.yaml"
    _write(file, lab(containers))
    _committed(around, root)
    _write(file, lab(containers, memory="24MiB"))
    preview = {PREVIEW: _preview(around, around.folder / f"{stack}-preview", file, stack)}
    say("bench", f"reviewing a lab of {containers} containers")
    return Reviewed(
        name=f"{containers} containers",
        resources=_resources(root),
        seconds=_rounds(around, root, rounds, preview),
    )


def _rounds(
    around: Around, root: Path, rounds: int, more: Mapping[str, Sequence[str]]
) -> dict[str, list[float]]:
    review = [sys.executable, "-m", "review"]
    diff = [*review, "diff", "--root", str(root), "--base", "HEAD", "--out", str(root / "page.md")]
    commands = {
        DIFF: diff,
        WRITE: [*review, "write", "--root", str(root)],
        CHECK: [*review, "check", "--root", str(root)],
        **more,
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            log = around.log(f"review-{root.name}")
            found[name].append(timed(command, around.env, around.paths.root, log))
    return found


def _preview(around: Around, root: Path, file: Path, stack: str) -> list[str]:
    """Of a new stack, by the real CLI and this program: what a review would take without ours.

    In a folder of its own, for another Pulumi.yaml is a risk to the review.
    """
    _dump(root / "Pulumi.yaml", {"name": PROJECT, "runtime": "python"})
    settings = root / f"Pulumi.{stack}.yaml"
    shutil.copy2(file, settings)
    init = [str(around.cli), "stack", "init", stack, "--no-select", "--cwd", str(root)]
    timed(init, around.env, root, around.log(f"init-{stack}"))
    given = ["--stack", stack, "--config-file", str(settings), "--suppress-outputs"]
    return ["pulumi", "preview", *given]


def _write(file: Path, document: Mapping[str, Any]) -> None:
    _dump(file, {"config": {f"{PROJECT}:lab": document}})


def _dump(file: Path, document: Mapping[str, Any]) -> None:
    """As JSON, which is YAML too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document), encoding="utf-8")


def _committed(around: Around, root: Path) -> None:
    """A repository whose HEAD has the stacks and their review."""
    write = [sys.executable, "-m", "review", "write", "--root", str(root)]
    timed(write, around.env, around.paths.root, around.log("review-base"))
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "base"]):
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)
        if done.returncode != 0:
            raise BenchError(f"git {words[-1]}: {done.stderr.decode('utf-8', 'replace')}")


def _resources(root: Path) -> int:
    files = (root / "review" / "stacks").glob("*/resources.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return sum(len(yaml.load(file.read_bytes(), Loader=loader)["resources"]) for file in files)
