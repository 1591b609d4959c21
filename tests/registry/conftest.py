"""A registry that runs, installed once where it can be, and stack files to pin."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from left_out import leave_out
from registry.registry import PROGRAM, Registry

from toolchain.paths import Paths
from toolchain.setup import apt
from toolchain.setup.console import SetupError
from toolchain.verbs.session import Session

PART = "tests"
NewRegistry = Callable[..., Registry]
StackFile = Callable[..., Session]


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    if shutil.which(PROGRAM):
        return
    if problem := apt.why_not():
        leave_out(f"no {PROGRAM} here, and {problem}")
    try:
        apt.install(PART, [PROGRAM], "a registry for the tests of `make pin`")
    except SetupError as error:
        leave_out(f"no {PROGRAM} here: {str(error).splitlines()[0]}")
    apt.keep_from_starting_at_boot(PART, [PROGRAM])


@pytest.fixture
def new_registry(tmp_path: Path) -> Iterator[NewRegistry]:
    """Makes registries that share what is in them."""
    with ExitStack() as after:

        def make(auth: Mapping[str, Any] | None = None) -> Registry:
            made = Registry(tmp_path, auth)
            after.callback(made.stop)
            made.start()
            return made

        yield make


@pytest.fixture
def registry(new_registry: NewRegistry) -> Registry:
    return new_registry()


@pytest.fixture
def stack_file(tmp_path: Path) -> StackFile:
    """Writes a stack file; gives a session for it, with a PATH of its own."""

    def write(text: str, path: str = "/nowhere") -> Session:
        root = tmp_path / "clone"
        (root / "stacks").mkdir(parents=True, exist_ok=True)
        (root / "stacks" / "Pulumi.dev.yaml").write_text(text)
        paths = Paths(root=root, home=root / ".docklab")
        return Session(paths=paths, env={"PATH": path}, stack="dev", backend=None)

    return write
