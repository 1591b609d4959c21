"""Values in the place of what a stack file leaves to its user, and of what only a run makes.

They are valid in form alone: addresses for documentation (RFC 5737), an image, a digest and keys of
zeros. The review shows the placeholder again wherever such a value ends up.
"""

import base64
import re
from struct import pack


def _word(data: bytes) -> bytes:
    return pack(">I", len(data)) + data


def _key(kind: str) -> str:
    blob = _word(kind.encode()) + _word(b"\0" * 32)
    return f"{kind} {base64.b64encode(blob).decode()}"


# What the stack files write -> what stands for it. The kind of key that EC2 and Lightsail take.
PLACEHOLDERS = {
    "<an image id>": "ami-00000000000000000",
    "<your address>/32": "192.0.2.1/32",
    "<its digest>": f"sha256:{'0' * 64}",
    "<your public key>": _key("ssh-rsa"),
}

HOST_KEY = _key("ssh-ed25519")
ADDRESS = "192.0.2.2"


def _private_half() -> str:
    """OpenSSH's frame around nothing: it opens no machine."""
    blob = base64.b64decode(HOST_KEY.split()[1])
    nothing = (
        _word(b"none") + _word(b"none") + _word(b"") + pack(">I", 1) + _word(blob) + _word(b"")
    )
    body = base64.b64encode(b"openssh-key-v1\0" + nothing).decode()
    frame = "OPENSSH PRIVATE KEY-----"
    return f"-----BEGIN {frame}\n{body}\n-----END {frame}\n"


# What `ssh-keygen` would have printed: the private half, then the public one.
HOST_KEY_PAIR = f"{_private_half()}{HOST_KEY} docklab\n"

_SHOWN = {
    **{sample: placeholder for placeholder, sample in PLACEHOLDERS.items()},
    HOST_KEY: "<the host key>",
    ADDRESS: "<the machine's address>",
}
_ANY = "|".join(re.escape(one) for one in sorted(_SHOWN, reverse=True))
_SAMPLE = re.compile(rf"(?<![\w.])(?:{_ANY})(?![\w+=]|\.\w)")


def as_written(text: str) -> str:
    """For the reader, each sample again as what it stands for; part of a word is no sample."""
    return _SAMPLE.sub(lambda found: _SHOWN[found[0]], text)
