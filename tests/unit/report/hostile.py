"""Names and reports that a container, or a broken engine, could make a report carry."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from unit.report.sample_reports import NAMESPACES, Report, report_of

SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = '"><img src=x onerror=alert(1)>'
ANSI = "\x1b[2J\x1b]0;owned\x07"
MARKUP = "[red]red[/red] [link=https://e.example]x[/link]"
ENTITY = "a&b ]]> <!-- {{ 7*7 }} {% raw %}"
TURNED = "safe\u202edetalosi\u2066"
HEBREW = "\u05e9\u05dc\u05d5\u05dd"
SURROGATE = "\ud800\ufffe\x00"
LONG = "n" * 200
NAMES = (SCRIPT, ATTRIBUTE, ANSI, MARKUP, ENTITY, TURNED, HEBREW, SURROGATE, LONG)


def hostile() -> Report:
    """A report whose containers have such names, and whose texts are such."""
    made = report_of(NAMES)
    made["summary"] = "\n".join(NAMES)
    made["host"]["kernel"] = SCRIPT + ANSI
    for check, name in zip(made["checks"], NAMES * 9, strict=False):
        check["claim"] = name
        check["evidence"] |= {name: name, "more": [name, {name: [name]}]}
        check["how"] = name
    made["checks"].append(
        {
            **dict.fromkeys(("id", "subject", "claim", "remedy"), ANSI + SCRIPT),
            **{"required": True, "status": "fail", "method": "inode", "evidence": {}},
            "control": {MARKUP: ENTITY},
        }
    )
    for network, name in zip(made["lab"]["networks"], NAMES, strict=False):
        network["name"] = network["bridge"] = name
    made["lab"]["volumes"][0]["key"] = f"volume:{ATTRIBUTE}"
    return made


TEXT = st.text(max_size=8) | st.sampled_from([*NAMES, "OK", "OK 1 ms", "c1", "/data", "*"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
_STATES = ["isolated", "shared_with_host", "shared_with_peer", "unknown", "not_applicable"]
_CELL = st.fixed_dictionaries(
    {"ns": TEXT, "required": st.booleans(), "state": st.sampled_from(_STATES)},
    optional={"with": st.lists(TEXT, max_size=3), "allowed": st.booleans()},
)
_TARGET = st.fixed_dictionaries(
    {
        "name": TEXT,
        "id": st.just("a" * 64),
        "pid": st.integers(),
        "starttime": st.integers(),
        "ns": st.dictionaries(st.sampled_from([*NAMESPACES, "odd"]), _CELL, max_size=4),
    }
)
_KEYS = ("row", "wrong", "unknown", "/data", "nspid", "key", "outside", "same_as", "unread", "name")
_IDS = ("net.reach", "vol.mode", "vol.share", "mnt.host", "spec")
_CHECK = st.fixed_dictionaries(
    {
        "id": TEXT | st.sampled_from([*_IDS, *(f"demo.{kind}" for kind in NAMESPACES)]),
        "subject": TEXT,
        "status": st.sampled_from(["pass", "fail", "error", "info", "skipped", "not_applicable"]),
        "claim": TEXT,
        "method": st.sampled_from(["inode", "behaviour", "procfs"]),
        "evidence": st.dictionaries(TEXT | st.sampled_from(_KEYS), ANY, max_size=3),
        "remedy": TEXT,
    },
    optional={
        "required": st.booleans(),
        "control": st.dictionaries(TEXT, ANY, max_size=2),
        "expected": ANY,
        "how": TEXT,
        "ms": st.floats(allow_nan=False, allow_infinity=False),
    },
)
_NETWORK = st.fixed_dictionaries(
    {
        "name": TEXT,
        "internal": st.booleans(),
        "icc": st.booleans(),
        "bridge": TEXT,
        "containers": st.lists(TEXT, max_size=3),
    }
)
_MOUNT = st.fixed_dictionaries(
    {"container": TEXT, "path": TEXT, "mode": st.sampled_from(["ro", "rw"])}
)
_LINK_PARTS = ("container", "interface", "address", "veth", "bridge", "network")
_LAB = st.fixed_dictionaries(
    {
        "networks": st.lists(_NETWORK, max_size=3),
        "volumes": st.lists(
            st.fixed_dictionaries({"key": TEXT, "mounts": st.lists(_MOUNT, max_size=2)}),
            max_size=2,
        ),
        "links": st.lists(st.fixed_dictionaries(dict.fromkeys(_LINK_PARTS, TEXT)), max_size=3),
        "published": st.lists(
            st.fixed_dictionaries(
                {
                    "container": TEXT,
                    "address": TEXT,
                    "port": st.integers(1, 65535),
                    "container_port": st.integers(1, 65535),
                    "protocol": st.sampled_from(["tcp", "udp"]),
                }
            ),
            max_size=2,
        ),
    }
)
_EXITS = {"isolated": 0, "not_isolated": 1, "bad_spec": 2, "inconclusive": 3, "internal_error": 4}


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any report that the schema allows, more or less."""
    verdict = draw(st.sampled_from(sorted(_EXITS)))
    names: dict[str, st.SearchStrategy[Any]] = {
        "targets": st.lists(_TARGET, min_size=2, max_size=3),
        "checks": st.lists(_CHECK, min_size=1, max_size=4),
        "counts": st.dictionaries(TEXT, st.integers(), max_size=2),
        "policy": st.fixed_dictionaries({"reasons": st.dictionaries(TEXT, TEXT, max_size=2)}),
        "timing_ms": st.dictionaries(TEXT, st.floats(0, 1e9), max_size=2),
    }
    made: Report = {
        "schema": "nsv/1",
        "run_id": draw(TEXT),
        "verdict": verdict,
        "exit_code": _EXITS[verdict],
        "host": {
            "kernel": draw(TEXT),
            "cgroup": "v2",
            "baseline": {"pid": 1, "comm": "", "ns": {}},
        },
        **{name: draw(strategy) for name, strategy in names.items()},
    }
    for name, strategy in {"lab": _LAB, "summary": TEXT, "summarised": st.booleans()}.items():
        if draw(st.booleans()):
            made[name] = draw(strategy)
    return made
