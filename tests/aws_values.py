"""The stacks for AWS as a user would have filled them in. Not a test."""

import base64
from pathlib import Path
from struct import pack
from typing import Any

import yaml

STACKS = Path(__file__).parents[1] / "stacks"
AMI = "ami-0123456789abcdef0"
MINE = "198.51.100.7/32"
DIGEST = "sha256:" + "d" * 64


def public_key(kind: str) -> str:
    """A public key in form only."""
    name = kind.encode()
    blob = pack(">I", len(name)) + name + pack(">I", 32) + b"k" * 32
    return f"{kind} {base64.b64encode(blob).decode()}"


ED25519, RSA = public_key("ssh-ed25519"), public_key("ssh-rsa")
FILLED = {
    "<an image id>": AMI,
    "<your address>/32": MINE,
    "<its digest>": DIGEST,
}


def stack_file(name: str) -> dict[str, Any]:
    """The lab of a tracked stack file, as it is."""
    text = (STACKS / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")
    lab: dict[str, Any] = yaml.safe_load(text)["config"]["docklab:lab"]
    return lab


def filled(name: str, *changes: tuple[str, Any]) -> dict[str, Any]:
    """The same with values for its placeholders, then with `changes` at dotted paths."""
    lab = stack_file(name)
    host = lab["host"]
    key = RSA if host["kind"] == "lightsail" else ED25519
    for where in (host, *lab["images"].values()):
        for entry, value in list(where.items()):
            if isinstance(value, str):
                where[entry] = key if value == "<your public key>" else FILLED.get(value, value)
    for path, value in changes:
        *parents, last = path.split(".")
        here = lab
        for part in parents:
            here = here.setdefault(part, {})
        here[last] = value
    return lab
