"""The parser and matcher of the guide's pages: what it reads, and that a wrong page goes red."""

from __future__ import annotations

import guide_pages as guide
import pytest
from guide_shell import GuideShell

PAGE = """\
Words.

```console
$ echo one
one
# first \\
> second

two …
```

```console fails
$ false
```

```sh not-here
sudo true
```
"""


def test_commands_come_with_their_line_their_output_and_whether_they_fail() -> None:
    assert guide.commands(PAGE) == [
        guide.Command(4, "echo one", ("one",), False),
        guide.Command(6, "first \\\nsecond", ("two …",), False),
        guide.Command(13, "false", (), True),
    ]


def test_blocks_for_another_machine_are_no_commands_and_are_counted() -> None:
    found = [block for block in guide.blocks(PAGE) if block.kind == guide.NOT_HERE]
    assert [block.text for block in found] == ["sudo true"]


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("```bash\nls\n```\n", "line 1: no kind of block: 'bash'"),
        ("```\nls\n```\n", "line 1: no kind of block: ''"),
        ("a\n```console\n$ ls\n", "line 2: the block is not closed"),
        ("```console\nls\n$ ls\n```\n", "line 2: the block does not begin with a prompt"),
    ],
)
def test_a_page_that_cannot_be_read_is_refused_by_line(page: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        guide.commands(page)


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        ((), ""),
        (("one",), "one\n"),
        (("one  two",), "\n  one two \n\n"),
        (("a … c",), "a b.*b c\n"),
        (("a…c",), "ac\n"),
        (("…",), ""),
        (("…", "last"), "first\nlast\n"),
        (("first", "…", "last"), "first\nlast\n"),
        (("a.c (x)",), "a.c (x)"),
    ],
)
def test_output_as_the_page_says_matches(expected: tuple[str, ...], output: str) -> None:
    assert guide.matches(expected, output)


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        ((), "an error\n"),
        (("one",), ""),
        (("one",), "one\ntwo\n"),
        (("one",), "one two\n"),
        (("one", "two"), "two\none\n"),
        (("a … c",), "a b\nb c\n"),
        (("a.c",), "abc\n"),
        (("first", "…", "last"), "first\nlast\nmore\n"),
    ],
)
def test_a_wrong_expected_line_does_not_match(expected: tuple[str, ...], output: str) -> None:
    assert not guide.matches(expected, output)


def test_a_piece_of_a_report_is_found_by_whole_lines_in_their_order() -> None:
    report = "table\nFAILED  a\n  claim  x\n\nFAILED  b\n  claim  y\nverdict\n"
    assert guide.holds(["FAILED a", "claim x", "…", "claim y"], report)
    assert not guide.holds(["claim y", "…", "claim x"], report)
    assert not guide.holds(["FAILED a", "claim y"], report)
    assert not guide.holds(["AILED a"], report)


def test_names_are_replaced_all_at_once_the_longest_first() -> None:
    assert guide.renamed("ab a b", {"a": "b", "b": "a", "ab": "x"}) == "x b a"


def test_a_shell_gives_code_and_output_and_goes_into_the_shell_that_it_starts(tmp_path) -> None:
    shell = GuideShell(tmp_path, {"PATH": "/usr/bin:/bin"})
    try:
        assert shell.run("x=outside; echo no newline | tr -d '\\n'") == (0, "no newline")
        assert shell.run("ls nowhere")[0] == 2
        assert shell.run("bash --norc")[0] == 0
        assert shell.run('echo "[$x]" >&2') == (0, "[]\n")
        assert shell.run("exit 7") == (7, "")
        assert shell.run("echo $x; pwd") == (0, f"outside\n{tmp_path}\n")
    finally:
        shell.close()


def test_a_shell_that_ends_too_early_is_an_error_and_no_wait(tmp_path) -> None:
    shell = GuideShell(tmp_path, {"PATH": "/usr/bin:/bin"})
    try:
        with pytest.raises(TimeoutError, match="the shell ended"):
            shell.run("exit 0")
    finally:
        shell.close()
