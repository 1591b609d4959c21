"""The input of a run: NSV_SPEC, one JSON object, parsed strictly. Reads nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from verifier.facts import NAMESPACES
from verifier.spec import Container, Published, Require, Spec, Volume

MAX_BYTES = 1 << 20
MAX_CONTAINERS = 1000
MAX_EGRESS = 8
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
CONTAINER_ID = re.compile(r"[0-9a-f]{64}")
T = TypeVar("T")

_REQUIRED = ("run_id", "containers")
_OPTIONAL = (
    "allow_shared",
    "dns_networks",
    "icc_false",
    "internal",
    "egress",
    "published",
    "require",
    "deadline_ms",
)


class SpecError(ValueError):
    """NSV_SPEC cannot be used. `run_id` is the caller's where it could be read, else ''."""

    def __init__(self, message: str, run_id: str = "") -> None:
        super().__init__(message)
        self.run_id = run_id


def parse(text: str) -> Spec:
    """Spec of a JSON text. Raises SpecError, naming the key, the value and the rule."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise SpecError(f"NSV_SPEC is larger than {MAX_BYTES} bytes")
    try:
        data = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except RecursionError:
        raise SpecError("NSV_SPEC is nested too deeply") from None
    except SpecError:
        raise
    except ValueError as error:
        raise SpecError(f"NSV_SPEC is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise SpecError("NSV_SPEC: expected a JSON object with run_id and containers")
    run_id = data.get("run_id")
    if not isinstance(run_id, str) or not NAME.fullmatch(run_id):
        raise SpecError(f"run_id: {_show(run_id)} is not a name ({NAME.pattern})")
    try:
        return _spec(data)
    except SpecError as error:
        error.run_id = run_id
        raise


def _spec(data: dict[str, Any]) -> Spec:
    _keys("NSV_SPEC", data, _REQUIRED, _OPTIONAL)
    containers = _list("containers", data["containers"], _container)
    if not 2 <= len(containers) <= MAX_CONTAINERS:
        raise SpecError(
            f"containers: {len(containers)} given; isolation is a claim about 2 to "
            f"{MAX_CONTAINERS} containers"
        )
    _distinct("containers", "name", [c.name for c in containers])
    _distinct("containers", "id", [c.id for c in containers])
    require = data.get("require", {})
    _keys("require", require, (), ("user", "cgroup", "time"))
    names = {c.name for c in containers}
    return Spec(
        run_id=data["run_id"],
        containers=containers,
        allow_shared=frozenset(
            _list("allow_shared", data.get("allow_shared", []), lambda w, v: _shared(w, v, names))
        ),
        dns_networks=_list("dns_networks", data.get("dns_networks", []), _name),
        icc_false=_list("icc_false", data.get("icc_false", []), _name),
        internal=_list("internal", data.get("internal", []), _name),
        egress=_all_egress(data.get("egress", [])),
        published=_list(
            "published", data.get("published", []), lambda w, v: _published(w, v, names)
        ),
        require_user=_require("require.user", require.get("user", "auto")),
        require_cgroup=_require("require.cgroup", require.get("cgroup", "auto")),
        require_time=_require("require.time", require.get("time", "auto")),
        deadline_ms=_int("deadline_ms", data.get("deadline_ms", 250), 50, 10_000),
    )


def _container(where: str, value: Any) -> Container:
    _keys(where, value, ("name", "id"), ("networks", "volumes"))
    container_id = value["id"]
    if not isinstance(container_id, str) or not CONTAINER_ID.fullmatch(container_id):
        _refuse(f"{where}.id", container_id, "a full container id: 64 characters 0-9a-f")
    volumes = _list(f"{where}.volumes", value.get("volumes", []), _volume)
    _distinct(f"{where}.volumes", "path", [v.path for v in volumes])
    networks = None
    if "networks" in value:
        networks = _list(f"{where}.networks", value["networks"], _name)
        _distinct(where, "networks", list(networks))
    return Container(
        name=_name(f"{where}.name", value["name"]),
        id=container_id,
        networks=networks,
        volumes=volumes,
    )


def _volume(where: str, value: Any) -> Volume:
    _keys(where, value, ("path", "mode", "key"), ())
    path, mode, key = value["path"], value["mode"], value["key"]
    if not isinstance(path, str) or not path.startswith("/") or not path.isprintable():
        _refuse(f"{where}.path", path, "an absolute path without control characters")
    if len(path) > 4096 or any(part in ("", ".", "..") for part in path.split("/")[1:]):
        _refuse(f"{where}.path", path, "a path without '..', '.', '//' or a trailing slash")
    if mode not in ("ro", "rw"):
        _refuse(f"{where}.mode", mode, "ro or rw")
    if not isinstance(key, str) or not 0 < len(key) <= 4096 or not key.isprintable():
        _refuse(f"{where}.key", key, "a printable text, equal where the data is the same")
    return Volume(path=path, mode=mode, key=key)


def _shared(where: str, value: Any, names: set[str]) -> tuple[str, str, str]:
    good = isinstance(value, list) and len(value) == 3 and all(isinstance(v, str) for v in value)
    if not good or value[0] not in NAMESPACES or value[1] == value[2]:
        _refuse(where, value, "[namespace, container, other container]")
    for name in value[1:]:
        if name not in names:
            _refuse(where, name, "the name of a container in this spec")
    first, second = sorted(value[1:])
    return value[0], first, second


def _all_egress(value: Any) -> tuple[str, ...]:
    found = _list("egress", value, _egress)
    _distinct("egress", "address", list(found))
    if len(found) > MAX_EGRESS:
        raise SpecError(f"egress: {len(found)} addresses; at most {MAX_EGRESS} are tried")
    return found


def _egress(where: str, value: Any) -> str:
    host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not _ipv4(host) or not _decimal(port, 1, 65535):
        _refuse(where, value, "an IPv4 address and port, such as 192.0.2.1:443")
    first = int(host.partition(".")[0])
    if first in (0, 127) or first >= 224:
        _refuse(where, value, "beyond the host: it is no address of another machine")
    return f"{host}:{port}"


def _published(where: str, value: Any, names: set[str]) -> Published:
    _keys(where, value, ("container", "address", "port", "container_port", "protocol"), ())
    container, address, protocol = value["container"], value["address"], value["protocol"]
    if not isinstance(container, str) or container not in names:
        _refuse(f"{where}.container", container, "the name of a container in this spec")
    if not isinstance(address, str) or not _ipv4(address):
        _refuse(f"{where}.address", address, "an IPv4 address, such as 127.0.0.1")
    if protocol not in ("tcp", "udp"):
        _refuse(f"{where}.protocol", protocol, "tcp or udp")
    return Published(
        container=container,
        address=address,
        port=_int(f"{where}.port", value["port"], 1, 65535),
        container_port=_int(f"{where}.container_port", value["container_port"], 1, 65535),
        protocol=protocol,
    )


def _ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(_decimal(part, 0, 255) for part in parts)


def _decimal(text: str, low: int, high: int) -> bool:
    plain = text.isascii() and text.isdigit() and len(text) <= 5
    return plain and low <= int(text) <= high and str(int(text)) == text


def _require(where: str, value: Any) -> Require:
    if isinstance(value, bool) or value == "auto":
        return value  # type: ignore[no-any-return]
    _refuse(where, value, 'true, false or "auto"')


def _name(where: str, value: Any) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        _refuse(where, value, f"a name ({NAME.pattern})")
    return value


def _int(where: str, value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        _refuse(where, value, f"a whole number from {low} to {high}")
    return value


def _list(where: str, value: Any, item: Callable[[str, Any], T]) -> tuple[T, ...]:
    if not isinstance(value, list):
        _refuse(where, value, "a list")
    if len(value) > 10 * MAX_CONTAINERS:
        raise SpecError(f"{where}: {len(value)} entries; at most {10 * MAX_CONTAINERS}")
    return tuple(item(f"{where}[{index}]", entry) for index, entry in enumerate(value))


def _keys(where: str, value: Any, needed: tuple[str, ...], optional: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        _refuse(where, value, "an object")
    for key in value:
        if key not in needed and key not in optional:
            known = ", ".join(needed + optional)
            raise SpecError(f"{where}: unknown key {_show(key)}; known: {known}")
    for key in needed:
        if key not in value:
            raise SpecError(f"{where}: the key {key} is missing")


def _distinct(where: str, what: str, values: list[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise SpecError(f"{where}: {what} {_show(value)} is given twice")
        seen.add(value)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _distinct("NSV_SPEC", "key", [key for key, _ in pairs])
    return dict(pairs)


def _no_constant(text: str) -> NoReturn:
    raise SpecError(f"NSV_SPEC: {text} is not a JSON value")


def _refuse(where: str, value: Any, expected: str) -> NoReturn:
    raise SpecError(f"{where}: {_show(value)} is not {expected}")


def _show(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."
