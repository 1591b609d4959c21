"""How Pulumi is run: one interrupt reaches it once, and what it complains of is kept."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from toolchain.verbs import process

# A child that counts the signals it gets says whether one ^C arrived once.

_CHILD = """
import signal, sys, time
count = 0
def on(*_):
    global count
    count += 1
signal.signal(signal.SIGINT, on)
print("ready", flush=True)
end = time.monotonic() + 1.0
while time.monotonic() < end:
    time.sleep(0.02)
print("signals", count, flush=True)
sys.exit(9)
"""

_DRIVER = """
import os, sys
from toolchain.verbs.process import run_live
outcome = run_live([sys.executable, "-c", sys.argv[1]], os.environ, ".")
print("outcome", outcome.code, outcome.signal, outcome.exit_code, flush=True)
"""


def _interrupt(*, whole_group: bool) -> list[str]:
    root = Path(process.__file__).resolve().parents[2]
    driver = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_DRIVER), _CHILD],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert driver.stdout is not None
    lines = [driver.stdout.readline().strip()]
    time.sleep(0.1)
    (os.killpg if whole_group else os.kill)(driver.pid, signal.SIGINT)
    lines += driver.stdout.read().split("\n")
    driver.wait()
    return [line for line in lines if line]


@pytest.mark.parametrize("whole_group", [True, False], ids=["terminal", "kill"])
def test_one_interrupt_reaches_pulumi_once_however_it_is_sent(whole_group: bool) -> None:
    assert _interrupt(whole_group=whole_group) == ["ready", "signals 1", "outcome 9 2 130"]


def test_what_a_program_complains_of_is_shown_and_kept(capfd: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-c", "import sys; sys.stderr.write('no such thing'); sys.exit(3)"]
    outcome = process.run_live(command, os.environ, ".")
    assert (outcome.code, outcome.complaint) == (3, "no such thing")
    assert capfd.readouterr().err == "no such thing"
