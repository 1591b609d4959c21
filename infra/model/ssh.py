"""What SSH needs written down: addresses, users, keys, key files. Form only; reads no file."""

import base64
import binascii
import re
from typing import Annotated

from pydantic import BeforeValidator

from infra.model.base import quoted, text_of
from infra.model.form import text_form

KEY_KINDS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)*")
_FILE = re.compile(r"""(~/|/)[^\0\n\r"']*""")
_PLACEHOLDER = re.compile(r"<[a-z ]{1,40}>")
_EXAMPLE = "ssh-ed25519 AAAA…"


def key_line(value: object, what: str, way_out: str) -> str:
    """`kind base64` of an OpenSSH public key, its comment dropped.

    Never shows the value: it may be a private key, written in the wrong place.
    """
    text = text_of_key(value, what)
    if "PRIVATE KEY" in text:
        raise ValueError(
            f"this is a private key, and {what} is a public one; take the key out of this file, "
            f"treat it as known to others, and write the line that {way_out}"
        )
    if _PLACEHOLDER.fullmatch(text):
        raise ValueError(f"{text} stands there still; write the line that {way_out}")
    words = text.split()
    if len(words) < 2 or "\n" in text.strip():
        raise ValueError(f"is not one line of an OpenSSH public key; write the line that {way_out}")
    kind, body = words[:2]
    if kind not in KEY_KINDS:
        raise ValueError(f"is of a kind that is not taken; known: {', '.join(KEY_KINDS)}")
    if _kind_inside(body) != kind:
        raise ValueError(
            f"is damaged: what follows {kind} is no such key; write the line that {way_out}"
        )
    return f"{kind} {body}"


def text_of_key(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} must be text such as {_EXAMPLE!r}")
    return value


def _kind_inside(body: str) -> str | None:
    """The kind that a key's own bytes say (RFC 4253: length, then name), None if it is no key."""
    try:
        raw = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None
    length = int.from_bytes(raw[:4], "big")
    return raw[4 : 4 + length].decode("ascii", "replace") if len(raw) > 4 + length else None


def host_key(value: object) -> str:
    return key_line(
        value,
        "a host key",
        "`ssh-keyscan -t ed25519 <address>` prints after the address, once compared with the "
        "machine's own /etc/ssh/ssh_host_ed25519_key.pub",
    )


def public_key(value: object) -> str:
    return key_line(
        value, "a public key", "`cat ~/.ssh/id_ed25519.pub` prints (`ssh-keygen -t ed25519` first)"
    )


def user(value: object) -> str:
    text = text_of(value, "a user", "ec2-user")
    if not _USER.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a user's name; write one such as ec2-user")
    return text


def address(value: object) -> str:
    text = text_of(value, "an address", "lab.example.org")
    if not _HOST.fullmatch(text):
        raise ValueError(
            f"{quoted(text)} is neither a host name nor an IPv4 address; user and port have keys "
            "of their own"
        )
    return text


def identity_file(value: object) -> str:
    text = text_of(value, "a key file", "~/.ssh/id_ed25519")
    if not _FILE.fullmatch(text):
        raise ValueError(
            f"{quoted(text)} is not the path of a key file; write one such as ~/.ssh/id_ed25519"
        )
    return text


_KEY_LINE = rf"\s*(?:{'|'.join(KEY_KINDS)})\s+[A-Za-z0-9+/]+=*(?:\s.*)?\s*"
HostKey = Annotated[
    str,
    BeforeValidator(host_key),
    text_form("host key", _KEY_LINE, "one line of an OpenSSH public key, its comment optional"),
]
PublicKey = Annotated[
    str,
    BeforeValidator(public_key),
    text_form(
        "public key",
        _KEY_LINE,
        "one line of an OpenSSH public key; EC2 takes ssh-ed25519 and ssh-rsa, Lightsail ssh-rsa",
    ),
]
SshUser = Annotated[
    str,
    BeforeValidator(user),
    text_form(
        "user", _USER.pattern, "1 to 32 of a-z, 0-9, _ and -, no digit or - first", "ec2-user"
    ),
]
SshAddress = Annotated[
    str,
    BeforeValidator(address),
    text_form("host name", _HOST.pattern, "a host name or an IPv4 address", "lab.example.org"),
]
IdentityFile = Annotated[
    str,
    BeforeValidator(identity_file),
    text_form(
        "file", _FILE.pattern, "a path that starts with / or ~/, no quotes in it", "~/.ssh/docklab"
    ),
]
