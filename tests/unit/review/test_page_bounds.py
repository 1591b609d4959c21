"""The page's bounds: what is cut, and in which order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.page.section import Section, fitted

NOTE = "left out to keep this page short."
FOLD = ("<details><summary>日本</summary>", ("</details>",))
# Lines come to a section escaped, so that none opens or closes an element.
words = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="<")
lines = st.lists(st.text(words, max_size=40), min_size=1)


@st.composite
def many_sections(draw):
    found = []
    for number in range(draw(st.integers(0, 12))):
        title, ending = draw(st.sampled_from([("### t", ()), FOLD]))
        one = Section(
            title=f"{title} {number}",
            lines=tuple(draw(lines)),
            weight=draw(st.integers(0, 5)),
            opening=draw(st.sampled_from([(), ("| a |", "|---|")])),
            ending=ending,
            whole=draw(st.booleans()),
        )
        found.append(one)
    return found


sections = many_sections()


def size(found):
    return len("\n".join(one.text for one in found).encode())


def by_weight(found):
    return sorted(found, key=lambda one: -one.weight)


@given(sections, st.integers(100, 3000))
def test_what_fits_its_bounds_is_never_longer(given_sections, most):
    assert size(fitted(given_sections, most)) <= most


@given(sections)
def test_what_has_room_is_left_whole(given_sections):
    assert fitted(given_sections, 10**6) == given_sections


@given(sections, st.integers(100, 3000))
def test_no_line_of_less_weight_takes_the_room_of_one_of_more(given_sections, most):
    """What is cut would not fit either if all that is lighter had no line."""
    found = {one.title: one for one in fitted(given_sections, most)}
    before = 0
    for one in by_weight(given_sections):
        kept = found.get(one.title)
        shown = len(kept.lines) if kept else 0
        if kept == one:
            before += size([kept]) + 1
            continue
        more = one if one.whole else replace(one, lines=one.lines[: shown + 1])
        assert before + size([more]) > most - most // 8 - 150
        before += size([kept]) + 1 if kept else 0


@given(sections, st.integers(100, 3000))
def test_all_that_is_left_out_is_counted(given_sections, most):
    found = fitted(given_sections, most)
    text = "\n".join(one.text for one in found)
    whole = {one.title: len(one.lines) for one in given_sections}
    kept = [one for one in found if one.title in whole]
    gone = len(given_sections) - len(kept)
    assert [len(one.lines) + one.left_out for one in kept] == [whole[one.title] for one in kept]
    assert text.count(NOTE) == sum(bool(one.left_out) for one in kept) + bool(gone)
    assert f"…and {gone} more section" in text or not gone
    assert text.count("<details>") == text.count("</details>")


def test_the_least_important_end_goes_first():
    def one(weight):
        return Section(title=f"### {weight}", lines=("x" * 50,) * 20, weight=weight)

    grave, light = fitted([one(9), one(1)], 1500)
    assert grave.left_out == 0
    assert 0 < len(light.lines) < 20
    assert f"…and {light.left_out} more lines" in light.text


def test_of_many_sections_those_without_room_are_counted_in_one_line():
    grave = Section(title="### grave", lines=("x" * 50,) * 40, weight=9)
    many = [Section(title=f"### {n}", lines=("y" * 90,) * 9, weight=1) for n in range(300)]
    first, *titles, note = fitted([grave, *many], 3000)
    assert first == grave
    assert [one.title for one in titles] == [f"### {n}" for n in range(len(titles))]
    assert note.text.startswith(f"…and {300 - len(titles)} more sections, left out")


def test_half_a_picture_is_none():
    picture = Section(title="### p", lines=("x" * 50,) * 20, weight=1, whole=True)
    [cut] = fitted([picture], 300)
    assert (cut.lines, cut.left_out) == ((), 20)


@pytest.mark.parametrize("fence", ["```", "````"])
@pytest.mark.parametrize(("most", "fences"), [(500, 2), (200, 0)])
def test_what_is_cut_is_closed_again(fence, most, fences):
    text = Section(
        title="<details>",
        lines=("x" * 120,) * 20,
        weight=1,
        opening=(fence,),
        closing=(fence,),
        ending=("</details>",),
    )
    [cut] = fitted([text], most)
    assert cut.left_out > 0
    assert cut.text.count(fence) == fences
    assert cut.text.endswith(f"{NOTE}\n\n</details>\n")
