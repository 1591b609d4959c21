"""The arguments of a host's first boot, refused where they could be read as something else."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Literal

from components.cloud_init.address_pools import AddressPool

Os = Literal["al2", "al2023"]
Updates = Literal["none", "security", "all"]

_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----"
_END = "-----END OPENSSH PRIVATE KEY-----"
# The container's magic, then the cipher's and the key derivation's names: none is no passphrase.
_PLAIN_KEY = b"openssh-key-v1\x00\x00\x00\x00\x04none\x00\x00\x00\x04none"
_ED25519 = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
_CHOICES = {"os": ("al2", "al2023"), "updates": ("none", "security", "all")}
_FORMS = {
    "user": (r"[a-z_][a-z0-9_-]{0,31}", "a user's name, such as ec2-user"),
    "lab_dir": (r"(/[A-Za-z0-9_][A-Za-z0-9._-]*)+", "an absolute path, such as /srv/docklab"),
    "al2023_release": (r"latest|2023\.\d{1,3}\.\d{8}", "latest, or one such as 2023.11.20260511"),
    "log_max_size": (r"[1-9]\d{0,5}[kmg]", "a size such as 10m"),
}


@dataclass(frozen=True, kw_only=True)
class UserData:
    """`host_key_private` is a secret: whoever turns this into a resource's argument passes the
    text on as a secret output. It and `host_key_public` are one ed25519 pair in OpenSSH's format,
    without a passphrase. `updates` are installed before Docker, on AL2023 from `al2023_release`;
    with `none` everything comes from the release that the image is locked to. `log_max_size` and
    `log_max_file` bound each container's log. `lab_dir` is made, and belongs to `user`.

    Raises:
        ValueError: naming the argument; a key is never shown.
    """

    os: Os
    user: str = "ec2-user"
    host_key_private: str = field(repr=False)
    host_key_public: str
    address_pools: tuple[AddressPool, ...]
    userns_remap: bool = True
    updates: Updates = "security"
    al2023_release: str = "latest"
    live_restore: bool = True
    log_max_size: str = "10m"
    log_max_file: int = 3
    lab_dir: str = "/srv/docklab"

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name}: {getattr(self, name)!r} is not {' or '.join(choices)}")
        for name, (form, words) in _FORMS.items():
            if not re.fullmatch(form, getattr(self, name)):
                raise ValueError(f"{name}: {getattr(self, name)!r} is not {words}")
        if not 1 <= self.log_max_file <= 100:
            raise ValueError(f"log_max_file: {self.log_max_file} is not a number from 1 to 100")
        public = _public_blob(self.host_key_public)
        if public not in _private_blob(self.host_key_private):
            raise ValueError("host_key_private: is not the private half of host_key_public")

    @property
    def public_key(self) -> str:
        """Type and key of the host key, without a comment."""
        return " ".join(self.host_key_public.split()[:2])

    @property
    def private_key(self) -> str:
        """The private host key, one newline at its end."""
        return "\n".join(self.host_key_private.strip().splitlines()) + "\n"


def _public_blob(text: str) -> bytes:
    if "PRIVATE KEY" in text:
        raise ValueError("host_key_public: is a private key; give the line of the .pub file")
    words = text.split()
    blob = _decoded(words[1]) if len(words) > 1 and words[0] == "ssh-ed25519" else b""
    if len(blob) != len(_ED25519) + 32 or not blob.startswith(_ED25519):
        raise ValueError(
            "host_key_public: is not an OpenSSH ed25519 public key; "
            "`ssh-keygen -t ed25519 -N '' -f host_key` makes a pair"
        )
    return blob


def _private_blob(text: str) -> bytes:
    lines = text.strip().splitlines()
    framed = len(lines) > 2 and lines[0] == _BEGIN and lines[-1] == _END
    blob = _decoded("".join(lines[1:-1])) if framed else b""
    if not blob.startswith(b"openssh-key-v1"):
        raise ValueError(
            "host_key_private: is not an OpenSSH private key; "
            "`ssh-keygen -t ed25519 -N '' -f host_key` makes a pair"
        )
    if not blob.startswith(_PLAIN_KEY):
        raise ValueError(
            "host_key_private: has a passphrase, and sshd could not open it; make one without"
        )
    return blob


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
