"""`test`: runs pytest beside the Docker engines the tests ask for, and stops those it started.

Tests of engine, provider and lab need an engine, those of the report's page a browser; where there
is none they are left out, with the reason, and tests/left_out.py counts them. Which tests those are
is for their markers to say.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence

from toolchain.paths import Paths
from toolchain.setup import base_image, browser, engine_setup, mermaid
from toolchain.setup.console import SetupError, say
from toolchain.setup.docker_api import Engine
from toolchain.setup.engine import PrivateEngine
from toolchain.setup.engine_choice import obstacles
from toolchain.setup.environment import environment
from toolchain.verbs import process

NO_ENGINE = "DOCKLAB_TEST_NO_ENGINE"
BROWSER, NO_BROWSER = "DOCKLAB_TEST_BROWSER", "DOCKLAB_TEST_NO_BROWSER"
MERMAID, NO_MERMAID = "DOCKLAB_TEST_MERMAID", "DOCKLAB_TEST_NO_MERMAID"
OTHER_ENGINE = "DOCKLAB_TEST_DOCKER_HOST_NO_REMAP"
_TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


def test(paths: Paths, extra: Sequence[str]) -> int:
    """Runs the tests; `extra` goes to pytest as it is. The exit status is pytest's."""
    with _engines(paths) as variables:
        kept = {
            "HYPOTHESIS_STORAGE_DIRECTORY": str(paths.cache / "hypothesis"),
            "DOCKLAB_TEST_PYCACHE": str(paths.cache / "pycache"),
        }
        for_pages = {**_browser(), **_mermaid(paths)}
        env = {**os.environ, **environment(paths), **kept, **for_pages, **variables}
        workers = (
            () if any(word.startswith(("-n", "-p", "--pdb")) for word in extra) else _TWO_AT_ONCE
        )
        command = [sys.executable, "-m", "pytest", *workers, *extra]
        return process.run_live(command, env, str(paths.root)).exit_code


def _mermaid(paths: Paths) -> Mapping[str, str]:
    try:
        return {MERMAID: str(mermaid.ensure(paths))}
    except SetupError as error:
        return {NO_MERMAID: str(error)}


def _browser() -> Mapping[str, str]:
    try:
        return {BROWSER: browser.ensure()}
    except SetupError as error:
        return {NO_BROWSER: str(error)}


@contextlib.contextmanager
def _engines(paths: Paths) -> Iterator[Mapping[str, str]]:
    """The lab's own engine and one of the other kind, with or without userns-remap."""
    own, other = PrivateEngine(paths.home), None
    was_running = own.running()
    try:
        try:
            host = engine_setup.ensure(paths)["docker_host"]
            base_image.ensure(paths, host)
        except SetupError as error:
            yield {NO_ENGINE: str(error)}
            return
        variables = {"DOCKER_HOST": host}
        if not obstacles():
            remapped = any("userns" in option for option in Engine(host).info()["SecurityOptions"])
            other = PrivateEngine(paths.home / "test-engine", userns_remap=not remapped)
            say("engine", f"starting a second one {'without' if remapped else 'with'} userns-remap")
            other.start()
            base_image.ensure(paths, other.docker_host)
            variables[OTHER_ENGINE] = other.docker_host
        yield variables
    finally:
        if other is not None:
            other.stop()
        if not was_running and own.running() and not _holds_containers(own):
            own.stop()


def _holds_containers(engine: PrivateEngine) -> bool:
    from toolchain.verbs.deployment import EngineAddress
    from toolchain.verbs.engine import running_ids

    return bool(running_ids(EngineAddress(engine.docker_host)))
