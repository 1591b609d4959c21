"""The launcher behind .docklab/bin/pulumi: reads what it must, decides with plan.py, becomes the
real CLI.

Almost every run ends in exec, so that signals and exit codes are Pulumi's own. Two runs are needed
only for `stack init`/`select --create` (then the stack is selected) and for `destroy --remove`
(then `stack rm`). Any folder but a docklab project is none of its business.
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from toolchain.verbs import backend
from toolchain.verbs.launcher import selection, stackfiles
from toolchain.verbs.launcher.arguments import Call, parse
from toolchain.verbs.launcher.plan import Need, Plan, need_of, plan_for

PROJECT = "docklab"


def main(argv: Sequence[str]) -> NoReturn:
    """argv: the real CLI, the folder of rendered stack files, then Pulumi's own arguments."""
    real, shadow, *given = argv
    call = parse(given)
    need = need_of(call)
    if need is Need.NOTHING or "PULUMI_OPTION_CONFIG_FILE" in os.environ:
        _become(real, given)
    folder = os.path.abspath(call.flags.get("cwd") or os.environ.get("PULUMI_OPTION_CWD") or ".")
    project = stackfiles.find_project(folder)
    if project is None or project.name != PROJECT:
        _become(real, given)
    stack = _stack(call, project, folder)
    if stack is None:
        _become(real, given)
    plan = _plan(need, call, given, project, stack, folder, shadow)
    if plan.note:
        print(plan.note, file=sys.stderr)
    _carry_out(real, plan, folder, shadow)


def _stack(call: Call, project: stackfiles.Project, folder: str) -> str | None:
    """The bare name of the stack meant; None where Pulumi itself must say what is wrong."""
    positional = call.words[2] if call.command == "stack" and len(call.words) > 2 else None
    name = call.flags.get("stack") or positional or os.environ.get("PULUMI_OPTION_STACK")
    name = name or selection.selected(os.environ, project, folder)
    if name is None:
        if call.command == "stack":
            return None
        stacks = ", ".join(project.stacks()) or "none yet"
        sys.exit(
            "docklab: no stack is selected: add --stack NAME (stack files in"
            f" {project.stack_folder}: {stacks})"
        )
    *owner, bare = name.split("/")
    return bare if len(owner) < 2 or owner[1] == project.name else None


def _plan(
    need: Need,
    call: Call,
    given: list[str],
    project: stackfiles.Project,
    stack: str,
    folder: str,
    shadow: str,
) -> Plan:
    try:
        with open(project.stack_file(stack), encoding="utf-8-sig") as file:
            tracked = file.read()
    except FileNotFoundError:
        tracked = ""
    if stackfiles.keeps_own_secrets(tracked):
        keeps = need in (Need.KEEP_FILE, Need.DESTROY_THEN_REMOVE)
        return plan_for(need, call, given, stack, "", True) if keeps else Plan(tuple(given))
    rendered = os.path.join(shadow, f"Pulumi.{stack}.yaml")
    text, has_salt = stackfiles.render(tracked, _salt(project, stack, folder))
    if need in (Need.CONFIG_FILE, Need.SHADOW, Need.DESTROY_THEN_REMOVE):
        write_atomically(rendered, text)
    if need is Need.SHADOW:
        with open(project.file, encoding="utf-8") as file:
            write_atomically(
                os.path.join(shadow, "Pulumi.yaml"), stackfiles.without_stack_folder(file.read())
            )
    return plan_for(need, call, given, stack, rendered, has_salt)


def _salt(project: stackfiles.Project, stack: str, folder: str) -> str | None:
    found = backend.locate(os.environ.get("PULUMI_BACKEND_URL"), folder, os.path.expanduser("~"))
    if found is None:
        return None
    try:
        deployment = backend.read_checkpoint(found.checkpoint_path(project.name, stack))
    except (backend.CorruptCheckpoint, OSError):
        return None  # Pulumi reports it better
    return backend.passphrase_salt(deployment) if deployment else None


def write_atomically(path: str, text: str) -> None:
    """Two Pulumi runs may render one stack at once: each must see a whole file."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8", opener=_private) as file:
        file.write(text)
    os.replace(temporary, path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _carry_out(real: str, plan: Plan, folder: str, shadow: str) -> NoReturn:
    os.environ.update(plan.env)
    first = list(plan.argv)
    if plan.shadow:
        os.environ.update(selection.absolute_paths(os.environ, folder))
        first = ["--cwd", shadow, *_without_cwd(first)]
    if not plan.then:
        _become(real, first)
    code = _run(real, first)
    if code != 0:
        sys.exit(code)
    _become(real, list(plan.then))


def _without_cwd(argv: list[str]) -> list[str]:
    kept: list[str] = []
    rest = iter(argv)
    for token in rest:
        if token in ("--cwd", "-C"):
            next(rest, None)
        elif not token.startswith(("--cwd=", "-C")):
            kept.append(token)
    return kept


def _run(real: str, argv: list[str]) -> int:
    """A run before another: the terminal's ^C reaches Pulumi by itself, a signal to us alone is
    handed on."""
    import signal
    import subprocess

    child = subprocess.Popen([real, *argv])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, _frame: child.send_signal(number))
    code = child.wait()
    return code if code >= 0 else 128 - code


def _become(real: str, argv: Sequence[str]) -> NoReturn:
    try:
        os.execv(real, [real, *argv])
    except OSError as error:
        sys.exit(
            f"docklab: cannot run the Pulumi CLI at {real}: {error.strerror}; `make setup`"
            " installs it again"
        )
