"""What a registration carries, as a reader sees it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from policy.resource import SECRET, UNKNOWN
from review.samples import PLACEHOLDERS
from review.wire import plain, without_literals

SIGNATURE = "4dabf18193072939515e22adb298388d"
A_SECRET = "1b47061264138c4ac30d75fd1eb44270"
NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def secret(value):
    return {SIGNATURE: A_SECRET, "value": value}


@given(values)
def test_a_secret_is_redacted_wherever_it_is(around):
    canary = "canary-5d1c"
    shown = json.dumps(plain({"a": [around, {"b": secret({"c": canary})}], "d": secret(canary)}))
    assert canary not in shown
    assert shown.count(SECRET[:-1]) >= 2


def test_another_secret_has_another_fingerprint_and_the_same_the_same():
    assert plain(secret("one")) == plain(secret("one"))
    assert plain(secret("one")) != plain(secret("two"))


def test_of_a_secret_variable_the_name_stays():
    assert plain(secret("TOKEN=canary")).startswith(f"TOKEN={SECRET[:-1]} ")
    assert plain(secret("not a name=canary")).startswith(SECRET[:-1])


def test_whole_numbers_and_what_is_not_known_are_told_as_such():
    assert plain({"a": 22.0, "b": 0.5, "c": NOT_KNOWN}) == {"a": 22, "b": 0.5, "c": UNKNOWN}


def test_json_inside_text_is_read():
    assert plain('["-o", "A=b"]') == ["-o", "A=b"]
    assert plain("[not json") == "[not json"
    assert plain('{"b": 1, "a": 2}') == {"a": 2, "b": 1}


def test_what_nobody_reads_is_there_by_length_and_fingerprint():
    assert plain("x" * 3000).startswith("[3000 characters, ")
    assert plain("x" * 3000) != plain("x" * 2999 + "y")
    script = "\n".join(f"line {n}" for n in range(40))
    assert plain(script).startswith("line 0\n[39 more lines, ")
    assert plain(script) != plain(script + "!")


def test_a_variable_that_looks_like_a_secret_is_not_copied():
    entries = ["DB_PASSWORD=hunter2", "LEVEL=debug", "URL=https://me:canary@example.org/"]
    shown = without_literals({"envs": entries, "memory": 1})
    assert "hunter2" not in repr(shown)
    assert "canary" not in repr(shown)
    assert shown["envs"][0].startswith("DB_PASSWORD=[in plain text ")
    assert shown["envs"][1] == "LEVEL=debug"
    other = without_literals({"envs": ["DB_PASSWORD=hunter3"]})
    assert other["envs"][0] != shown["envs"][0]


def test_a_sample_is_shown_as_what_it_stands_for():
    for placeholder, sample in PLACEHOLDERS.items():
        assert plain({"a": [f"before {sample} after"]}) == {"a": [f"before {placeholder} after"]}
