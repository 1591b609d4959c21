"""What a registration carries, as a reader sees it."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.policy.cases import BREAKS, KEEPS
from unit.policy.secret_cases import SECRET_ENTRIES, SECRET_WORDS

from policy.judge import Stack, findings
from policy.resource import SECRET, UNKNOWN
from review.samples import PLACEHOLDERS
from review.wire import plain, told, without_literals

SIGNATURE = "4dabf18193072939515e22adb298388d"
A_SECRET = "1b47061264138c4ac30d75fd1eb44270"
PRODUCTION = Stack(name="prod", production=True)
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


IN_ITS_PLACE = re.compile(r"\[in plain text [0-9a-f]{8}\]")


@pytest.mark.parametrize("entry", SECRET_ENTRIES)
def test_of_an_entry_that_holds_a_secret_the_name_stays(entry):
    [shown] = told({"envs": [entry]})["envs"]
    name = entry.partition("=")[0]
    assert re.fullmatch(rf"{name}={IN_ITS_PLACE.pattern}", shown)


@pytest.mark.parametrize("words", SECRET_WORDS)
@pytest.mark.parametrize("place", ["command", "entrypoints", "healthcheck"])
def test_of_a_command_the_words_beside_a_secret_stay(words, place):
    inputs = {place: {"tests": words} if place == "healthcheck" else words}
    shown = told(inputs)[place]
    found = shown["tests"] if place == "healthcheck" else shown
    assert len(found) == len(words)
    assert "hunter22" not in repr(found)
    for before, after in zip(words, found, strict=True):
        assert before == after or IN_ITS_PLACE.search(after)


@pytest.mark.parametrize(
    ("inputs", "shown"),
    [
        ({"driverOpts": {"password": "hunter22"}}, "'password': '[in plain text "),
        ({"driverOpts": {"o": "bind,password=hunter22,ro"}}, "'bind,password=[in plain text "),
        ({"create": "a\nserve --token hunter22 --x"}, "serve --token [in plain text "),
        ({"environment": {"TOKEN": "hunter22"}}, "'TOKEN': '[in plain text "),
        ({"connection": {"privateKey": "hunter22", "host": "h"}}, "'privateKey': '[in plain text "),
    ],
)
def test_options_commands_and_connections_show_no_secret(inputs, shown):
    found = repr(told(inputs))
    assert "hunter22" not in found
    assert shown in found


def test_what_stands_in_a_secrets_place_is_found_as_the_secret_was():
    """The rules of the review judge what is committed, where the secret is no more."""
    for resource in BREAKS["literal-secret"]:
        hidden = replace(resource, inputs=told(resource.inputs))
        assert "hunter22" not in repr(hidden.inputs)
        before, after = ({f.message for f in findings(r, PRODUCTION)} for r in (resource, hidden))
        assert before == after


@pytest.mark.parametrize("resource", KEEPS["literal-secret"])
def test_what_is_no_secret_is_copied(resource):
    assert "[in plain text" not in repr(told(resource.inputs))


@pytest.mark.parametrize("length", [1, 30])
def test_a_secret_is_hidden_before_what_is_long_is_cut(length):
    lines = "\n".join(["hunter22"] * length)
    for value in ("hunter22" + "x" * 3000, lines):
        assert told({"envs": [f"TLS_KEY={value}"]})["envs"][0].startswith("TLS_KEY=[in plain text ")
    long = told({"create": "\n".join(["serve --token hunter22"] * length)})
    assert "hunter22" not in repr(long)


def test_of_a_long_variable_the_name_stays():
    [shown] = told({"envs": [f"TEXT={'x' * 3000}"]})["envs"]
    assert shown.startswith("TEXT=[3000 characters, ")


def test_what_only_a_run_tells_is_no_secret_in_plain_text():
    inputs = {
        "environment": {"TOKEN": NOT_KNOWN, "PASSWORD": secret("x")},
        "command": ["--token", NOT_KNOWN],
    }
    assert "[in plain text" not in repr(told(inputs))


@pytest.mark.parametrize(
    "text", ["192.0.2.25", "1.192.0.2.2", "192.0.2.1/322", "ami-000000000000000001"]
)
def test_a_sample_inside_a_longer_word_is_none(text):
    assert plain(text) == text


@pytest.mark.parametrize(
    "text", ["me@192.0.2.2:443", "tcp://192.0.2.2", "192.0.2.2/32", "at 192.0.2.2."]
)
def test_a_sample_that_is_a_word_is_shown(text):
    assert plain(text) == text.replace("192.0.2.2", "<the machine's address>")


def test_a_sample_is_shown_as_what_it_stands_for():
    for placeholder, sample in PLACEHOLDERS.items():
        assert plain({"a": [f"before {sample} after"]}) == {"a": [f"before {placeholder} after"]}
