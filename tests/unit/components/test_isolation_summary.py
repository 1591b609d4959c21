"""The short form of a report in the stack's outputs claims no more than the report."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.isolation_summary import isolation

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["targets", "name", "ns", "mnt", "state"]), inner)
    ),
    max_leaves=12,
)


def report(**namespaces: dict[str, object]) -> str:
    return json.dumps({"targets": [{"name": "web", "ns": namespaces}]})


def test_each_container_has_a_word_for_each_namespace() -> None:
    text = report(
        mnt={"state": "isolated", "required": True},
        ipc={"state": "shared_with_peer", "required": True, "with": ["keeper"]},
        time={"state": "shared_with_host", "required": False},
    )
    assert isolation(text) == {
        "web": {
            "MNT": "isolated",
            "IPC": "shared_with_peer",
            "TIME": "shared_with_host (not required)",
        }
    }


def test_a_state_that_is_missing_is_unknown() -> None:
    assert isolation(report(net={"required": True})) == {"web": {"NET": "unknown"}}


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"targets": 4}', '{"targets": [4]}'])
def test_no_report_gives_no_entry(text: str) -> None:
    assert isolation(text) == {}


@given(JSON)
def test_any_json_gives_words_and_isolated_only_where_it_says_so(value: object) -> None:
    text = json.dumps(value)
    words = {word for states in isolation(text).values() for word in states.values()}
    assert "isolated" not in words or '"isolated"' in text
