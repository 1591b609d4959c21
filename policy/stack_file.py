"""What a stack file says to the rules, from the raw value of its key `docklab:lab`.

The program refuses what is no lab; here, what cannot be read lets nothing pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.judge import Stack, Suppression, is_production

_SUPPRESSION = ("rule", "resource", "reason")


def stack_of(lab: object, name: str) -> Stack:
    policy = _mapping(_mapping(lab).get("policy"))
    said = policy.get("production")
    return Stack(
        name=name,
        production=is_production(said if isinstance(said, bool) else None, name),
        suppressions=tuple(_suppressions(policy.get("suppress"))),
    )


def _suppressions(given: object) -> Iterator[Suppression]:
    for entry in given if isinstance(given, list) else ():
        said = {key: _mapping(entry).get(key) for key in _SUPPRESSION}
        if all(isinstance(value, str) and value for value in said.values()):
            yield Suppression(**{key: str(value) for key, value in said.items()})


def secret_keys(lab: object) -> list[str]:
    """The configuration keys whose values the lab hands to its containers as secrets."""
    containers = _mapping(_mapping(lab).get("containers"))
    named = (_mapping(_mapping(one).get("secret_environment")) for one in containers.values())
    return sorted({str(key) for variables in named for key in variables.values()})


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
