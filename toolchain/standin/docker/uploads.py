"""Files that are put into a container before it starts, as tar archives. Reads local sources."""

from __future__ import annotations

import base64
import grp
import io
import pwd
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolchain.standin.errors import ResourceError

PLAIN, EXECUTABLE = 0o644, 0o744


def archive(upload: Mapping[str, Any]) -> bytes:
    """One upload as an archive to extract at `/`; ResourceError if its content is not clear."""
    content = _content(upload)
    entry = tarfile.TarInfo(upload["file"])
    entry.size = len(content)
    entry.mtime = int(time.time())
    entry.mode = _mode(upload)
    entry.uid = _owner(upload)
    entry.gid = _group(upload)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _content(upload: Mapping[str, Any]) -> bytes:
    given = [key for key in ("content", "contentBase64", "source") if upload.get(key)]
    if not given:
        raise ResourceError(
            "error with upload content: one of 'content', 'content_base64', or 'source' must be set"
        )
    if len(given) > 1:
        raise ResourceError(
            "error with upload content: only one of 'content', 'content_base64', or 'source' "
            "can be set"
        )
    value = upload[given[0]]
    if given[0] == "content":
        return str(value).encode()
    if given[0] == "contentBase64":
        return base64.b64decode(value)
    try:
        return Path(value).read_bytes()
    except OSError as error:
        raise ResourceError(f"could not read file: {error}") from error


def _mode(upload: Mapping[str, Any]) -> int:
    if upload.get("permissions"):
        return int(upload["permissions"], 8)
    return EXECUTABLE if upload.get("executable") else PLAIN


def _owner(upload: Mapping[str, Any]) -> int:
    owner = upload.get("owner") or "0"
    try:
        return int(owner) if owner.isdigit() else pwd.getpwnam(owner).pw_uid
    except KeyError as error:
        raise ResourceError(f"error with upload owner: no user {owner} on this machine") from error


def _group(upload: Mapping[str, Any]) -> int:
    group = upload.get("group") or "0"
    try:
        return int(group) if group.isdigit() else grp.getgrnam(group).gr_gid
    except KeyError as error:
        raise ResourceError(f"error with upload group: no group {group} on this machine") from error
