"""Where the engine takes addresses from for networks that name no subnet. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

# A range that hardly anyone numbers by hand, then everything that is private.
_FIRST = IPv4Network("10.213.0.0/16")
_PRIVATE = tuple(IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
# Prefix of the pool, prefix of each network cut from it.
_SIZES = ((16, 24), (20, 24), (24, 28))


@dataclass(frozen=True, kw_only=True)
class AddressPool:
    """One entry of `default-address-pools`: networks of prefix length `size` out of `base`."""

    base: IPv4Network
    size: int


def choose_address_pools(taken: Iterable[IPv4Network]) -> tuple[AddressPool, ...]:
    """One pool that overlaps none of `taken`: the lab's subnets, and the VPC's range.

    The answer is part of the user data, and other user data is another machine: so it stays the
    same whatever subnets the lab has, until one lies in the very range chosen.

    Raises:
        ValueError: when no private range is left.
    """
    ranges = tuple(taken)
    for base, size in _candidates():
        if not any(base.overlaps(other) for other in ranges):
            return (AddressPool(base=base, size=size),)
    raise ValueError(
        "no private range is left for the engine's own networks: the subnets of the lab and the "
        "VPC take all of 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16; narrow one to leave a /24"
    )


def _candidates() -> Iterator[tuple[IPv4Network, int]]:
    yield _FIRST, 24
    for prefix, size in _SIZES:
        for private in reversed(_PRIVATE):
            for base in private.subnets(new_prefix=prefix):
                yield base, size
