"""Runs a Pulumi program in this process, on a monitor that stands in for the engine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import SETTINGS, set_root_resource


def run_on(
    monitor: MockMonitor,
    program: Callable[[], None],
    loop: asyncio.AbstractEventLoop,
    *,
    project: str,
    stack: str,
    preview: bool,
    config: Mapping[str, str],
    secrets: Sequence[str],
    logger: logging.Logger | None = None,
) -> None:
    """Until everything that the program registers is registered. Raises what the program raises."""
    # A program that is stopped leaves tasks that nobody asks about, as in Pulumi's own host.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    # Others of this process may have had a loop of their own since.
    asyncio.set_event_loop(loop)
    pulumi.runtime.set_mocks(
        monitor.mocks, project, stack, preview=preview, monitor=monitor, logger=logger
    )
    pulumi.runtime.set_all_config(dict(config), list(secrets))
    # set_mocks has made a stack and its outputs already; this run has its own.
    set_root_resource(None)  # type: ignore[arg-type]
    SETTINGS.outputs.clear()
    SETTINGS.rpc_manager.clear()
    loop.run_until_complete(pulumi.runtime.run_in_stack(program))
