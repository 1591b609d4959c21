"""Whom a machine's firewall lets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource
from review.exposure.row import Exposed, maps, texts

_WORLD = ("0.0.0.0/0", "::/0")
# Sources that are no ranges, by the key of a rule.
_GROUPS = ("securityGroups", "sourceSecurityGroupId", "referencedSecurityGroupId")
_LISTS = ("prefixListIds", "prefixListId", "cidrListAliases")


def of_security_group(one: Resource) -> Iterator[Exposed]:
    for rule in maps(one.inputs.get("ingress")):
        yield from _ingress(one, rule, "cidrBlocks", "ipv6CidrBlocks")


def of_rule(one: Resource) -> Iterator[Exposed]:
    if one.inputs.get("type") != "egress":
        yield from _ingress(one, one.inputs, "cidrBlocks", "ipv6CidrBlocks")


def of_rule_of_its_own(one: Resource) -> Iterator[Exposed]:
    rule = {**one.inputs, "protocol": one.inputs.get("ipProtocol")}
    yield from _ingress(one, rule, "cidrIpv4", "cidrIpv6")


def of_public_ports(one: Resource) -> Iterator[Exposed]:
    for rule in maps(one.inputs.get("portInfos")):
        yield from _ingress(one, rule, "cidrs", "ipv6Cidrs")


def _ingress(one: Resource, rule: Mapping[str, Any], *keys: str) -> Iterator[Exposed]:
    """A rule without any source lets in the world."""
    every = rule.get("protocol") in ("-1", "all", -1)
    way = _ports(rule) if not every else "every port"
    for source in [*_sources(rule, keys)] or [_WORLD[0]]:
        whom = f"the whole world ({source})" if source in _WORLD else source
        yield Exposed(
            topic="from outside",
            subject=one.name,
            text=f"lets {whom} in on {way}",
            way=way,
            reach=source,
            of=one.name,
        )


def _ports(rule: Mapping[str, Any]) -> str:
    first, last = rule.get("fromPort"), rule.get("toPort")
    ports = f"port {first}" if first == last else f"ports {first}-{last}"
    return f"{ports}/{rule.get('protocol')}"


def _sources(rule: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        yield from _listed(rule.get(key))
    for key in _GROUPS:
        yield from (f"members of {group}" for group in _listed(rule.get(key)))
    for key in _LISTS:
        yield from (f"whoever is in the list {found}" for found in _listed(rule.get(key)))
    if rule.get("self"):
        yield "its own members"


def _listed(value: object) -> list[str]:
    return texts(value) if isinstance(value, list) else [str(value)] if value else []
