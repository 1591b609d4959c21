"""Values inside Markdown, read again by a parser of what GitHub understands."""

import html
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from review.markdown import cell, code, element, fenced, text

GITHUB = MarkdownIt("gfm-like")
# GitHub links what has a scheme or begins with www, and no bare example.org.
GITHUB.linkify.set({"fuzzy_link": False})
MADE_BY_GITHUB = re.compile(r"@\w|#\d|\bgh-\d|www\.\S|\$|:[\w+-]+:", re.IGNORECASE)
TOKENS = (
    "`", "``", "|", "\\", "\\|", "<", ">", "&", "&amp;", "&#64;", "*", "**", "_", "__", "~", "~~",
    "[", "](", ")", "![", "[ ]", "!", "-", "---", "+", "=", "===", "1.", "2)", ":", "a", "b1", " ",
    "\n", "\t", "\r", "\x1b[2J", "\0", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\xad",
    "\ud800", "\U000e0041", "@octocat/admins", "a@b.example", "#123", "someone/docklab#1", "GH-7",
    "https://x.example/", "http://a.example", "//x.example", "www.x.example", "mailto:a@b.example",
    "<b>", "<a @b>", "</details>", "<!--", "<https://x.example>", ":tada:", "$a$", "$$", "é", "_x_",
)  # fmt: skip
hostile = st.one_of(
    st.lists(st.sampled_from(TOKENS), max_size=12).map("".join),
    st.text(st.characters(), max_size=40),
)


def folded(value):
    """What is seen of a value: on one line, and what no eye sees is written as its number."""
    return "".join(
        f"\\{'u' if (n := ord(one)) < 65536 else 'U'}{n:0{4 if n < 65536 else 8}x}"
        if is_unseen(one)
        else one
        for one in " ".join(value.split())
    )


def is_unseen(one):
    formats = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
    marks = "\u200e\u200f\u061c\u115f\u1160\u17b4\u17b5\u3164\uffa0\u034f"
    return (
        unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(one) in formats
        or one in marks
        or "\ufff0" <= one <= "\ufffb"
        or "\u180b" <= one <= "\u180f"
        or "\ufe00" <= one < "\ufe0e"
        or "\u2060" <= one <= "\u206f"
        or 0xE0000 <= ord(one) <= 0xE0FFF
    )


def inlines(page):
    """The tokens of the block that begins with `begin `."""
    found = [t for t in GITHUB.parse(page) if t.type == "inline" and t.content.startswith("begin")]
    assert len(found) == 1, page
    return found[0].children


def read(tokens):
    """What is to be seen, where there are plain words and code alone; in words nothing is active.

    Escapes and entities are words.
    """
    assert {one.type for one in tokens} <= {"text", "text_special", "code_inline"}, tokens
    words = re.split("\0", "".join(t.content if t.type != "code_inline" else "\0" for t in tokens))
    assert not [one for one in words if MADE_BY_GITHUB.search(one)], words
    return "".join(one.content for one in tokens)


PLACES = {
    "list": ("- begin {}\n- other", text),
    "heading": ("### begin {}\n\nother", text),
    "paragraph": ("begin {}\n", text),
    "table": ("| a | b |\n|---|---|\n| begin {} | other |", cell),
}


@pytest.mark.parametrize("place", PLACES)
@given(value=hostile)
@example(
    value="@octocat/admins approved __this__ see https://evil.example #1 :tada: \u202e \x1b[2J"
)
@example(value="</details><h1>nothing risky</h1>")
@example(value="a \\| b@c\\|d `|@` # ##")
def test_words_are_seen_as_they_are_and_nothing_is_made_of_them(place, value):
    page, made = PLACES[place]
    assert read(inlines(page.format(made(value)))) == f"begin {folded(value)}".strip()


@given(hostile)
@example("- - -")
@example("1. a")
@example("***")
@example("| a | b |")
def test_words_begin_no_block(value):
    tokens = [one for one in GITHUB.parse(f"- {text(value)}\n") if one.tag not in ("ul", "li", "p")]
    assert [one.type for one in tokens] == (["inline"] if value.split() else [])
    assert not tokens or read(tokens[0].children) == folded(value)


@given(hostile)
def test_what_is_in_a_cell_stays_there(value):
    page = f"| a | b |\n|---|---|\n| begin {cell(value)} | end |\n"
    assert [one.type for one in GITHUB.parse(page)].count("td_open") == 2
    assert [one.content for one in GITHUB.parse(page) if one.type == "inline"][-1] == "end"


@given(hostile, st.integers(20, 60))
def test_long_words_are_cut_and_still_whole_markdown(value, most):
    shown = text(value, most)
    assert len(shown) <= most
    seen = read(inlines(f"- begin {shown}"))[len("begin ") :]
    whole = folded(value)
    assert seen == whole or (seen.endswith("…") and whole.startswith(seen[:-1].rstrip()))


@given(hostile)
@example("a|b")
@example("`")
@example("\u202e evil")
def test_code_is_one_span_of_exactly_the_value(value):
    tokens = [one for one in inlines(f"- begin {code(value, 1000)}") if one.content]
    assert [one.type for one in tokens] == ["text", "code_inline"]
    assert tokens[1].content == (folded(value) or " ")


@given(hostile)
@example("@octocat</summary></code><img src=x>")
def test_an_element_holds_nothing_but_words(value):
    shown = element(value, 1000).removeprefix("<code>").removesuffix("</code>")
    assert not {"<", ">", "\n"} & set(shown)
    assert html.unescape(shown) == folded(value)


@given(st.lists(hostile, max_size=4))
def test_no_line_closes_its_fence(lines):
    shown = fenced(lines, "diff")
    fence = shown[-1]
    assert shown[0] == f"{fence}diff"
    assert not [line for one in lines for line in one.split("\n") if fence in line]
    [block] = GITHUB.parse("\n".join(shown))
    assert block.type == "fence"
    assert len(block.content.splitlines()) == len(lines)


def test_a_long_value_is_cut():
    assert len(code("x" * 500)) < 130
    assert code("x" * 500).endswith("…`")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("docklab_local_back keeps its name", "docklab_local_back keeps its name"),
        ("see https://x.example now", "see `https://x.example` now"),
        ("`curl https://x.example`, then", "\\`curl `https://x.example`\\`, then"),
        ("ask @octocat", "ask `@octocat`"),
        ("ssh://me@<the machine's address> it is", "`ssh://me@<the machine's address>` it is"),
        ("red \x1b[31m", "red \\\\u001b\\[31m"),
    ],
)
def test_ordinary_words_stay_readable(value, shown):
    assert text(value) == shown
