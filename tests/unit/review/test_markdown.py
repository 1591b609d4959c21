"""Values inside Markdown."""

from hypothesis import example, given
from hypothesis import strategies as st

from review.markdown import code, fenced, text

hostile = st.text(alphabet="`|<>&*[]\\\n\r\t ab~#!()", max_size=60)


@given(hostile)
@example("</details><h1>nothing risky</h1>")
def test_text_opens_no_element_and_stays_on_its_line(value):
    shown = text(value)
    assert "<" not in shown
    assert "\n" not in shown
    assert all(shown[at - 1] == "\\" for at, one in enumerate(shown) if one == "|")


@given(hostile)
def test_a_code_span_ends_where_it_should_and_stays_in_its_cell(value):
    shown = code(value)
    ticks = shown[: len(shown) - len(shown.lstrip("`"))]
    assert shown.endswith(ticks)
    inner = shown[len(ticks) : len(shown) - len(ticks)]
    runs = {len(run) for run in inner.replace("`", " ` ").split() if set(run) == {"`"}}
    assert len(ticks) not in {len(run) for run in _runs(inner)}
    assert runs <= {1}
    assert "\n" not in shown
    assert all(shown[at - 1] == "\\" for at, one in enumerate(shown) if one == "|")


def _runs(inner):
    found, run = [], ""
    for one in f"{inner} ":
        if one == "`":
            run += one
        elif run:
            found.append(run)
            run = ""
    return found


@given(st.lists(hostile, max_size=4))
def test_no_line_closes_its_fence(lines):
    shown = fenced(lines, "diff")
    fence = shown[-1]
    assert shown[0] == f"{fence}diff"
    assert not [line for one in lines for line in one.split("\n") if fence in line]


def test_a_long_value_is_cut():
    assert len(code("x" * 500)) < 130
    assert code("x" * 500).endswith("…`")
