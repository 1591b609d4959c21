"""Two resources' inputs, property by property. What providers keep as a set has no order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policy.resource import SECRET

# What tells the members of a provider's set apart, by the property that holds it.
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "labels": ("label",),
    "mounts": ("target",),
    "networksAdvanced": ("name",),
    "ports": ("internal", "protocol", "ip"),
    "volumes": ("containerPath", "fromContainer"),
    "ipamConfigs": ("subnet",),
    "uploads": ("file",),
}
_SETS = {"capabilities.adds", "capabilities.drops", "securityOpts", "vpcSecurityGroupIds", "dns"}
_NAMED = {"envs"}

Difference = tuple[str, object, object]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """(path, value before, value after), in the order of the paths; None where there is none."""
    return sorted(_of_mappings(before, after, ""), key=lambda found: found[0])


def property_of(path: str) -> str:
    """The resource's own property that a path begins with."""
    return path.partition(".")[0].partition("[")[0]


def _compare(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if before == after:
        return
    name = path.rpartition(".")[2].partition("[")[0]
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_mappings(before, after, f"{path}.")
    elif _are_lists(before, after) and name in _NAMED:
        yield from _members(before or [], after or [], path, _variable)
    elif _are_lists(before, after) and name in _MEMBERS:
        yield from _members(before or [], after or [], path, _key_of(_MEMBERS[name]))
    elif _are_lists(before, after) and path in _SETS:
        if sorted(map(str, before or [])) != sorted(map(str, after or [])):
            yield path, before, after
    else:
        yield path, _shown(before), _shown(after)


def _are_lists(before: Any, after: Any) -> bool:
    return isinstance(before or [], list) and isinstance(after or [], list)


def _of_mappings(
    before: Mapping[str, Any], after: Mapping[str, Any], prefix: str
) -> Iterator[Difference]:
    for key in sorted(before.keys() | after.keys()):
        yield from _compare(before.get(key), after.get(key), f"{prefix}{key}")


def _members(
    before: list[Any], after: list[Any], path: str, key: Callable[[Any], str]
) -> Iterator[Difference]:
    then, now = ({key(one): one for one in side} for side in (before, after))
    if len(then) != len(before) or len(now) != len(after):
        yield path, _shown(before), _shown(after)
        return
    for name in sorted(then.keys() | now.keys()):
        yield from _compare(then.get(name), now.get(name), f"{path}[{name}]")


def _key_of(names: tuple[str, ...]) -> Callable[[Any], str]:
    def key(one: Any) -> str:
        if not isinstance(one, Mapping):
            return str(one)
        return "/".join(str(one[name]) for name in names if name in one)

    return key


def _variable(entry: Any) -> str:
    return str(entry).partition("=")[0]


def _shown(value: object) -> object:
    """A secret without the fingerprint, which tells only that it is another."""
    text = str(value)
    if isinstance(value, str) and SECRET[:-1] in text:
        return text.partition(SECRET[:-1])[0] + SECRET
    return value
