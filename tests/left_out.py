"""Tests that need a Docker engine: first in the row; where there is none, left out and counted.

`make test` sets DOCKLAB_TEST_NO_ENGINE to the reason; what needs still more calls `leave_out`. A
run that left tests out is no proof, so with CI=true it fails.
"""

import os
from collections import Counter
from typing import NoReturn

import pytest

MARKERS = ("e2e", "conformance", "engine")  # what costs most first, so that it is not the tail
WHY = "no Docker engine"
ALSO = "left out: "


def _cost(item: pytest.Item) -> int:
    marked = (place for place, name in enumerate(MARKERS) if item.get_closest_marker(name))
    return next(marked, len(MARKERS))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_cost)
    if "DOCKLAB_TEST_NO_ENGINE" not in os.environ:
        return
    for item in items:
        if any(item.get_closest_marker(name) for name in MARKERS):
            item.add_marker(pytest.mark.skip(reason=WHY))


def leave_out(reason: str) -> NoReturn:
    """Ends a test or fixture that cannot be had on this machine for another reason, and counts."""
    pytest.skip(f"{ALSO}{reason}")


def left_out(reporter: pytest.TerminalReporter) -> int:
    return len(_reasons(reporter, WHY)) + len(_reasons(reporter, ALSO))


def _reasons(reporter: pytest.TerminalReporter, mark: str) -> list[str]:
    """What follows the mark, for each test that was skipped with it."""
    skipped = (str(report.longrepr) for report in reporter.stats.get("skipped", []))
    return [text.partition(mark)[2].rstrip("'\")") for text in skipped if mark in text]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and left_out(reporter) and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if left_out(terminalreporter):
        terminalreporter.section("left out")
    if count := len(_reasons(terminalreporter, WHY)):
        terminalreporter.line(f"{count} tests need a Docker engine and were left out:")
        terminalreporter.line(os.environ["DOCKLAB_TEST_NO_ENGINE"])
    for reason, count in Counter(_reasons(terminalreporter, ALSO)).items():
        terminalreporter.line(f"{count} tests were left out: {reason}")
