"""Tests that need a Docker engine or a browser: engine tests first in the row; where what they
need is not there, left out and counted.

`make test` sets DOCKLAB_TEST_NO_ENGINE or DOCKLAB_TEST_NO_BROWSER to the reason; what needs still
more calls `leave_out`. A run that left tests out is no proof, so with CI=true it fails.
"""

import os
from collections import Counter
from typing import NamedTuple, NoReturn

import pytest


class Need(NamedTuple):
    """What tests with one of the markers need, and the variable that says why it is not there."""

    variable: str
    what: str
    markers: tuple[str, ...]

    @property
    def reason(self) -> str | None:
        return os.environ.get(self.variable)


# What costs most first, so that it is not the tail.
MARKERS = ("e2e", "conformance", "engine", "browser")
NEEDS = (
    Need("DOCKLAB_TEST_NO_ENGINE", "a Docker engine", ("e2e", "conformance", "engine")),
    Need("DOCKLAB_TEST_NO_BROWSER", "a browser", ("browser",)),
)
LEFT_OUT = "left out: "


def _cost(item: pytest.Item) -> int:
    marked = (place for place, name in enumerate(MARKERS) if item.get_closest_marker(name))
    return next(marked, len(MARKERS))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_cost)
    for need in NEEDS:
        for item in items if need.reason is not None else ():
            if any(item.get_closest_marker(name) for name in need.markers):
                why = f"{LEFT_OUT}without {need.what}: {need.reason}"
                item.add_marker(pytest.mark.skip(reason=why))


def leave_out(reason: str) -> NoReturn:
    """Ends a test or fixture that cannot be had on this machine for another reason, and counts."""
    pytest.skip(f"{LEFT_OUT}{reason}")


def left_out(reporter: pytest.TerminalReporter) -> list[str]:
    """The reason of each test that was left out."""
    skipped = (report.longrepr for report in reporter.stats.get("skipped", []))
    said = (one[-1] if isinstance(one, tuple) else str(one) for one in skipped)
    return [text.partition(LEFT_OUT)[2] for text in said if LEFT_OUT in text]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and left_out(reporter) and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(left_out(terminalreporter))
    if reasons:
        terminalreporter.section("left out")
    for reason, count in reasons.items():
        terminalreporter.line(f"{count} tests were left out: {reason}")
