"""Which addresses a container tries beyond those of the other containers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.facts import Uplink
from verifier.net import outside, plan
from verifier.net.addresses import Address, near
from verifier.spec import Published, Spec

ANSWERS = ("OK", "ECONNREFUSED", "ECONNRESET")
CLOSED_PORT = 9
"""Of the host; whether it refuses or accepts, it was reached."""


def egress(
    spec: Spec, uplink: Uplink, own: Sequence[Address], mine: Sequence[Address]
) -> list[str]:
    """Beyond the host, whose addresses are `own`, and beyond the networks of `mine`."""
    found = outside.addresses(spec.egress, uplink, {address for address, _ in own})
    return [one for one in found if not near(one.rpartition(":")[0], mine)]


def gateways(own: Sequence[Address], mine: Sequence[Address]) -> list[str]:
    """The host's addresses on the networks of `mine`."""
    return [address for address, _ in own if near(address, mine)]


def doors(published: Published, own: Sequence[Address], mine: Sequence[Address]) -> list[str]:
    """Where a container of another network might find a published port."""
    places = dict.fromkeys(gateways(own, mine))
    if published.address.partition(".")[0] not in ("0", "127"):
        places[published.address] = None
    return [f"{place}:{published.port}" for place in places]


class Errands:
    """Of all containers of a spec."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._closed = {one.name for one in spec.containers if plan.closed(spec, one)}
        self._controls = set(plan.controls(spec)) if self._closed else set()
        self._published: dict[str, list[Published]] = {}
        for published in spec.published:
            for name in plan.askers(spec, published) if published.protocol == "tcp" else ():
                self._published.setdefault(name, []).append(published)

    def of(
        self, name: str, uplink: Uplink, own: Sequence[Address], mine: Sequence[Address]
    ) -> list[str]:
        """All "address:port" that the container `name` with the addresses `mine` tries."""
        found: dict[str, None] = {}
        if name in self._closed or name in self._controls:
            found |= dict.fromkeys(egress(self._spec, uplink, own, mine))
        if name in self._closed:
            found |= {f"{gateway}:{CLOSED_PORT}": None for gateway in gateways(own, mine)}
        for published in self._published.get(name, ()):
            found |= dict.fromkeys(doors(published, own, mine))
        return list(found)

    def may_go_out(self, name: str) -> bool:
        """True for those whose attempts are the control."""
        return name not in self._closed

    def of_host(self, uplink: Uplink, own: Sequence[Address]) -> list[str]:
        """The host stands in as the control where no container has a way out."""
        if not self._closed or self._controls:
            return []
        return egress(self._spec, uplink, own, ())
