"""OpenSSH key pairs in form only: what reads them finds its way, but they open nothing."""

import base64
from struct import pack
from textwrap import wrap

BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----"
END = "-----END OPENSSH PRIVATE KEY-----"


def pair(seed: int = 1, cipher: str = "none", comment: str = "host") -> tuple[str, str]:
    """(private, public); `cipher` other than none looks like a key with a passphrase."""
    half, secret = bytes([seed]) * 32, bytes([seed ^ 255]) * 32
    public = _string(b"ssh-ed25519") + _string(half)
    inner = pack(">II", 7, 7) + public + _string(secret + half) + _string(comment.encode())
    derivation = "none" if cipher == "none" else "bcrypt"
    blob = (
        b"openssh-key-v1\x00"
        + _string(cipher.encode())
        + _string(derivation.encode())
        + _string(b"")
        + pack(">I", 1)
        + _string(public)
        + _string(inner)
    )
    lines = [BEGIN, *wrap(_base64(blob), 70), END]
    return "\n".join(lines) + "\n", f"ssh-ed25519 {_base64(public)} {comment}\n"


def _string(value: bytes) -> bytes:
    return pack(">I", len(value)) + value


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
