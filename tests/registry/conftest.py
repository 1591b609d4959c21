"""A registry that runs, installed once where it can be, and stack files to pin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from packages import require
from registry.registry import PROGRAM, Registry

from toolchain.paths import Paths
from toolchain.verbs.session import Session

NewRegistry = Callable[..., Registry]
StackFile = Callable[..., Session]


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    unit = f"{PROGRAM}.service"
    require(PROGRAM, PROGRAM, "a registry for the tests of `make pin`", [unit])


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
