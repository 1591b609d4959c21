"""`python -m toolchain setup`: every part in its order, each skipped when it is there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from toolchain.paths import Paths
from toolchain.setup import (
    actionlint,
    base_image,
    engine_setup,
    passphrase,
    plugins,
    policy_pack,
    pulumi_cli,
    stack_host,
    venv,
)
from toolchain.setup.console import SetupError, say

_EXTRAS = {"--with-tests": "tests", "--with-lint": "lint"}
_WITHOUT_ENGINE = "--without-engine"
_ONLY_PACKAGES = "--only-packages"
_WITH_POLICY = "--with-policy"
_STACK = "--stack="


class Wanted(NamedTuple):
    """What setup is asked for. `stack`: the one it is for, whose host may need no engine here.

    `pulumi`: its CLI and plugins; `engine` only ever with them. `policy`: what its pack runs on.
    """

    extras: frozenset[str]
    pulumi: bool
    engine: bool
    stack: str | None
    policy: bool = False


def parse(arguments: Sequence[str]) -> Wanted:
    """Raises SetupError for an unknown argument."""
    known = {*_EXTRAS, _WITHOUT_ENGINE, _ONLY_PACKAGES, _WITH_POLICY}
    stacks = [a.removeprefix(_STACK) for a in arguments if a.startswith(_STACK)]
    for argument in arguments:
        if argument not in known and not argument.startswith(_STACK):
            there_are = ", ".join(sorted({*known, f"{_STACK}NAME"}))
            raise SetupError(f"setup: {argument!r} is unknown; there are {there_are}")
    extras = frozenset(_EXTRAS[argument] for argument in arguments if argument in _EXTRAS)
    pulumi = _ONLY_PACKAGES not in arguments
    return Wanted(
        extras=extras,
        pulumi=pulumi,
        engine=pulumi and _WITHOUT_ENGINE not in arguments,
        stack=stacks[-1] if stacks else None,
        policy=_WITH_POLICY in arguments,
    )


def setup(paths: Paths, arguments: Sequence[str]) -> None:
    """Brings all parts up to date. Raises SetupError."""
    wanted = parse(arguments)
    paths.home.mkdir(parents=True, exist_ok=True)
    with _alone(paths):
        venv.ensure(paths, wanted.extras)
        if "lint" in wanted.extras:
            actionlint.ensure(paths)
        if wanted.policy:
            policy_pack.ensure(paths)
        if not wanted.pulumi:
            return
        cli = pulumi_cli.ensure(paths)
        plugins.ensure(paths, cli)
        _launcher(paths, cli)
        if passphrase.ensure(paths.passphrase):
            say("passphrase", "made, for the secrets in the state (readable by you alone)")
        for folder in (paths.state, paths.stacks, paths.lab):
            folder.mkdir(exist_ok=True)
        if wanted.engine and stack_host.is_local(paths, wanted.stack):
            engine = engine_setup.ensure(paths)
            base_image.ensure(paths, engine["docker_host"])


def _launcher(paths: Paths, cli: dict[str, str]) -> None:
    from toolchain.verbs import launcher

    launcher.install(paths, Path(cli["path"]))


@contextlib.contextmanager
def _alone(paths: Paths) -> Iterator[None]:
    """Two setups of one clone at once (two terminals) wait for each other."""
    with (paths.home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("setup", "another setup of this clone is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(paths: Paths, arguments: Sequence[str]) -> int:
    begin = time.monotonic()
    setup(paths, arguments)
    seconds = time.monotonic() - begin
    if seconds > 1.0 or os.environ.get("DOCKLAB_VERBOSE"):
        say("setup", f"all parts are there ({seconds:.1f} s)")
    return 0
