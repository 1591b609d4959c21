"""`make pin`: asks the registries and AWS, then writes digests and the AMI id into the stack file.

It needs no engine and no login at a registry. `--check` writes nothing and says what has moved.
"""

from __future__ import annotations

import difflib
import functools
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from toolchain.setup.console import say
from toolchain.verbs.errors import VerbError
from toolchain.verbs.pin import ami, editing, reference, registry
from toolchain.verbs.session import STACK_FOLDER, Session, require_stack_file

_LAB = ("config", "docklab:lab")
_AWS_SECONDS = 60
_UNTOLD = 2


class Answers(NamedTuple):
    """values: what belongs at each path of the file; problems: what could not be had, and why."""

    values: dict[editing.Path, str]
    problems: list[str]


def pin(session: Session, extra: Sequence[str]) -> int:
    """0: all is pinned. With --check 1 when something has moved, 2 when something cannot be told;
    without it 1 for that."""
    if unknown := [word for word in extra if word != "--check"]:
        raise VerbError(f"pin: {unknown[0]!r} is unknown; there is --check", 2)
    require_stack_file(session.paths, session.stack)
    file = session.paths.root / STACK_FOLDER / f"Pulumi.{session.stack}.yaml"
    name = f"{STACK_FOLDER}/{file.name}"
    with file.open(encoding="utf-8", newline="") as opened:
        text = opened.read()
    answers = ask(_lab(text, name), session.env)
    try:
        edited = editing.set_values(text, answers.values)
    except editing.Uneditable as error:
        lines = "".join(f"\n  {line}" for line in editing.by_hand(answers.values))
        raise VerbError(f"{name} cannot be edited: {error}. Write there:{lines}") from None
    sys.stdout.write(difference(text, edited, name))
    for problem in answers.problems:
        print(f"docklab: {problem}", file=sys.stderr)
    if extra:
        return _UNTOLD if answers.problems else int(edited != text)
    if edited != text:
        _replace(file, edited)
        say("pin", f"written to {name}; it is for you to look at and to commit")
    elif not answers.problems:
        say("pin", f"{name} names what there is now: nothing to write")
    return 1 if answers.problems else 0


def _lab(text: str, name: str) -> Mapping[str, Any]:
    try:
        found = yaml.safe_load(text)
        for key in _LAB:
            found = found[key]
    except yaml.YAMLError as error:
        raise VerbError(f"{name} is not YAML: {error}") from None
    except (KeyError, TypeError):
        found = None
    if not isinstance(found, Mapping):
        raise VerbError(f"{name} has no lab: the key {'.'.join(_LAB)} is missing")
    return found


def ask(lab: Mapping[str, Any], env: Mapping[str, str]) -> Answers:
    """Everything that a lab can pin; one that is refused does not keep the others from it."""
    answers = Answers({}, [])
    images = lab.get("images")
    for key, image in (images if isinstance(images, Mapping) else {}).items():
        path = (*_LAB, "images", str(key), "digest")
        _try(answers, path, f"lab.images.{key}", functools.partial(_digest, image))
    host = lab.get("host")
    if isinstance(host, Mapping) and host.get("kind") == "ec2":
        _try(answers, (*_LAB, "host", "ami"), "lab.host.ami", functools.partial(_ami, host, env))
    return answers


def _try(answers: Answers, path: editing.Path, what: str, find: Callable[[], str | None]) -> None:
    try:
        found = find()
    except (registry.RegistryError, ValueError) as error:
        answers.problems.append(f"{what}: {error}")
        return
    if found is not None:
        answers.values[path] = found


def _digest(image: Any) -> str | None:
    """None for an image by digest alone, which no tag can move."""
    name = image.get("name") if isinstance(image, Mapping) else None
    if not isinstance(name, str) or not name:
        raise ValueError("has no name; write one such as python:3.11-slim-bookworm")
    found = reference.parse(name)
    if not found.tag:
        if image.get("digest"):
            return None
        raise ValueError(f"{name} has no tag; write {name}:<tag>")
    return registry.digest(found)


def _ami(host: Mapping[str, Any], env: Mapping[str, str]) -> str:
    asked = ami.question(host)
    shown = shlex.join(asked.command)
    if shutil.which("aws", path=env.get("PATH")) is None:
        raise ValueError(
            f"the AWS CLI is not here. Where it is (AWS's CloudShell has it), `{shown}` prints the"
            " id to write"
        )
    try:
        done = subprocess.run(
            asked.command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_AWS_SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise ValueError(f"`{shown}` did not end well: {error}") from None
    found = done.stdout.strip()
    if done.returncode or not ami.is_ami(found):
        said = done.stderr.strip().splitlines()[-1:] or [found[:80] or "nothing"]
        raise ValueError(f"`{shown}` says: {said[0]}")
    return found


def difference(before: str, after: str, name: str) -> str:
    """What changes, as `diff -u` shows it; "" for nothing."""
    lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    return "".join(difflib.unified_diff(*lines, f"{name} (as it is)", f"{name} (pinned)", n=1))


def _replace(file: Path, text: str) -> None:
    """Whole or not at all, with the mode that it had."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.write_text(text, "utf-8", newline="")
        fresh.chmod(file.stat().st_mode & 0o777)
        os.replace(fresh, file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise VerbError(f"{file}: {error.strerror}; it is as it was") from None
