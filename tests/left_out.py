"""Tests that need a Docker engine or a browser: engine tests first in the row; where what they
need is not there, left out and counted.

`make test` sets DOCKLAB_TEST_NO_ENGINE or DOCKLAB_TEST_NO_BROWSER to the reason. A run that left
tests out is no proof, so with CI=true it fails.
"""

import os
from typing import NamedTuple

import pytest


class Need(NamedTuple):
    """What tests with one of the markers need, and the variable that says why it is not there."""

    variable: str
    what: str
    markers: tuple[str, ...]

    @property
    def why(self) -> str:
        return f"without {self.what}"

    @property
    def missing(self) -> bool:
        return self.variable in os.environ


# What costs most first, so that it is not the tail.
MARKERS = ("e2e", "conformance", "engine", "browser")
NEEDS = (
    Need("DOCKLAB_TEST_NO_ENGINE", "a Docker engine", ("e2e", "conformance", "engine")),
    Need("DOCKLAB_TEST_NO_BROWSER", "a browser", ("browser",)),
)


def _cost(item: pytest.Item) -> int:
    marked = (place for place, name in enumerate(MARKERS) if item.get_closest_marker(name))
    return next(marked, len(MARKERS))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_cost)
    for need in NEEDS:
        for item in items if need.missing else ():
            if any(item.get_closest_marker(name) for name in need.markers):
                item.add_marker(pytest.mark.skip(reason=need.why))


def left_out(reporter: pytest.TerminalReporter, need: Need) -> int:
    skipped = reporter.stats.get("skipped", [])
    return sum(need.why in str(report.longrepr) for report in skipped)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not reporter or os.environ.get("CI") != "true":
        return
    if any(left_out(reporter, need) for need in NEEDS):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for need in NEEDS:
        count = left_out(terminalreporter, need)
        if count:
            terminalreporter.section("left out")
            terminalreporter.line(f"{count} tests need {need.what} and were left out:")
            terminalreporter.line(os.environ.get(need.variable, need.why))
