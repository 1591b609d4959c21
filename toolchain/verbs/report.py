"""Shows the proof and keeps it: the report on the terminal and as files, and how to look further.

The room `report` is imported late: it needs packages that are there only after `make setup`.
"""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from toolchain.verbs import deployment as state
from toolchain.verbs import verified
from toolchain.verbs.errors import VerbError
from toolchain.verbs.messages import make
from toolchain.verbs.session import Session, require_stack_file

if TYPE_CHECKING:
    from report.files import Written

_OPEN = "--open"
_USAGE = 2


def latest_report(deployment: Mapping[str, Any]) -> str | None:
    """The report of the newest run, whole: the program's own, if it came to one in that run."""
    return verified.whole_report(deployment)


def show(session: Session, deployment: Mapping[str, Any], *, whole: bool = False) -> None:
    """Prints the newest report and writes its files; says so when there is none.

    whole: with cables, volumes and every check.
    """
    from report import terminal
    from report.reading import ReportError, load

    text = latest_report(deployment)
    if text is None:
        print("There is no report of a verification yet.", file=sys.stderr)
        return
    try:
        found = load(text)
    except ReportError as error:
        print(f"\n{text}\nThis cannot be shown as a report: {error}", file=sys.stderr)
        return
    print()
    terminal.show(found, sys.stdout, whole=whole)
    try:
        files = _write(session, text)
    except OSError as error:
        print(f"The report was not written to a file: {error}", file=sys.stderr)
    else:
        print(f"\nThe same as a page: {files.html}", flush=True)


def report(session: Session, extra: Sequence[str]) -> int:
    """Writes the last verification's files, without any run, and says where they are."""
    if unknown := [word for word in extra if word != _OPEN]:
        raise VerbError(f"report: {unknown[0]!r} is unknown; there is {_OPEN}", _USAGE)
    require_stack_file(session.paths, session.stack)
    files = _write(session, _require_report(session))
    for file in (files.html, files.json, files.junit):
        print(file, flush=True)
    if _OPEN in extra and not webbrowser.open(files.html.as_uri()):
        print("No browser was found to open the page in.", file=sys.stderr)
    return 0


def _require_report(session: Session) -> str:
    found = session.deployment() or {}
    text = latest_report(found)
    if text is None:
        what = "has no report of a verification" if state.holds_resources(found) else "is not up"
        raise VerbError(
            f"the lab of stack {session.stack} {what}."
            f" `{make('up', session.stack)}` brings it up and verifies it."
        )
    return text


def _write(session: Session, text: str) -> Written:
    from report import files
    from report.reading import ReportError, load

    try:
        return files.write(load(text), session.paths.reports / session.stack, session.stack)
    except ReportError as error:
        raise VerbError(
            f"the last verification left no readable report: {error}."
            f" `{make('verify', session.stack)}` verifies again."
        ) from error


def further(session: Session, deployment: Mapping[str, Any]) -> str:
    """The lines that tell how to look into the lab and how to take it down."""
    containers = state.outputs(deployment).get("containers")
    names = (
        [name for name in containers.values() if isinstance(name, str)]
        if isinstance(containers, Mapping)
        else []
    )
    export = (
        state.text_output(deployment, "docker_host") or f"export DOCKER_HOST={session.docker_host}"
    )
    label = f"docker ps --filter label=docklab.stack={session.stack}"
    rows = [
        (export, "so that docker talks to the lab's engine"),
        (label, "the lab's containers"),
        *((f"docker exec -it {name} sh", "a shell in one of them") for name in names[:1]),
        (make("verify", session.stack), "verifies the running lab again"),
        (make("down", session.stack), "removes the lab and its data"),
    ]
    width = min(max(len(command) for command, _ in rows), 60)
    return "\n".join(
        ["", "Look further:", *(f"  {command:<{width}}  # {why}" for command, why in rows)]
    )
