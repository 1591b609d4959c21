"""docs/config.md and the schema are what the model says, and every key is in them."""

import pytest

from infra.config import parse
from review.changes import Change
from review.reference.__main__ import PAGE, SCHEMA, main, stale, wanted
from review.reference.effects import effect, place, place_of
from review.reference.examples import examples
from review.reference.sample import HOSTS, sample
from review.reference.schema import stack_schema
from review.reference.table import Section, anchor, page, sections
from review.reference.words import cell, prose, type_words
from review.stacks import ROOT, names, path

STACK_SCHEMA = stack_schema()
SECTIONS = sections(STACK_SCHEMA)
KEYS = [one.place(key) for one in SECTIONS for key in one.schema["properties"]]
CHECK = "docklab:verification:NamespaceCheck$"
VOLUME, CONTAINER = "docker:index/volume:Volume", "docker:index/container:Container"


@pytest.fixture(scope="module")
def texts():
    return wanted()


def test_what_is_committed_is_what_the_model_says(texts):
    assert stale(texts, ROOT) == [], "run `make config-docs`"


def test_a_stale_file_is_told_with_the_command(texts, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("review.reference.__main__.wanted", lambda: texts)
    for file in texts:
        (tmp_path / file).parent.mkdir()
    assert main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err.count("`make config-docs` writes it") == 2
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    assert {file: (tmp_path / file).read_text(encoding="utf-8") for file in texts} == texts


def test_both_end_with_one_newline(texts):
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in texts.values())
    assert set(texts) == {SCHEMA, PAGE}


def test_every_key_has_an_example_and_every_example_is_of_a_key():
    assert len(KEYS) > 100
    assert sorted(set(map(place_of, examples()))) == sorted(KEYS)


@pytest.mark.parametrize("host", HOSTS)
def test_the_sample_says_every_key(host):
    lab = parse(sample(host))
    said = lab.model_dump(exclude_unset=True)
    mine = {key for kind, key in KEYS if kind == host}
    assert {f"host.{key}" for key in said["host"]} == mine
    web = {f"containers.<name>.{key}" for key in said["containers"]["web"]}
    alone = ("ipc_mode", "pid_mode", "network_mode", "userns_mode", "allow_shared_namespaces")
    of_containers = {
        key for _, key in KEYS if key.startswith("containers.") and key.count(".") == 2
    }
    assert of_containers - web == {f"containers.<name>.{key}" for key in alone}


@pytest.mark.parametrize("example", list(examples()), ids=lambda e: f"{e.host}-{e.key}-{e.when}")
def test_an_example_is_a_lab_that_differs(example):
    before = sample(example.host, example.before)
    after = sample(example.host, {**example.before, **example.changes})
    assert parse(before) != parse(after) or example.key == "host.kind"
    assert parse(before).model_dump() != parse(after).model_dump()


def test_a_key_has_a_row_with_its_type_default_values_and_effect(texts):
    rows = [line for line in texts[PAGE].splitlines() if line.startswith("| `")]
    assert len(rows) == len(KEYS)
    memory = next(row for row in rows if row.startswith("| `memory`"))
    assert memory == (
        "| `memory` | size | `128MiB` | whole MiB, written with KiB, MiB or GiB (KB, MB and GB "
        "mean the same); at least 6MiB, such as `64MiB` | the most memory it may use; no swap "
        "| in place |"
    )
    assert all(row.count("|") - row.count("\\|") == 7 for row in rows)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("`volumes.<name>`", "| `driver` | text | `local` |  | the volume driver of the engine | "
         "**DATA LOSS**: replaces the volume and its containers |"),
        ("`networks.<name>`", "replaces the network and its containers |"),
        ("`images.<name>`", "replaces the containers that use it |"),
        ("`host` with `kind: ec2`", "**DATA LOSS**: replaces the machine and everything on it |"),
        ("`verification.require`", "| none, but verified again |"),
        ("`host` with `kind: ssh`",
         "in place (with lab_dir); replaces the containers that use it, in place (without "
         "lab_dir) |"),
        ("`policy`", "| none |"),
        ("`containers.<name>.ports[]`", "| replaces the container |"),
    ],
)  # fmt: skip
def test_a_section_tells_what_changes_do(texts, where, said):
    section = texts[PAGE].split(f"## {where}\n")[1].split("\n## ")[0]
    assert said in section


def test_no_cell_is_empty_where_a_key_needs_words(texts):
    for line in texts[PAGE].splitlines():
        if line.startswith("| `"):
            key, kind, _, _, does, change = (part.strip() for part in line.strip("|").split(" | "))
            assert key
            assert kind
            assert does
            assert change


def test_a_key_without_a_known_effect_is_an_error():
    with pytest.raises(KeyError):
        page(STACK_SCHEMA, {})


@pytest.mark.parametrize("stack", names())
def test_every_stack_file_names_the_schema_first(stack):
    first = (ROOT / path(stack)).read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=lab.schema.json"


def test_the_guide_leads_to_the_page():
    assert "(../config.md)" in (ROOT / "docs/guide/README.md").read_text(encoding="utf-8")


def change(kind, of=CONTAINER, above="", data_loss=False):
    return Change(path=f"{above}{of}::x", name="x", type=of, kind=kind, data_loss=data_loss)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "none"),
        ([change("replace", above=CHECK)], "none, but verified again"),
        ([change("delete", above=CHECK)], "ends the verification"),
        ([change("update")], "in place"),
        ([change("replace")], "replaces the containers that use it"),
        ([change("delete", VOLUME, data_loss=True)], "**DATA LOSS**: removes the volume"),
        ([change("replace", VOLUME, data_loss=True), change("replace")],
         "**DATA LOSS**: replaces the volume and its containers"),
        ([change("create", VOLUME), change("delete")], "removes the container, adds the volume"),
        ([change("update", "aws:ec2/instance:Instance")], "in place"),
        ([change("delete", "aws:ec2/instance:Instance", data_loss=True), change("delete")],
         "**DATA LOSS**: ends the machine and everything on it"),
    ],
)  # fmt: skip
def test_changes_in_words(found, said):
    assert effect(found) == said


def test_places_are_paths_without_names():
    assert place("containers.web.ports.0.host") == "containers.<name>.ports[].host"
    assert (
        place("containers.web.networks.front.address")
        == "containers.<name>.networks.<name>.address"
    )
    assert place("volumes") == "volumes"


def test_headings_are_linked_as_github_names_them():
    assert anchor("`host` with `kind: ec2`") == "host-with-kind-ec2"
    assert anchor("`containers.<name>.health_check`") == "containersnamehealth_check"
    assert Section(path="", kind="", schema={}).title == "The lab"


def test_markdown_is_not_taken_for_html_or_a_table():
    assert prose("write <key> or `<this>`") == "write `<key>` or `<this>`"
    assert prose("below ${lab_dir}/ there") == "below `${lab_dir}/` there"
    assert cell("a|b\nc") == "a\\|b c"


def test_types_are_told_in_the_words_of_the_yaml():
    assert type_words({"anyOf": [{"type": "string"}, {"type": "null"}]}) == "text"
    assert type_words({"type": "array", "items": {"title": "capability"}}) == "list of capabilities"
    assert (
        type_words({"type": "object", "additionalProperties": {"type": "boolean"}})
        == "mapping of text to `true` or `false`"
    )
