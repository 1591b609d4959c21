"""Programs that tests run and no user needs: Debian's package of one, installed where it can be."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from left_out import leave_out

from toolchain.setup import apt
from toolchain.setup.console import SetupError

PART = "tests"
_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


def find(program: str) -> str | None:
    return shutil.which(program) or shutil.which(program, path=_PATH)


def require(program: str, package: str, why: str, units: Sequence[str] = ()) -> str:
    """The program's path; without it the test is left out, and counted.

    units: services of the package, which are kept from starting by themselves.
    """
    # Two workers that install at once would stand in each other's way.
    with (Path(tempfile.gettempdir()) / "docklab-tests-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = find(program)
        if found is None:
            if problem := apt.why_not():
                leave_out(f"no {program} here, and {problem}")
            try:
                apt.install(PART, [package], why)
            except SetupError as error:
                leave_out(f"no {program} here: {str(error).splitlines()[0]}")
            if units:
                apt.keep_from_starting_at_boot(PART, units)
            found = find(program)
    if found is None:
        leave_out(f"{package} was installed, and there is no {program}")
    return found
