"""A container that boots like a new machine: Debian's cloud-init, Amazon's tools as recorders."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

REHEARSAL = Path(__file__).with_name("rehearsal")
STATE = "/var/lib/docklab"
SCRIPT = f"{STATE}/init.sh"
SEED = "/var/lib/cloud/seed/nocloud/user-data"
VERSIONS = {"al2": "2", "al2023": "2023"}
_PATH = "/rehearsal/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What a boot may change that matters; not logs, and not cloud-init's own notes of each boot.
_KEPT = "/etc /var/lib/docklab /srv /home"


class Machine:
    """Use it in a `with`; it is gone after that."""

    def __init__(self, docker_host: str, image: str, system: str) -> None:
        self.system = system
        self._docker = ("docker", "-H", docker_host)
        self._image = image
        self._id = ""

    def __enter__(self) -> Self:
        options = ("--rm", "--network", "none", "--env", f"PATH={_PATH}", "--init")
        self._id = self._run("run", "-d", *options, self._image, "sleep", "1800").stdout.strip()
        self._run("cp", str(REHEARSAL), f"{self._id}:/rehearsal")
        self.run(f"sh /rehearsal/prepare.sh {VERSIONS[self.system]}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("rm", "-f", self._id)

    def _run(
        self, *words: str, given: str = "", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*self._docker, *words], input=given, capture_output=True, text=True, timeout=300
        )
        assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done

    def try_(self, script: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Runs shell on the machine, whatever it ends with."""
        return self._run("exec", "-i", self._id, "sh", "-c", script, given=given, check=False)

    def run(self, script: str, given: str = "") -> str:
        """Runs shell on the machine; what it printed. Fails the test when it fails."""
        return self._run("exec", "-i", self._id, "sh", "-c", script, given=given).stdout

    def write(self, path: str, text: str) -> None:
        self.run(f"cat >{path}", text)

    def read(self, path: str) -> str:
        return self.run(f"cat {path}")

    @property
    def script(self) -> list[str]:
        """The lines of the script of the first boot."""
        return self.read(SCRIPT).splitlines()

    def has(self, path: str) -> bool:
        return self.try_(f"test -e {path}").returncode == 0

    def boot(self, user_data: str | None = None) -> str:
        """Boots; cloud-init's own `status --wait --long` after it."""
        if user_data is not None:
            self.write(SEED, user_data)
        return self.try_("rm -rf /run/cloud-init; sh /rehearsal/boot.sh").stdout

    def failing(self, call: str) -> None:
        """From now on calls that begin so fail; with an empty text, none does."""
        self.write("/rehearsal/fail", call)

    def take_calls(self) -> list[str]:
        """What was called since this was asked last."""
        calls = self.read("/rehearsal/calls").splitlines()
        self.write("/rehearsal/calls", "")
        return calls

    def condition(self) -> str:
        """Every file that a boot could have changed: its mode, owner, time and content."""
        listed = f"find {_KEPT} -type f -printf '%p %m %u %t\\n' -exec sha256sum {{}} +"
        return self.run(f"{listed} | sort")
