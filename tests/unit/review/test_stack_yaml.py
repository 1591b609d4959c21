"""A stack file is read as Pulumi reads it, or refused in a word that is none of its own."""

import time

import pytest

from review.stack_yaml import NotRead, load
from review.stacks import StackFileError, parsed

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 8)
)
MERGED_BOMB = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 9)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200))


# What `pulumi config --json` makes of each.
@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((word, word) for word in ("yes", "no", "on", "off", "y", "N", "1000:50", "12:30:45")),
        *((word, word) for word in ("0x_", "0x", "0o8", "0b2", "_1", "1.2.3", "1e", ".", "=")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *(("0o17", 15), ("0x1F", 31), ("0b11", 3), ("010", 8), ("-0x1f", -31), ("+5", 5)),
        *(("1_000", 1000), ("1_", 1), ("08", 8), ("0_7", 7), ("00", 0)),
        *(("0.5", 0.5), (".5", 0.5), ("1e3", 1000), ("1.0", 1), ("1e999", "1e999")),
        ("9" * 5000, "9" * 5000),
        ("!!str 5", "5"),
        ('"5"', "5"),
        ("20240101", 20240101),
    ],
)
def test_words_and_numbers_are_those_of_pulumi(written, read):
    found = load(f"a: {written}")["a"]
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("written", "read"),
    [("on: 1", {"on": 1}), ("17: 1", {"17": 1}), ("True: 1", {"true": 1}), ("0x1F: 1", {"31": 1})],
)
def test_a_key_is_text_as_pulumi_makes_it(written, read):
    assert load(written) == read


def test_merged_keys_give_way_to_the_mappings_own():
    text = "a: &x {p: 1}\nb: {q: 3, <<: [*x, {p: 4, r: 5}]}\nc: {<<: *x, p: 2}\n"
    assert load(text) == {"a": {"p": 1}, "b": {"p": 1, "q": 3, "r": 5}, "c": {"p": 2}}


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a: 1\nb: 2024-01-01", 2, "has a date, .*put it in quotes"),
        ("a: 2024-02-30", 1, "has a date"),
        ("a: 2024-1-1 10:00:00", 1, "has a date"),
        ("a:\n  2024-01-01: x", 2, "has a date"),
        ("a: 1\nb: 2\na: 3", 3, "has a key that stands twice, in line 1 too; keep one"),
        ("a: {1: x, '1': y}", 1, "stands twice"),
        ("a: {<<: {}, <<: {}}", 1, "stands twice"),
        ("[a]: 1", 1, "has a key that is no text"),
        ("~: 1", 1, "has a key that is no text"),
        ("1.5: 1", 1, "has a key that is no text"),
        ("a: .inf", 1, "has a number that is none"),
        ("a: !!binary aGk=", 1, r"has a tag \(!\); a value that begins with ! stands in quotes"),
        ("a: {<<: 5}", 1, "merges .* no mapping"),
        ("a: &a [*a]", 1, "an alias of itself inside"),
        ("a: 1\n---\nb: 1", 2, "a second document begins here"),
        ('a: "\\uD800"', 1, "is not YAML: found invalid Unicode character"),
        ("a: \x1b", None, "is not YAML: control characters"),
        ("a: \ud800", None, "is not YAML: surrogates"),
        (BOMB, None, "more than 200,000 values once its aliases are written out"),
        (MERGED_BOMB, None, "more than 200,000 values"),
        (CHAIN, 98, "more than 100 lists or mappings in one another"),
        ("[" * 200_000, 1, "more than 100 lists or mappings"),
        ("{a: " * 200_000, 1, "more than 100 lists or mappings"),
        (f"[{'x, ' * 210_000}]", None, "more than 200,000 values"),
    ],
)
def test_what_pulumi_reads_otherwise_or_not_at_all_is_refused_soon(text, line, why):
    start = time.monotonic()
    with pytest.raises(NotRead, match=why) as refused:
        load(text)
    assert refused.value.line == line
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "written",
    [
        "*hunter2",
        "!hunter2 x",
        "!hunter2!x y",
        "&hunter2 1\nb: &hunter2 2",
        "%hunter2",
        "@hunter2",
        '"hunter2',
        '"\\hunter2"',
        "hunter2: x",
        "{hunter2: 1, hunter2: 2}",
        "[hunter2\nb: 1",
        "2024-01-01 10:00:00 hunter2",
    ],
)
def test_no_complaint_has_a_word_of_the_file(written):
    with pytest.raises(StackFileError) as refused:
        parsed("x", f"config:\n  a: {written}\n")
    assert "hunter" not in str(refused.value)
    assert str(refused.value).startswith("stacks/Pulumi.x.yaml, line ")
