"""Tests that need a Docker engine: first in the row; where there is none, left out and counted.

`make test` sets DOCKLAB_TEST_NO_ENGINE to the reason. A run that left tests out is no proof, so
with CI=true it fails.
"""

import os

import pytest

MARKERS = ("e2e", "conformance", "engine")  # what costs most first, so that it is not the tail
WHY = "no Docker engine"


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


def left_out(reporter: pytest.TerminalReporter) -> int:
    skipped = reporter.stats.get("skipped", [])
    return sum(WHY in str(report.longrepr) for report in skipped)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and left_out(reporter) and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    count = left_out(terminalreporter)
    if count:
        terminalreporter.section("left out")
        terminalreporter.line(f"{count} tests need a Docker engine and were left out:")
        terminalreporter.line(os.environ["DOCKLAB_TEST_NO_ENGINE"])
