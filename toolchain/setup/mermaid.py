"""The real mermaid for tests of the text that we write for it: one file, out of its npm package."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tarfile
import tempfile
from pathlib import Path

from toolchain.paths import Paths
from toolchain.setup.console import SetupError, progress, run

PART = "mermaid"
VERSION = "11.12.0"
# Of the package, as its registry has it: `npm view mermaid@VERSION dist.integrity`.
INTEGRITY = "sha512-" + (
    "ZudVx73BwrMJfCFmSSJT84y6u5brEoV8DOItdHomNLz32uBjNrelm7mg95X7g+C6UoQH/W6mBLGDEDv73JdxBg=="
)
_SECONDS = 180.0
_MEMBER = "package/dist/mermaid.min.js"


def ensure(paths: Paths) -> Path:
    """The script, which defines `mermaid` in a page. Raises SetupError, saying why not."""
    script = paths.cache / f"mermaid-{VERSION}.min.js"
    if script.is_file():
        return script
    npm = shutil.which("npm")
    if npm is None:
        raise SetupError("there is no npm to get mermaid with. Way out: install Node.js and npm")
    paths.cache.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=paths.cache) as folder,
        progress(PART, f"npm pack of mermaid {VERSION}"),
    ):
        wanted = (f"mermaid@{VERSION}", "--pack-destination", folder)
        run([npm, "pack", "--silent", "--fetch-retries=1", *wanted], timeout=_SECONDS)
        unfinished = Path(folder) / script.name
        unfinished.write_bytes(member(Path(folder) / f"mermaid-{VERSION}.tgz", INTEGRITY))
        unfinished.replace(script)
    return script


def member(package: Path, integrity: str) -> bytes:
    """The script in a package that is the one we know. Raises SetupError for any other."""
    found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if f"sha512-{found}" != integrity:
        raise SetupError(f"the package of mermaid {VERSION} is not the pinned one: sha512-{found}")
    with tarfile.open(package) as archive:
        script = archive.extractfile(_MEMBER)
        if script is None:
            raise SetupError(f"{_MEMBER} in the package of mermaid {VERSION} is no file")
        return script.read()
