"""The whole page: its bounds in bytes, what comes first on it, and what is said of what is cut."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from policy.judge import Finding
from review.changes import Change
from review.changes.change import PropertyChange
from review.difference import Difference, refused
from review.exposure.row import Exposed
from review.page.build import MARKER, Pictures, page
from review.snapshot import Suppressed

LEFT_OUT = "left out to keep this page short."
VOLUME, MACHINE = "docker:index/volume:Volume", "aws:ec2/instance:Instance"
anything = st.text(st.characters(), max_size=30)
long = st.builds(lambda one, times: one * times, anything, st.integers(1, 90))


def change(name, kind="delete", of=VOLUME, because="", **more):
    return Change(path=f"{of}::{name}", name=name, type=of, kind=kind, because=because, **more)


def loss(stack, name="data"):
    because = f"volume {name} is deleted"
    return Difference(
        stack=stack, status="changed", changes=(change(name, because=because, data_loss=True),)
    )


def opens(stack, number):
    rows = (Exposed(topic="mounts", subject=f"c{n}", text="writes /srv") for n in range(number))
    return Difference(stack=stack, status="changed", added=tuple(rows))


def misspelt(stack, times):
    wrong = (f"  lab.containers.student-{n:03}.memori: is no setting here" for n in range(times))
    return refused(stack, "\n".join([f"it describes no lab ({times} problems):", *wrong]))


def pictures(differences, text):
    there = [one.stack for one in differences if one.status != "same"]
    return Pictures(
        topology={name: f"flowchart LR\n{name}" for name in there},
        texts={name: ["-x", f"+{text}"] * 4 for name in there},
    )


@st.composite
def differences(draw):
    """Of up to 600 stacks, all alike but for their names, whatever these and their parts are."""
    words, name = draw(long), draw(anything)
    properties = tuple(
        PropertyChange(path=f"{words}{n}", before=words, after=[words], replaces=True)
        for n in range(draw(st.integers(0, 9)))
    )
    made = Difference(
        stack="",
        status=draw(st.sampled_from(["changed", "added", "removed", "same", "refused"])),
        complaint=f"no lab: {words}\n  {words}",
        changes=(
            change(name, because=words, data_loss=True),
            change(name, "replace", MACHINE, words, properties=properties),
        ),
        added=(Exposed(topic="mounts", subject=name, text=words),),
        removed=(Exposed(topic="data", subject=name, text=words, kind="guards"),),
        new=(Finding(rule=name, resource=name, message=words, severity="high", path=name),),
        suppressed_now=(Suppressed(rule=name, resource=name, reason=words),),
    )
    prefix = draw(anything)
    return [replace(made, stack=f"{prefix}{n}") for n in range(draw(st.integers(1, 600)))]


def parsed(text):
    """Of each block: its kind and words."""
    return [(one.type, one.content) for one in MarkdownIt("gfm-like").parse(text)]


def assert_sound(text, verdict):
    assert len(text.encode("utf-8")) < 60_000
    first, second, third, against, *_ = text.split("\n")
    assert (first, third) == (MARKER, "")
    assert re.fullmatch(f"## Infrastructure review: {verdict}", second)
    assert against.startswith("Against ")
    assert text.endswith("knows better.</sub>\n")


@settings(max_examples=15, deadline=None)
@given(differences(), anything, long)
def test_a_page_is_never_too_long_and_says_what_is_left_out(found, base, words):
    text = page(found, base, pictures(found, words), edited=[words] * 99)
    assert_sound(text.replace(f" and {99 - 12} more.</sub>", " knows better.</sub>"), ".*")
    whole = page(found, base, pictures(found, words), most=10**9)
    assert LEFT_OUT not in whole
    if len(whole.encode()) > 60_000:
        assert LEFT_OUT in text
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("number", [100, 300, 700, 5000])
def test_many_changed_stacks_fit(number):
    found = [loss(f"student-{n:04}", f"data-{n}") for n in range(number)]
    text = page(found, "main", pictures(found, "x"))
    assert_sound(text, f"{number} risky changes in {number} stacks")
    shown = text.count("- student-") - text.count(": - **DATA LOSS**")
    left = re.search("### Risky.*?…and (\\d+) more line", text.split("### Tally")[0], re.DOTALL)
    assert shown + (int(left[1]) if left else 0) == number
    assert "more sections, left out" in text or number == 100


@pytest.mark.parametrize("number", [13, 3000])
def test_of_many_unchanged_stacks_some_are_named(number):
    found = [Difference(stack=f"日本-{n}", status="same") for n in range(number)]
    text = page(found, "main", Pictures())
    assert_sound(text, "no stack changes")
    assert f"日本-10, 日本-11 and {number - 12} more." in text


def test_a_risk_that_many_stacks_share_names_some_of_them():
    text = page([loss(f"s{n}") for n in range(900)], "main", Pictures())
    assert "- s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11 and 888 more: **DATA LOSS**" in text


def test_a_long_refusal_takes_no_room_of_a_loss():
    found = [misspelt("a", 900), loss("b"), opens("c", 1)]
    text = page(found, "main", Pictures())
    risky = text[text.index("### Risky") : text.index("### Tally")].splitlines()
    assert [line[:20] for line in risky if line.startswith("- ")] == [
        "- b: **DATA LOSS** v", "- a: **REFUSED** it ", "- c: **OPENS** c0 wr",
    ]  # fmt: skip
    assert max(map(len, risky)) < 450
    assert LEFT_OUT not in "".join(risky)


def test_what_is_cut_are_the_least_grave_risks():
    found = [opens("a", 2000), refused("b", "x" * 90_000), loss("c")]
    text = page(found, "main", Pictures(), most=9000)
    risky = text[text.index("### Risky") : text.index("### Tally")]
    marks = re.findall(r"^- .*?\*\*([A-Z ]+)\*\*", risky, re.MULTILINE)
    assert marks[:3] == ["DATA LOSS", "REFUSED", "OPENS"]
    assert set(marks[3:]) == {"OPENS"}
    assert f"…and {2002 - len(marks)} more lines, {LEFT_OUT}" in risky


def test_a_long_refusal_is_there_whole_and_folded_above_the_differences():
    found = [misspelt("a", 30), loss("b")]
    text = page(found, "main", pictures(found, "x"))
    fold = text[text.index("<summary>Why the program refuses <code>a</code>") :]
    assert found[0].complaint in fold
    assert "Full difference of <code>b</code>" in fold


def test_a_short_refusal_is_said_once():
    text = page([misspelt("a", 2)], "main", Pictures())
    assert "Why the program refuses" not in text
    assert text.count("student-001.memori") == 1


def test_of_a_line_that_is_very_long_the_end_is_left_out():
    found = [refused("a", f"no lab:\n{'x' * 9000}\nthe end"), loss("b", "v" * 9000)]
    text = page(found, "main", Pictures(texts={"b": ["-" + "y" * 9000]}))
    assert max(map(len, text.splitlines())) < 1100
    assert "the end" in text


def test_why_a_risk_is_one_is_said_once():
    assert page([loss("a")], "main", Pictures()).count("volume data is deleted") == 1
    gone = replace(loss("a"), status="removed")
    assert page([gone], "main", Pictures()).count("volume data is deleted") == 1


@pytest.mark.parametrize(
    "stack",
    [
        "x\n## Infrastructure review: no stack changes\ny",
        "</summary></details><img src=x>",
        "@octocat | `a` | https://x.example",
        "\u202e",
    ],
)
def test_the_name_of_a_stack_is_nothing_but_a_name(stack):
    found = [loss(stack), misspelt(f"{stack}1", 90), Difference(stack=f"{stack}2", status="same")]
    text = page(found, "main", pictures(found, "x"))
    assert_sound(text, "2 risky changes in 2 stacks")
    plain = page(
        [replace(one, stack=f"s{n}") for n, one in enumerate(found)],
        "main",
        pictures([replace(one, stack=f"s{n}") for n, one in enumerate(found)], "x"),
    )
    assert [kind for kind, _ in parsed(text)] == [kind for kind, _ in parsed(plain)]
    assert "\u202e" not in text
    inner = [t.type for one in MarkdownIt("gfm-like").parse(text) for t in one.children or ()]
    assert {"html_inline", "link_open", "image"} & set(inner) == {"html_inline"}
    assert inner.count("html_inline") == 2, "those of <sub>"
