"""Judging hand-made facts: which checks say what, and which verdict follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.verifier.facts_of_a_lab import (
    HOST,
    IDENTITY,
    failing,
    lab,
    report_of,
    rows,
    spec_for,
    target,
    with_ns,
)

from verifier.facts import ALWAYS_REQUIRED, NAMESPACES, Init, Unread
from verifier.judge import judge


def test_an_isolated_lab_is_isolated_and_names_what_was_proven() -> None:
    made = report_of(lab())
    assert (made["verdict"], made["exit_code"]) == ("isolated", 0)
    assert "MNT, IPC, UTS, PID, NET and USER of 2 containers" in made["summary"]


@pytest.mark.parametrize("name", ALWAYS_REQUIRED)
def test_a_namespace_shared_with_the_host_fails_and_says_which(name: str) -> None:
    made = report_of(lab(target(1), with_ns(target(2), name, HOST[name])))
    assert (made["verdict"], made["exit_code"]) == ("not_isolated", 1)
    assert failing(made) == {f"{name}.host"}
    (row,) = [row for row in rows(made, f"{name}.host") if row["status"] == "fail"]
    assert row["subject"] == "c2"
    assert row["evidence"]["ns"] == row["evidence"]["host"]
    assert "c2" in row["remedy"]
    assert made["targets"][1]["ns"][name]["state"] == "shared_with_host"


@pytest.mark.parametrize("name", ALWAYS_REQUIRED)
def test_a_namespace_shared_by_two_containers_fails_for_the_pair(name: str) -> None:
    made = report_of(lab(target(1), with_ns(target(2), name, target(1).ns[name]), target(3)))
    assert failing(made) == {f"{name}.peer"}
    (row,) = rows(made, f"{name}.peer")
    assert list(row["evidence"]["shared"].values()) == [["c1", "c2"]]
    cell = made["targets"][0]["ns"][name]
    assert (cell["state"], cell["with"], cell["allowed"]) == ("shared_with_peer", ["c2"], False)


def test_ipc_of_the_host_is_answered_with_the_line_to_remove() -> None:
    made = report_of(lab(target(1), with_ns(target(2), "ipc", HOST["ipc"])))
    remedies = [row["remedy"] for row in rows(made, "ipc.host") if row["status"] == "fail"]
    assert remedies == ["remove `ipc_mode: host` from c2 in the lab file"]


def test_a_share_that_the_spec_allows_passes_and_stays_visible() -> None:
    facts = lab(target(1), with_ns(target(2), "net", target(1).ns["net"]))
    made = report_of(facts, spec_for(facts, allow_shared=frozenset({("net", "c1", "c2")})))
    assert made["verdict"] == "isolated"
    assert rows(made, "net.peer")[0]["evidence"]["allowed"] == [["c1", "c2"]]
    assert made["targets"][0]["ns"]["net"]["allowed"] is True


def test_allowing_one_pair_does_not_allow_a_third_container_in() -> None:
    shared = target(1).ns["net"]
    facts = lab(target(1), with_ns(target(2), "net", shared), with_ns(target(3), "net", shared))
    made = report_of(facts, spec_for(facts, allow_shared=frozenset({("net", "c1", "c2")})))
    assert failing(made) == {"net.peer"}


def test_no_allowance_covers_the_host() -> None:
    facts = lab(*(with_ns(target(n), "net", HOST["net"]) for n in (1, 2)))
    made = report_of(facts, spec_for(facts, allow_shared=frozenset({("net", "c1", "c2")})))
    assert failing(made) == {"net.host"}


@pytest.mark.parametrize("why", ["EACCES", "ENOENT", "deadline", "EMFILE"])
def test_a_namespace_that_was_not_read_is_an_error_with_a_remedy(why: str) -> None:
    made = report_of(lab(target(1), with_ns(target(2), "pid", Unread(why))))
    assert (made["verdict"], made["exit_code"]) == ("inconclusive", 3)
    assert failing(made, "error") == {"pid.host", "pid.peer"}
    assert all(row["remedy"] for row in made["checks"] if row["status"] == "error")
    assert made["targets"][0]["ns"]["pid"]["state"] == "unknown"


def test_an_unreadable_namespace_points_at_the_container_options() -> None:
    made = report_of(lab(target(1), with_ns(target(2), "pid", Unread("EACCES"))))
    (row,) = [row for row in rows(made, "pid.host") if row["status"] == "error"]
    assert "SYS_PTRACE" in row["remedy"]
    assert "usernsMode host" in row["remedy"]


def test_a_failure_wins_over_a_doubt() -> None:
    bent = with_ns(with_ns(target(2), "pid", Unread("EACCES")), "net", HOST["net"])
    assert report_of(lab(target(1), bent))["exit_code"] == 1


def test_a_container_that_does_not_run_makes_the_run_inconclusive() -> None:
    gone = Init(problem="no process belongs to this container id")
    ns = dict.fromkeys(NAMESPACES, Unread("no process"))
    made = report_of(lab(target(1), target(2, init=gone, ns=ns, uid_map=Unread("no process"))))
    assert made["exit_code"] == 3
    (row,) = [row for row in rows(made, "map") if row["status"] == "error"]
    assert row["subject"] == "c2"
    assert "docker ps -a" in row["remedy"]


def test_a_container_that_restarted_twice_makes_the_run_inconclusive() -> None:
    facts = replace(lab(target(1), target(2, moved="process 1002 ended")), retried=True)
    made = report_of(facts)
    assert made["exit_code"] == 3
    (row,) = [row for row in rows(made, "map") if row["status"] == "error"]
    assert row["evidence"]["second_try"] is True
    assert "restarted during the run" in row["remedy"]


def test_shims_that_disagree_are_no_baseline() -> None:
    facts = lab()
    odd = replace(facts.shims[502], ns={**HOST, "net": (4, 999)})
    made = report_of(replace(facts, shims={**facts.shims, 502: odd}))
    assert failing(made, "error") == {"baseline", "net.host"}


def test_a_shim_that_lives_in_a_container_is_no_baseline() -> None:
    facts = lab()
    made = report_of(replace(facts, shims={**facts.shims, 501: replace(facts.shims[501], depth=2)}))
    assert failing(made, "error") == {"baseline"}


def test_a_container_without_a_shim_leaves_the_host_unknown() -> None:
    orphan = target(2, init=Init(pid=1002, starttime=50, source="cgroup"))
    made = report_of(lab(target(1), orphan))
    assert made["exit_code"] == 3
    assert "baseline" in failing(made, "error")


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"kthreadd": False, "shims": 0}, "bind the host's /proc"),
        ({"capabilities": 0}, "SYS_PTRACE"),
        ({"scan_complete": False}, "too many processes"),
    ],
)
def test_an_observer_that_cannot_see_is_inconclusive(
    changes: dict[str, object], remedy: str
) -> None:
    made = report_of(lab(**changes))
    assert failing(made, "error") == {"env.self"}
    assert remedy in rows(made, "env.self")[0]["remedy"]


def test_a_required_namespace_that_the_kernel_lacks_is_an_error() -> None:
    made = report_of(lab(namespaces=("mnt", "ipc", "uts", "pid", "user", "cgroup", "time")))
    assert {"net.host", "net.peer"} <= failing(made, "error")


def test_a_kernel_without_time_namespaces_is_not_applicable() -> None:
    made = report_of(lab(namespaces=NAMESPACES[:7]))
    assert made["exit_code"] == 0
    assert {row["status"] for row in rows(made, "time.host")} == {"not_applicable"}


def test_checks_that_a_family_left_out_are_errors_of_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = lab()
    monkeypatch.setattr("verifier.judge.FAMILIES", ())
    judgement = judge(spec_for(facts), facts)
    assert judgement.verdict == "inconclusive"
    assert {check.status for check in judgement.checks} == {"skipped"}
    assert ("net.host", "c2") in {(check.id, check.subject) for check in judgement.checks}


def test_maps_that_only_rootless_engines_have_are_judged_by_the_map() -> None:
    rootless = ((0, 12345, 1), (1, 300000, 65535))
    facts = lab(
        *(
            with_ns(target(n, uid_map=rootless, gid_map=rootless), "user", HOST["user"])
            for n in (1, 2)
        )
    )
    shims = {pid: replace(shim, uid_map=rootless) for pid, shim in facts.shims.items()}
    made = report_of(replace(facts, shims=shims))
    assert made["verdict"] == "isolated"
    assert made["host"]["rootless"] is True
    assert made["targets"][0]["ns"]["user"]["state"] == "isolated"


def test_without_remap_user_is_not_required_and_not_claimed() -> None:
    plain = [
        with_ns(target(n, uid_map=IDENTITY, gid_map=IDENTITY), "user", HOST["user"]) for n in (1, 2)
    ]
    made = report_of(lab(*plain))
    assert made["verdict"] == "isolated"
    assert "USER" not in made["summary"]
    assert "user" not in made["policy"]["required"]


def test_user_required_without_remap_fails_all_three_checks() -> None:
    plain = [
        with_ns(target(n, uid_map=IDENTITY, gid_map=IDENTITY), "user", HOST["user"]) for n in (1, 2)
    ]
    facts = lab(*plain)
    made = report_of(facts, spec_for(facts, require_user=True))
    assert failing(made) == {"user.host", "user.peer", "user.map"}
    assert "userns-remap" in rows(made, "user.map")[0]["remedy"]


def test_one_container_outside_the_remap_fails_and_is_named() -> None:
    odd = with_ns(target(2, uid_map=IDENTITY, gid_map=IDENTITY), "user", HOST["user"])
    made = report_of(lab(target(1), odd))
    assert failing(made) == {"user.host", "user.map"}
    assert "remove `userns_mode: host` from c2" in made["summary"] + str(rows(made, "user.map"))


def test_a_user_namespace_of_ones_own_with_the_hosts_root_in_it_fails() -> None:
    odd = target(2, uid_map=((0, 0, 1),))
    assert failing(report_of(lab(target(1), odd))) == {"user.map"}


def test_a_map_that_reaches_root_through_the_group_fails() -> None:
    assert failing(report_of(lab(target(1), target(2, gid_map=((5, 0, 1),))))) == {"user.map"}


@pytest.mark.parametrize(("layout", "needed"), [("v2", True), ("v1", False), ("hybrid", False)])
def test_the_cgroup_namespace_is_required_on_v2_alone(layout: str, needed: bool) -> None:
    facts = lab(target(1), with_ns(target(2), "cgroup", HOST["cgroup"]), cgroup=layout)
    made = report_of(facts)
    assert failing(made) == ({"cgroup.host"} if needed else set())
    made = report_of(facts, spec_for(facts, require_cgroup=True))
    assert failing(made) == {"cgroup.host"}
    assert failing(report_of(facts, spec_for(facts, require_cgroup=False))) == set()


def test_time_is_required_only_when_asked_for() -> None:
    facts = lab(*(with_ns(target(n), "time", HOST["time"]) for n in (1, 2)))
    assert report_of(facts)["exit_code"] == 0
    made = report_of(facts, spec_for(facts, require_time=True))
    assert failing(made) == {"time.host", "time.peer"}
