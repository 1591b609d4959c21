"""The page's bounds: what is cut, and in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.page.section import Section, fitted

sections = st.lists(
    st.builds(
        Section,
        title=st.just("### t"),
        lines=st.lists(st.text(max_size=40).map(lambda s: s.replace("\n", "")), min_size=1).map(
            tuple
        ),
        weight=st.integers(0, 5),
        opening=st.sampled_from([(), ("| a |", "|---|")]),
        whole=st.booleans(),
    ),
    max_size=6,
)


def size(found):
    return len("\n".join(one.text for one in found).encode())


@given(sections, st.integers(600, 3000))
def test_what_fits_its_bounds_is_never_longer(given_sections, most):
    assert size(fitted(given_sections, most)) <= most


@given(sections)
def test_what_has_room_is_left_whole(given_sections):
    assert fitted(given_sections, 10**6) == given_sections


def test_the_least_important_end_goes_first():
    def one(weight):
        return Section(title=f"### {weight}", lines=("x" * 50,) * 20, weight=weight)

    grave, light = fitted([one(9), one(1)], 1500)
    assert grave.left_out == 0
    assert 0 < len(light.lines) < 20
    assert f"…and {light.left_out} more lines" in light.text


def test_half_a_picture_is_none():
    picture = Section(title="### p", lines=("x" * 50,) * 20, weight=1, whole=True)
    [cut] = fitted([picture], 300)
    assert (cut.lines, cut.left_out) == ((), 20)


@pytest.mark.parametrize("fence", ["```", "````"])
def test_what_is_cut_is_closed_again(fence):
    text = Section(
        title="<details>",
        lines=("x" * 50,) * 20,
        weight=1,
        opening=(fence,),
        closing=(fence, "</details>"),
    )
    [cut] = fitted([text], 500)
    assert cut.left_out > 0
    assert cut.text.count(fence) == 2
    assert "</details>" in cut.text
