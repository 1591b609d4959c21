"""All rules by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from policy.rule import Rule
from policy.rules import (
    access,
    aws,
    containers,
    data,
    exposure,
    images,
    mounts,
    namespaces,
    secrets,
)

_ALL = sorted(
    chain(
        access.RULES,
        aws.RULES,
        containers.RULES,
        data.RULES,
        exposure.RULES,
        images.RULES,
        mounts.RULES,
        namespaces.RULES,
        secrets.RULES,
    ),
    key=lambda rule: rule.id,
)
RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for rule in _ALL})
