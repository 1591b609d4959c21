"""What a stack declares as text, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.resource import Options, Resource
from review.snapshot import Snapshot, SnapshotError, Suppressed, from_text, to_text

names = st.sampled_from(["web", "data-volume", "a b", "end", "null", "0"])
texts = st.text(max_size=12) | st.sampled_from(["on", "1.0", "~", "a\nb\n", " x", "<<", "|", "é"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def snapshots(draw):
    paths = draw(st.lists(st.tuples(st.sampled_from(["a:b:C", "d:e:F$a:b:C"]), names), unique=True))
    known = sorted(f"{chain}::{name}" for chain, name in paths)
    some = st.lists(st.sampled_from(known), unique=True).map(sorted).map(tuple) if known else None
    return Snapshot(
        stack="x",
        production=draw(st.booleans()),
        allow_data_loss=tuple(draw(st.lists(names))),
        suppress=tuple(
            draw(st.lists(st.builds(Suppressed, rule=texts, resource=texts, reason=texts)))
        ),
        resources=tuple(
            Resource(
                path=path,
                type=path.partition("::")[0].rpartition("$")[2],
                name=path.partition("::")[2],
                parent=draw(st.sampled_from(["", *known])),
                inputs=draw(st.dictionaries(texts, values, max_size=3)),
                uses=draw(st.dictionaries(texts, some.filter(bool), max_size=2)),
                options=Options(
                    protect=draw(st.booleans()),
                    provider=draw(st.sampled_from(["", *known])),
                    depends_on=draw(some),
                    replace_on_changes=draw(st.sampled_from([(), ("*",), ("a", "b")])),
                ),
                is_component=draw(st.booleans()),
            )
            for path in known
        ),
    )


@given(snapshots())
def test_the_text_holds_all_of_it(snapshot):
    assert from_text(to_text(snapshot), "x") == snapshot


def test_names_stand_for_paths_where_they_are_enough():
    volume = Resource(path="a:b:C::data", type="a:b:C", name="data")
    one = Resource(path="d:e:F::web", type="d:e:F", name="web", uses={"mounts": (volume.path,)})
    other = Resource(path="g:h:I::web", type="g:h:I", name="web", parent=one.path)
    text = to_text(Snapshot(stack="x", production=False, resources=(volume, one, other)))
    assert "mounts: [data]" in text
    assert "parent: 'd:e:F::web'" in text


@pytest.mark.parametrize(
    "text", ["", "[", "stack: {}", "stack: {format: 1, production: true}\nresources: 3", "3"]
)
def test_what_is_no_snapshot_is_told(text):
    with pytest.raises(SnapshotError, match="not what `make review` writes"):
        from_text(text, "x")


def test_a_later_format_is_told():
    with pytest.raises(SnapshotError, match="format 9"):
        from_text("stack: {format: 9}\nresources: {}", "x")
