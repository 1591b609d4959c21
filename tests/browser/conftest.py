"""A headless Chromium that looks at pages in files, and may reach nothing beyond them."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from left_out import leave_out

_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--hide-scrollbars", "--enable-logging=stderr"),
    # Every name is nowhere: what the page asks for from elsewhere fails and is logged.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_SECONDS = 120


@dataclass(frozen=True)
class Look:
    """What a run of the browser printed; `console` are lines that the page itself caused."""

    out: str
    console: tuple[str, ...]


@dataclass(frozen=True)
class Browser:
    program: str
    folder: Path

    def look(self, page: Path, *options: str, width: int = 1280, height: int = 900) -> Look:
        """Opens the file in a profile of its own."""
        profile = self.folder / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        size = (f"--user-data-dir={profile}", f"--window-size={width},{height}")
        command = [self.program, *_QUIET, *size, *options, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
        lines = (line for line in done.stderr.splitlines() if "CONSOLE" in line)
        return Look(done.stdout, tuple(lines))

    def screenshot(self, page: Path, *options: str, width: int, height: int) -> bytes:
        picture = self.folder / "picture.png"
        self.look(page, f"--screenshot={picture}", *options, width=width, height=height)
        return picture.read_bytes()

    def elements(self, page: Path, *options: str, width: int = 1280) -> str:
        """The document after the browser has read it, and run what scripts it has."""
        return self.look(page, "--dump-dom", *options, width=width).out

    def pdf(self, page: Path) -> bytes:
        file = self.folder / "page.pdf"
        self.look(page, f"--print-to-pdf={file}", "--no-pdf-header-footer")
        return file.read_bytes()


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    program = os.environ.get("DOCKLAB_TEST_BROWSER") or shutil.which("chromium")
    if not program:
        leave_out("without a browser: there is no chromium")
    return Browser(program, tmp_path)
