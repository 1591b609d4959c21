"""The demonstrations: judged from hand-made facts, and what their looks from outside make."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.verifier.facts_of_a_lab import DEMOS, INSIDE, failing, lab, report_of, rows

from verifier.demos import outside
from verifier.demos.looking import as_views
from verifier.facts import Demonstration, Mount, Status, Unread
from verifier.render import render

KINDS = tuple(DEMOS)


def bent(kind: str, **changes: Any) -> dict[str, Any]:
    """The report of a sound lab in which one demonstration came out differently."""
    sound = DEMOS[kind]
    assert isinstance(sound, Demonstration)
    inside = {**sound.inside, **changes.pop("inside", {})}
    shown = replace(sound, inside=inside, **changes)
    return report_of(replace(lab(), demos={**DEMOS, kind: shown}))


def test_six_demonstrations_are_required_and_carry_what_was_expected() -> None:
    made = report_of(lab())
    for kind in KINDS:
        (row,) = rows(made, f"demo.{kind}")
        assert (row["status"], row["required"], row["subject"]) == ("pass", True, "*")
        assert {key: row["evidence"][key] for key in row["expected"]} == row["expected"]
    assert rows(made, "demo.uts")[0]["evidence"]["seen_by"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_namespace_that_is_not_new_fails(kind: str) -> None:
    assert failing(bent(kind, changed=False)) == {f"demo.{kind}"}


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        ("mnt", {"same_inode": False}),
        ("ipc", {"in_own": False}),
        ("uts", {"unchanged": False}),
        ("uts", {"in_own": False}),
        ("pid", {"pid": 9}),
        ("net", {"interfaces": ["lo", "eth0"]}),
        ("net", {"interfaces": []}),
        ("user", {"before": 0}),
        ("user", {"inside": 65534}),
        ("user", {"map": "0 0 4294967295"}),
        ("user", {"errno": "ok"}),
        ("user", {"then": "EPERM"}),
    ],
    ids=str,
)
def test_something_else_seen_inside_fails(kind: str, inside: dict[str, Any]) -> None:
    made = bent(kind, inside=inside)
    assert (made["verdict"], failing(made)) == ("not_isolated", {f"demo.{kind}"})
    assert "FAILED: " in render(made)


@pytest.mark.parametrize("kind", ["mnt", "ipc", "uts"])
@pytest.mark.parametrize("who", ["c1", "the host", "the verifier"])
def test_whoever_else_sees_it_makes_it_fail(kind: str, who: str) -> None:
    made = bent(kind, seen_by=(who,))
    assert failing(made) == {f"demo.{kind}"}
    assert rows(made, f"demo.{kind}")[0]["evidence"]["seen_by"] == [who]


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_that_does_not_find_it_where_it_is_proves_nothing(kind: str) -> None:
    made = bent(kind, found=False)
    assert (made["exit_code"], failing(made, "error")) == (3, {f"demo.{kind}"})


@pytest.mark.parametrize("kind", ["mnt", "ipc", "uts", "pid", "net"])
def test_somebody_who_could_not_look_leaves_it_unknown(kind: str) -> None:
    made = bent(kind, blind={"c2": "EACCES"})
    assert (made["exit_code"], failing(made, "error")) == (3, {f"demo.{kind}"})
    assert "SYS_PTRACE" in rows(made, f"demo.{kind}")[0]["remedy"]


@pytest.mark.parametrize(
    ("kind", "why", "remedy"),
    [
        ("user", "EPERM at setresuid", "kernel.unprivileged_userns_clone"),
        ("net", "EPERM at unshare net", "SYS_ADMIN"),
        ("mnt", "EROFS at mkdir /tmp/mnt", "a tmpfs at /tmp"),
        ("ipc", "EINVAL at unshare ipc", "makes no ipc namespaces"),
        ("pid", "deadline", "out of time"),
    ],
)
def test_a_demonstration_that_was_refused_is_an_error_with_its_reason(
    kind: str, why: str, remedy: str
) -> None:
    made = report_of(replace(lab(), demos={**DEMOS, kind: Unread(why)}))
    (row,) = rows(made, f"demo.{kind}")
    assert (made["exit_code"], row["status"], row["evidence"]) == (3, "error", {"unread": why})
    assert remedy in row["remedy"]
    assert why in render(made)


@pytest.mark.parametrize(
    "why",
    ["ENOSPC at unshare user", "EPERM at /proc/self/uid_map", "EPERM at unshare uts"],
)
def test_a_host_that_forbids_users_their_namespaces_is_told_so_and_not_failed(why: str) -> None:
    made = report_of(replace(lab(), demos={**DEMOS, "user": Unread(why)}))
    (row,) = rows(made, "demo.user")
    assert (made["verdict"], row["status"], row["required"]) == ("isolated", "error", False)
    assert row["evidence"] == {"unread": why}
    assert why in render(made)


@pytest.mark.parametrize("kind", KINDS)
def test_a_demonstration_that_nobody_made_is_not_taken_for_shown(kind: str) -> None:
    demos = {one: shown for one, shown in DEMOS.items() if one != kind}
    made = report_of(replace(lab(), demos=demos))
    assert (made["exit_code"], failing(made, "skipped")) == (3, {f"demo.{kind}"})


def test_the_text_says_what_was_done_and_what_was_seen() -> None:
    lines = render(report_of(lab())).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("demonstrations"))
    none = "by none of 4 others (host, verifier, containers)"
    new = "in a new namespace: seen inside"
    assert lines[start + 1 : start + 7] == [
        f"  MNT   bound /usr/local/bin at /tmp/mnt {new}, {none}",
        f"  IPC   made message queue 0x1a {new}, {none}",
        f"  UTS   set host name to nsv-1 {new}, the host still says vm",
        "  PID   started a process in a new namespace: PID 1 inside, PID 4711 for the host",
        "  NET   listed the interfaces of a new namespace: lo alone, down; the host has 5",
        "  USER  made uid 65534 root (uid 0) of a new namespace: setting a host name refused "
        "(EPERM) until it had a UTS namespace as well",
    ]


def mount(at: str, device: str = "0:50", root: str = "/usr/local/bin") -> Mount:
    return Mount(device=device, root=root, at=at, writable=True, fs="overlay")


@pytest.mark.parametrize(
    ("theirs", "leaked"),
    [
        (mount("/var/lib/merged/tmp/mnt"), True),
        (mount("/tmp/mnt", device="0:60"), False),
        (mount("/tmp/mnt", root="/"), False),
        (mount("/usr/local/bin"), False),
    ],
)
def test_a_mount_is_recognised_by_what_it_is_and_not_by_its_place(
    theirs: Mount, leaked: bool
) -> None:
    seen = {"changed": True, **INSIDE["mnt"]}
    shown = outside.mnt(seen, (mount("/tmp/mnt"),), {"c1": (theirs,), "c2": Unread("EACCES")})
    assert isinstance(shown, Demonstration)
    assert (shown.seen_by, shown.found, shown.asked) == (("c1",) if leaked else (), True, 2)
    assert shown.blind == {"c2": "EACCES"}


def test_views_of_a_child_that_did_not_answer_are_unread() -> None:
    rooms = {"c1": {"uts": 3}, "the host": {"uts": 4, "net": 5}}
    late = Unread("deadline")
    assert as_views(late, rooms)["the host"] == {"uts": late, "net": late}
    views = as_views({"c1": {"uts": [True, "x"]}, "the host": {"uts": [False, "EPERM"]}}, rooms)
    assert views["c1"] == {"uts": "x"}
    assert views["the host"] == {"uts": Unread("EPERM"), "net": Unread("no answer")}


def test_everybody_who_sees_the_new_host_name_is_named() -> None:
    seen = {"changed": True, "name": "new", "before": "old", "in_own": True}
    views: dict[str, dict[str, Any]] = {
        "the verifier": {"uts": "new"},
        "the host": {"uts": "vm"},
        "c1": {"uts": Unread("EPERM")},
        outside.demo("uts"): {"uts": "new"},
        outside.demo("user"): {"uts": "new"},
    }
    shown = outside.uts(seen, views)
    assert isinstance(shown, Demonstration)
    assert (shown.seen_by, shown.blind) == (("the verifier",), {"c1": "EPERM"})
    assert (shown.inside["unchanged"], shown.found, shown.asked) == (False, True, 3)


def test_a_first_process_that_the_host_knows_by_other_numbers_is_not_found() -> None:
    seen = {"changed": True, "pid": 1, "outside": 4711, "here": 9}

    def status(*numbers: int) -> Status:
        return Status(
            uid=0, nspid=numbers, cap_effective=0, cap_bounding=0, seccomp=2, no_new_privs=1
        )

    right = outside.pid(seen, lambda _: status(4711, 9, 1))
    wrong = outside.pid(seen, lambda _: status(4711, 8, 1))
    gone = outside.pid(seen, lambda _: Unread("ENOENT"))
    assert isinstance(right, Demonstration)
    assert isinstance(wrong, Demonstration)
    assert isinstance(gone, Demonstration)
    assert (right.found, wrong.found, gone.blind) == (True, False, {"the host": "ENOENT"})
