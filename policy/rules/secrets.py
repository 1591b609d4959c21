"""Secrets that stand where everyone reads them. No value is ever in a message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policy import kinds
from policy.resource import IN_PLAIN_TEXT, UNKNOWN, Resource
from policy.rule import Rule
from policy.values import is_secret

_NAME = re.compile(
    r"(^|_)(PASS|PASSWD|PASSWORD|PASSPHRASE|PWD|SECRET|SECRETS|TOKEN|CREDENTIALS?|APIKEY)(_|$)"
    r"|(PASSWORD|PASSWD|SECRET|TOKEN|APIKEY)$|(?<!PUBLIC)_KEY$"
)
# Where a secret is, or what kind it is, is none.
_ABOUT = re.compile(r"_(FILE|PATH|DIR|URL|NAME|TYPE|ID|LENGTH|LIMIT|TTL|POLICY)$")
_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}"
    r"|\b\w+://[^/\s:@]+:[^/\s@]+@"
)
_NOT_SECRET = re.compile(r"|\d{1,4}|true|false|yes|no|none|\$\{[^}]+\}", re.IGNORECASE)


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable holds a secret, by its name or by the form of its value."""
    if is_secret(value) or value == UNKNOWN or _NOT_SECRET.fullmatch(value):
        return False
    if value.startswith(IN_PLAIN_TEXT[:-1]):
        return True
    named = _NAME.search(name.upper()) and not _ABOUT.search(name.upper())
    return bool(named or _VALUE.search(value))


def _variables(resource: Resource) -> Iterator[tuple[str, str]]:
    """Known ones: what only a run tells comes from another resource, and is no literal."""
    envs = resource.inputs.get("envs")
    for item in envs if isinstance(envs, list | tuple) else ():
        if isinstance(item, str) and "=" in item:
            name, _, value = item.partition("=")
            yield name, value
    environment = resource.inputs.get("environment")
    if isinstance(environment, Mapping):
        yield from ((str(k), v) for k, v in environment.items() if isinstance(v, str))


def _literals(resource: Resource) -> Iterator[str]:
    for name, value in _variables(resource):
        if looks_secret(name, value):
            yield f"the variable {name} has its value in plain text"


RULES = (
    Rule(
        id="literal-secret",
        title="No secret stands in plain text",
        severity="high",
        reason="Stack files, state, previews and `docker inspect` show it to whoever reads them",
        remedy="`pulumi config set --secret <key>`, and name the key under secret_environment",
        types=(kinds.CONTAINER, kinds.COMMAND),
        check=_literals,
    ),
)
