"""Which namespaces a run must prove, from what the spec asks and what the engine is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.facts import ALWAYS_REQUIRED, Facts, IdMap, Unread
from verifier.spec import Require, Spec

IDENTITY: IdMap = ((0, 0, 4294967295),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`required` namespaces, and for user, cgroup and time why they are or are not.

    rootless: the engine itself runs in a user namespace, which its containers then share.
    """

    required: frozenset[str]
    reasons: Mapping[str, str]
    rootless: bool
    remap: bool


def decide(spec: Spec, facts: Facts) -> Policy:
    maps = [target.uid_map for target in facts.targets]
    mapped = any(not isinstance(m, Unread) and m != IDENTITY for m in maps)
    unknown = any(isinstance(m, Unread) for m in maps)
    shims = [shim.uid_map for shim in facts.shims.values()]
    rootless = any(not isinstance(m, Unread) and m != IDENTITY for m in shims)
    answers = {
        "user": _user(spec.require_user, mapped, unknown),
        "cgroup": _cgroup(spec.require_cgroup, facts.observer.cgroup),
        "time": _time(spec.require_time),
    }
    required = {name for name, (needed, _) in answers.items() if needed}
    return Policy(
        required=frozenset(ALWAYS_REQUIRED) | required,
        reasons={name: reason for name, (_, reason) in answers.items()},
        rootless=rootless,
        remap=mapped and not rootless,
    )


def _user(asked: Require, mapped: bool, unknown: bool) -> tuple[bool, str]:
    if isinstance(asked, bool):
        return asked, _asked(asked)
    if mapped:
        return True, "auto: a container's uid map is not the host's, so every one's must not be"
    if unknown:
        return False, "auto: no container with mapped user ids was seen, and some were not read"
    return False, "auto: the engine maps no user ids (started without userns-remap)"


def _cgroup(asked: Require, layout: str) -> tuple[bool, str]:
    if isinstance(asked, bool):
        return asked, _asked(asked)
    return layout == "v2", f"auto: required on cgroup v2, this host has {layout}"


def _time(asked: Require) -> tuple[bool, str]:
    if isinstance(asked, bool):
        return asked, _asked(asked)
    return False, "auto: most engines give containers no time namespace of their own"


def _asked(asked: bool) -> str:
    return "the spec requires it" if asked else "the spec does not require it"
