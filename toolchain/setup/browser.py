"""A browser for tests of the report's page: the one there is, else Debian's chromium."""

from __future__ import annotations

import shutil

from toolchain.setup import apt
from toolchain.setup.console import SetupError

PART = "browser"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WAY_OUT = "install Chromium, so that `chromium` is found"


def find() -> str | None:
    """The path of a Chromium or Chrome."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def ensure() -> str:
    """The path of a browser, installed where that can be. Raises SetupError, saying why not."""
    if there := find():
        return there
    if problem := apt.why_not():
        raise SetupError(f"there is no Chromium, and {problem}. Way out: {_WAY_OUT}")
    if apt.os_release().get("ID") == "ubuntu":
        raise SetupError(f"Ubuntu's chromium package only fetches a snap. Way out: {_WAY_OUT}")
    packages = ("chromium", "fonts-dejavu-core")
    apt.install(PART, packages, "tests look at the report's page")
    if there := find():
        return there
    raise SetupError(f"chromium was installed and is not found. Way out: {_WAY_OUT}")
