"""Where a file:// backend keeps a stack, read without starting Pulumi.

Layout of Pulumi's self-managed backend, project-scoped (pkg/backend/diy):
<root>/.pulumi/stacks/<project>/<stack>.json, .bak beside it, locks under
.pulumi/locks/organization/<project>/<stack>/. Other backends (s3://, a service) are not readable
this way: locate() says None and the caller asks Pulumi. Used by the launcher too, so it imports
little.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

ORGANIZATION = "organization"


class CorruptCheckpoint(Exception):
    """A checkpoint file that is there and is not a checkpoint. args: path, reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason


class FileBackend(NamedTuple):
    """A backend folder on this machine; root is absolute."""

    root: str

    def checkpoint_path(self, project: str, stack: str) -> str:
        """The stack's checkpoint file: the compressed one where only that is there."""
        plain = os.path.join(self.root, ".pulumi", "stacks", project, f"{stack}.json")
        found = (plain + ext for ext in ("", ".gz", ".zst") if os.path.exists(plain + ext))
        return next(found, plain)

    def lock_folder(self, project: str, stack: str) -> str:
        return os.path.join(self.root, ".pulumi", "locks", ORGANIZATION, project, stack)

    def stack_exists(self, project: str, stack: str) -> bool:
        return os.path.exists(self.checkpoint_path(project, stack))

    def stacks(self, project: str) -> tuple[str, ...]:
        """Names of the project's stacks in this backend, sorted."""
        folder = os.path.join(self.root, ".pulumi", "stacks", project)
        try:
            files = os.listdir(folder)
        except FileNotFoundError:
            return ()
        names = {
            name.removesuffix(ext).removesuffix(".json")
            for name in files
            for ext in (".json", ".json.gz", ".json.zst")
            if name.endswith(ext)
        }
        return tuple(sorted(names))


def locate(url: str | None, cwd: str, home: str) -> FileBackend | None:
    """The folder behind PULUMI_BACKEND_URL, as Pulumi resolves it: ~ and relative paths, query
    dropped, %-decoded."""
    if not url or not url.startswith("file://"):
        return None
    path = unquote(url.removeprefix("file://").split("?")[0])
    if path == "~" or path.startswith("~/"):
        path = home + path[1:]
    return FileBackend(os.path.normpath(os.path.join(cwd, path)))


def read_checkpoint(path: str) -> dict[str, Any] | None:
    """The `latest` deployment of a checkpoint; {} for a stack without one; None when the file is
    missing.

    Raises CorruptCheckpoint for anything else that is not a checkpoint, and for zstd, which Python
    cannot read.
    """
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except FileNotFoundError:
        return None
    if path.endswith(".zst"):
        raise CorruptCheckpoint(path, "compressed with zstd, which only Pulumi reads")
    try:
        if path.endswith(".gz"):
            import gzip

            raw = gzip.decompress(raw)
        document = json.loads(raw)
    except (ValueError, OSError, EOFError) as error:
        raise CorruptCheckpoint(path, str(error)) from error
    return latest_of(document, path)


def latest_of(document: Any, path: str) -> dict[str, Any]:
    """The deployment in a checkpoint document; CorruptCheckpoint when it has another shape."""
    checkpoint = document.get("checkpoint") if isinstance(document, dict) else None
    if not isinstance(checkpoint, dict):
        raise CorruptCheckpoint(path, "no checkpoint in it")
    latest = checkpoint.get("latest")
    if latest is None:
        return {}
    if not isinstance(latest, dict):
        raise CorruptCheckpoint(path, "its checkpoint is not an object")
    return latest


def passphrase_salt(deployment: Mapping[str, Any]) -> str | None:
    """The salt of a deployment whose secrets a passphrase keeps, else None."""
    provider = deployment.get("secrets_providers")
    if not isinstance(provider, Mapping) or provider.get("type") != "passphrase":
        return None
    state = provider.get("state")
    salt = state.get("salt") if isinstance(state, Mapping) else None
    return salt if isinstance(salt, str) and salt else None
