"""Network, Volume and RemoteImage: their properties, and what a change of each does."""

from __future__ import annotations

from typing import Any

from toolchain.standin.properties import (
    Table,
    boolean,
    label_set,
    mapping,
    object_set,
    string,
    string_set,
)

_NEW: dict[str, Any] = {"replaces": True}
_FOUND: dict[str, Any] = {"replaces": True, "computed": True}
_OUT: dict[str, Any] = {"computed": True, "output": True}

NETWORK = Table(
    name="Network",
    provider="Docker",
    properties={
        "name": string(autonamed=True, **_NEW),
        "labels": label_set(**_NEW),
        "driver": string(**_FOUND),
        "options": mapping(**_FOUND),
        "internal": boolean(**_FOUND),
        "attachable": boolean(**_NEW),
        "ingress": boolean(**_NEW),
        "ipv6": boolean(**_NEW),
        "ipamDriver": string(default="default", **_NEW),
        "ipamOptions": mapping(**_NEW),
        "ipamConfigs": object_set(
            {
                "subnet": string(**_NEW),
                "ipRange": string(**_NEW),
                "gateway": string(**_NEW),
                "auxAddress": mapping(**_NEW),
            },
            **_FOUND,
        ),
        "scope": string(**_OUT),
    },
)

VOLUME = Table(
    name="Volume",
    provider="Docker",
    properties={
        "name": string(autonamed=True, **_FOUND),
        "labels": label_set(**_NEW),
        "driver": string(**_FOUND),
        "driverOpts": mapping(**_NEW),
        "mountpoint": string(**_OUT),
    },
)

IMAGE = Table(
    name="RemoteImage",
    provider="Docker",
    properties={
        "name": string(required=True, **_NEW),
        "imageId": string(**_OUT),
        "repoDigest": string(**_OUT),
        "keepLocally": boolean(),
        "pullTriggers": string_set(**_NEW),
        "forceRemove": boolean(),
        "triggers": mapping(**_NEW),
        "platform": string(default="", **_NEW),
    },
)
