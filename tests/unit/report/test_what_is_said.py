"""What each form of the report says, and that none says more than was proven."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from unit.report.sample_reports import Report, check_of, failing, lab_of, row, shown
from unit.report.test_any_report import ESCAPES, on_terminal

from report import checks, mounts, palette, stories, terminal, verdicts
from report.cells import BAD, DOUBT, QUIET
from report.explained import HOW, how
from report.junit import junit
from report.namespaces import cell
from report.page import page
from report.palette import DARK, LIGHT, ON_GROUNDS, WIRES_DARK, WIRES_LIGHT
from verifier import judge

ROOT = Path(__file__).parents[3]
SHORT_IDS = {"map", "baseline", "confine", "spec", "verifier"}


def ids_in_the_source() -> set[str]:
    """Every text in the verifier's source that has a check id's form."""
    families = "|".join(("env", "net", "vol", "pid", "ipc", "uts", "user", "mnt", "demo"))
    form = re.compile(rf'(?:id=|^\s*\(?|wanted = )"((?:{families})\.[a-z]+)"', re.MULTILINE)
    folders = [ROOT / "verifier", ROOT / "verifier" / "checks"]
    return {
        found
        for folder in folders
        for file in folder.glob("*.py")
        for found in form.findall(file.read_text("utf-8"))
    }


def test_every_check_id_of_the_verifier_has_a_sentence_on_how_we_know() -> None:
    about = {*judge.ABOUT_ALL, *judge.ABOUT_EACH, *judge.ABOUT_NETWORKS, *judge.ABOUT_MOUNTS}
    every = ids_in_the_source() | about | SHORT_IDS | {"vol.outlives", "vol.layer"}
    assert {"net.self", "vol.share", "demo.user", "mnt.socket"} <= every
    assert every - HOW.keys() == set()


def test_each_way_of_knowing_is_one_of_its_own() -> None:
    assert len(set(HOW.values())) == len(HOW)
    assert all(text.endswith(".") and len(text) < 400 for text in HOW.values())


def test_a_rows_own_sentence_wins_and_an_unknown_id_falls_back_to_its_method() -> None:
    assert how(row("mnt.host", "a", how="because")) == "because"
    assert how(row("new.check", "a")).startswith("It was tried")


def shared(made: Report) -> None:
    made["targets"][1]["ns"]["ipc"]["state"] = "shared_with_host"
    made["checks"].append(
        row("ipc.host", "box01", "fail", control={"seen": True}, evidence={"ns": "ipc:[1]"})
    )


@pytest.mark.parametrize("whole", [False, True])
def test_a_failed_check_shows_claim_evidence_control_and_remedy(whole: bool) -> None:
    said = terminal.plain(failing(shared), whole=whole)
    assert "FAILED  ipc.host  box01\n  claim     ipc.host holds for box01\n" in said
    assert "  evidence  ns: ipc:[1]\n  control   seen: yes\n  remedy    put box01 right\n" in said
    assert "verdict: NOT ISOLATED\n  not isolated: it is not\n" in said
    assert re.search(r"box01 .*shared with host", said)


def test_an_isolated_lab_ends_with_its_verdict_and_how_one_knows() -> None:
    lines = terminal.plain(shown(lab_of(4)), whole=False).splitlines()
    at = lines.index("verdict: ISOLATED")
    assert lines[at + 1] == "  isolated: MNT and NET of 4 containers, from each other"
    assert lines[-1] == "  see it yourself, as root: readlink /proc/100/ns/net /proc/9/ns/net"


def test_the_short_form_leaves_out_what_the_whole_one_lists() -> None:
    short, whole = (terminal.plain(shown(lab_of(4)), whole=one) for one in (False, True))
    assert len(short.splitlines()) < 40
    for title in ("cables", "published ports", "volumes and bind mounts", "every check, and how"):
        assert title not in short
        assert title in whole


def test_many_failures_are_counted_in_the_short_form_and_told_in_the_whole() -> None:
    def break_all(made: Report) -> None:
        made["checks"] += [row("confine", f"box{n}", "fail") for n in range(20)]

    report = failing(break_all)
    assert "and 12 more, all of them in the HTML report" in terminal.plain(report, whole=False)
    assert terminal.plain(report, whole=True).count("FAILED  confine") == 20


def test_a_terminal_without_colours_gets_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    colours = on_terminal(failing(shared))
    assert "\x1b[1;31m" in colours
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pytest.MonkeyPatch, "delenv", lambda *_args, **_kwargs: None)
        monkeypatch.setenv("NO_COLOR", "1")
        plain = on_terminal(failing(shared))
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", plain)
    assert ESCAPES.sub("", plain) == ESCAPES.sub("", colours)


def test_a_namespace_that_is_unknown_is_never_good() -> None:
    for seen in ({}, {"state": "unknown"}, {"state": "not_applicable", "required": True}):
        assert cell(seen).tone == DOUBT
        assert cell(seen).word in ("unknown", "no such namespace")
    assert cell({"state": "shared_with_peer", "with": ["a"]}).tone == BAD
    assert cell({"state": "shared_with_host", "required": False}).tone == QUIET


def test_a_report_without_a_lab_section_still_shows_the_mounts_that_were_tried() -> None:
    made = lab_of(4)
    del made["lab"]
    found = mounts.data(shown(made))
    assert [(m.container, m.path, m.mode) for one in found for m in one.mounts] == [
        ("box00", "/data", "read and write"),
        ("box02", "/data", "read only"),
    ]
    assert 'id="picture"' not in page(shown(made))


def test_a_read_only_mount_that_was_written_to_is_bad() -> None:
    made = lab_of(4)
    check_of(made, "vol.mode", "box02")["evidence"]["/data"]["write"] = "written"
    (proof,) = [
        mount.proven
        for one in mounts.data(shown(made))
        for mount in one.mounts
        if mount.container == "box02"
    ]
    assert (proof.tone, proof.word) == (BAD, "is read only; a write gave: written")


def test_a_story_is_told_only_of_what_was_shown() -> None:
    made = lab_of(4)
    check_of(made, "demo.uts", "*").update(status="error", remedy="r")
    told = {story.name: story for story in stories.stories(shown(made))}
    assert list(told) == ["MNT", "IPC", "UTS", "PID", "NET", "USER"]
    assert told["UTS"].steps == ()
    assert "The host lists the same process as 4711." in dict(told["PID"].steps).values()


def test_checks_that_block_come_failures_first_and_optional_ones_do_not_block() -> None:
    def spoil(made: Report) -> None:
        made["checks"] += [
            row("confine", "a", "error"),
            row("confine", "b", "fail"),
            row("confine", "c", "fail", required=False),
            row("confine", "d", "skipped"),
        ]

    report = failing(spoil)
    assert [one.subject for one in checks.problems(report)] == ["b", "a", "d"]
    (group,) = [g for f in checks.families(report) for g in f.groups if g.id == "confine"]
    assert group.tally == "1 failed, 1 unknown, 1 not run, 1 failed, not required"
    assert group.tone == BAD


def test_claims_that_are_alike_are_said_once_for_each_container() -> None:
    report = shown(lab_of(4))
    (group,) = [g for f in checks.families(report) for g in f.groups if g.id == "mnt.host"]
    assert group.claim == "mnt.host holds for each container"


def test_the_head_does_not_say_the_verdict_twice() -> None:
    found = verdicts.verdict(shown(lab_of(4)))
    assert found.lede == "MNT and NET of 4 containers, from each other"


def test_junit_counts_what_it_holds_and_calls_only_passes_passed() -> None:
    def spoil(made: Report) -> None:
        made["checks"] += [
            row("confine", "a", "error"),
            row("confine", "b", "fail"),
            row("confine", "c", "fail", required=False),
            row("uts.name", "d", "info", required=False),
            row("confine", "e", "skipped"),
        ]

    root = xml.fromstring(junit(failing(spoil), "docklab.local"))
    assert root.get("name") == "docklab.local"
    for place in (root, *root):
        cases = list(place.iter("testcase"))
        for kind, number in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert place.get(number) == str(sum(case.find(kind) is not None for case in cases))
        assert place.get("tests") == str(len(cases))
    (suite,) = [one for one in root if one.get("name") == "Confinement"]
    kinds = {
        c.get("name", "")[0]: [e.tag for e in c if e.tag != "system-out"]
        for c in suite.iter("testcase")
    }
    assert kinds == {"a": ["error"], "b": ["failure"], "c": ["skipped"], "e": ["error"]}
    failure = next(suite.iter("failure"))
    assert failure.get("message") == "put b right"
    assert "claim: confine holds for b" in (failure.text or "")


def test_every_junit_case_has_what_its_readers_need() -> None:
    root = xml.fromstring(junit(shown(lab_of(10))))
    for case in root.iter("testcase"):
        assert set(case.attrib) == {"classname", "name", "time"}
        assert float(case.get("time", "")) >= 0
    names = [(c.get("classname"), c.get("name")) for c in root.iter("testcase")]
    assert len(names) == len(set(names))


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("colours", "wires"), [(LIGHT, WIRES_LIGHT), (DARK, WIRES_DARK)])
def test_every_text_colour_is_readable_on_every_ground_it_stands_on(
    colours: dict[str, str], wires: tuple[str, ...]
) -> None:
    for name, grounds in ON_GROUNDS.items():
        for text in wires if name == "*wires" else (colours[name],):
            for ground in grounds:
                assert contrast(text, colours[ground]) >= 4.5, (name, text, ground)


def test_the_page_uses_no_colour_outside_of_the_palette() -> None:
    style = (ROOT / "report" / "templates" / "style.css").read_text("utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", style) == []
    known = {*LIGHT, *(f"wire-{n}" for n in range(6)), "step--1", "step-0", "step-1", "step-2"}
    known |= {"step-4", "mono", "tone", "ground"}
    assert set(re.findall(r"var\(--([\w-]+)", style)) <= known
    assert "prefers-color-scheme:dark" in palette.style()
