"""How machines and engines are reached: under a host key that is checked, and not in plain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from policy import kinds
from policy.resource import Resource
from policy.rule import CannotTell, Rule
from policy.values import known, listed, look, text

# ssh with an option or an address behind it: not the word in a sentence or a comment.
_SSH = re.compile(r"(?:^|[\s;&|('\"])ssh\s+(?:-|\S+@)", re.MULTILINE)
_SETTING = re.compile(
    r"(StrictHostKeyChecking|UserKnownHostsFile|KnownHostsCommand)[ =]([^\s'\"]+)", re.I
)
_NOWHERE = ("/dev/null", "none")
_LOOPBACK = re.compile(r"tcp://(127(\.\d+){3}|localhost|\[::1\])(:\d+)?/?")


def why_unchecked(options: str) -> str | None:
    """What keeps ssh with these options from knowing the machine, or None."""
    said: dict[str, str] = {}
    for name, value in _SETTING.findall(options):
        said.setdefault(name.lower(), value.lower())  # ssh takes the first
    strict = said.get("stricthostkeychecking")
    if strict not in ("yes", "true"):
        return f"StrictHostKeyChecking is {strict or 'not said'}"
    if said.get("knownhostscommand", "none") != "none":
        return None
    file = said.get("userknownhostsfile")
    return None if file and file not in _NOWHERE else "no host key is named that it must show"


def _provider(resource: Resource) -> Iterator[str]:
    if not text(resource, "host").startswith("ssh://"):
        return
    options = listed(resource, "sshOpts")
    reason = why_unchecked(" ".join(str(known(word, "sshOpts")) for word in options))
    if reason:
        yield f"sshOpts: {reason}"


def _command(resource: Resource) -> Iterator[str | CannotTell]:
    """A long script is judged by its first line in the offline review, which shows no more."""
    for key in ("create", "update", "delete", "environment"):
        try:
            value = look(resource, key)
        except CannotTell as reason:
            # Nothing of a script is known before the address that it is for.
            yield reason
            continue
        yield from (f"{key}: {reason}" for reason in _unchecked(value))


def _unchecked(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _unchecked(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        words = " ".join(map(str, value))
        if _SETTING.search(words) and (reason := why_unchecked(words)):
            yield reason
    elif isinstance(value, str):
        for line in value.splitlines():
            if _SSH.search(line) and (reason := why_unchecked(line)):
                yield reason


def _plain(resource: Resource) -> Iterator[str]:
    host = text(resource, "host")
    certified = any(look(resource, key) for key in ("certPath", "caMaterial"))
    if re.match(r"(tcp|http)://", host) and not certified and not _LOOPBACK.fullmatch(host):
        yield f"{host} takes orders from whoever reaches it"


RULES = (
    Rule(
        id="host-key-checked",
        title="Every ssh checks the machine's host key",
        severity="high",
        reason="Without it, whoever sits in between gets the engine, and so the machine",
        remedy="StrictHostKeyChecking=yes with the key in KnownHostsCommand or a known_hosts file, "
        "as components/ssh_access.py has it",
        types=(kinds.DOCKER, kinds.COMMAND),
        check=lambda resource: (
            _provider(resource) if resource.type == kinds.DOCKER else _command(resource)
        ),
    ),
    Rule(
        id="engine-in-plain",
        title="An engine is reached by ssh, TLS or a local socket",
        severity="high",
        reason="A Docker engine on a plain TCP port makes everyone who reaches it root there",
        remedy="host: {kind: ssh}, or DOCKER_HOST with ssh:// or unix://",
        reference="CIS Docker 1.2, 2.6",
        types=(kinds.DOCKER,),
        check=_plain,
    ),
)
