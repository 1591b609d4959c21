"""The workflows of .github, read as text alone: none of their words becomes a number or truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


class Job(NamedTuple):
    workflow: str
    name: str
    data: dict[str, Any]

    @property
    def place(self) -> tuple[str, str]:
        return (self.workflow, self.name)

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.data["steps"])

    def uses(self, action: str) -> bool:
        return any(step.get("uses", "").startswith(f"{action}@") for step in self.steps)

    def step(self, name: str) -> dict[str, Any]:
        return next(step for step in self.steps if step.get("name") == name)


def workflow(name: str) -> dict[str, Any]:
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    found = yaml.load(text, Loader=yaml.BaseLoader)
    assert isinstance(found, dict)
    return found


def jobs() -> Iterator[Job]:
    for file in FILES:
        for name, data in workflow(file.stem)["jobs"].items():
            yield Job(file.stem, name, data)


def job(workflow_name: str, name: str) -> Job:
    return Job(workflow_name, name, workflow(workflow_name)["jobs"][name])


def scripts() -> list[tuple[Job, str]]:
    """Every `run`, with the job it is in."""
    return [(one, step["run"]) for one in jobs() for step in one.steps if "run" in step]
