"""Stack files as Pulumi's configuration."""

import json
import os

import pytest

from review.samples import PLACEHOLDERS
from review.stacks import StackFileError, misnamed, name_in, names, parsed, read


def lab_of(text):
    return json.loads(parsed("x", text).config["docklab:lab"])


def test_every_tracked_stack_is_there():
    assert {"local", "dev", "prod", "lightsail"} <= set(names())


def test_an_unknown_stack_is_told_with_those_there_are():
    with pytest.raises(StackFileError, match=r"no stacks/Pulumi\.nope\.yaml; .*dev.*local.*prod"):
        read("nope")


def test_a_secret_is_never_opened_and_never_kept():
    text = "config:\n  docklab:token: {secure: v1:canary}\n  docklab:plain: 3\n  on: true\n"
    found = parsed("x", text)
    assert found.secrets == ("docklab:token",)
    assert found.config == {
        "docklab:token": "${secret docklab:token}",
        "docklab:plain": "3",
        "docklab:on": "true",
    }
    assert "canary" not in repr(found)


def test_a_secret_inside_a_mapping_makes_all_of_it_a_secret():
    found = parsed("x", "config:\n  docklab:lab:\n    a: [{b: {secure: canary}}]\n")
    assert found.secrets == ("docklab:lab",)
    assert "canary" not in repr(found)


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_a_placeholder_is_filled_where_it_is_the_whole_value(placeholder):
    text = f'config:\n  docklab:lab:\n    a: "{placeholder}"\n    b: "x {placeholder}"\n'
    assert lab_of(text) == {"a": PLACEHOLDERS[placeholder], "b": f"x {placeholder}"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("config: [", r"stacks/Pulumi\.x\.yaml, line \d+ is not YAML"),
        ("config: [1]", "holds no mapping under `config:`"),
        ("- 1", "holds no mapping under `config:`"),
    ],
)
def test_a_file_that_is_no_stack_file_is_told(text, why):
    with pytest.raises(StackFileError, match=why):
        parsed("x", text)


def test_what_is_wrong_with_a_file_is_told_without_its_values():
    with pytest.raises(StackFileError) as told:
        parsed("x", "config:\n  docklab:token: {secure: canary\n  a: b: c\n")
    assert "canary" not in str(told.value)


@pytest.mark.parametrize("text", ["", "config:\n", "encryptionsalt: v1:x\n"])
def test_a_file_without_configuration_has_none(text):
    assert parsed("x", text).config == {}


def put(root, name, content=b"config: {}"):
    (root / "stacks").mkdir(exist_ok=True)
    (root / "stacks" / name).write_bytes(content)


NO_STACK = ("<b>|`@octocat`", "a\nb", "a b", "é", "..", "", "x" * 101)


@pytest.mark.parametrize("name", NO_STACK)
def test_a_file_that_names_no_stack_is_none_and_is_told_by_its_repr(tmp_path, name):
    put(tmp_path, f"Pulumi.{name}.yaml")
    put(tmp_path, "Pulumi.a-B_1.2.yaml")
    assert names(tmp_path) == ["a-B_1.2"]
    [complaint] = misnamed(tmp_path)
    assert ascii(f"Pulumi.{name}.yaml") in complaint
    assert "write 1 to 100 letters, digits, - _ or ." in complaint
    assert complaint.isascii()
    assert complaint.isprintable()
    with pytest.raises(StackFileError, match=r"the stacks are: a-B_1\.2"):
        read(name, tmp_path)


def test_other_files_of_the_folder_are_nobodys(tmp_path):
    for file in ("Pulumi.yaml", "README.md", "Pulumi.x.yml", "x.yaml"):
        put(tmp_path, file)
        assert name_in(file) is None
    assert (names(tmp_path), misnamed(tmp_path)) == ([], [])
    assert names(tmp_path / "nowhere") == []


def test_a_file_that_is_no_text_is_told(tmp_path):
    put(tmp_path, "Pulumi.x.yaml", b"config:\n  a: \xff\xfe\n")
    with pytest.raises(StackFileError, match=r"Pulumi\.x\.yaml, line 2 is not UTF-8"):
        read("x", tmp_path)


def test_what_is_no_file_is_told_and_never_waited_for(tmp_path):
    (tmp_path / "stacks/Pulumi.folder.yaml").mkdir(parents=True)
    (tmp_path / "stacks/Pulumi.link.yaml").symlink_to("nowhere")
    os.mkfifo(tmp_path / "stacks/Pulumi.pipe.yaml")
    for name in names(tmp_path):
        with pytest.raises(StackFileError, match=f"stacks/Pulumi.{name}.yaml is no file"):
            read(name, tmp_path)
    assert names(tmp_path) == ["folder", "link", "pipe"]


def test_the_mark_at_the_start_of_a_file_is_no_part_of_it(tmp_path):
    put(tmp_path, "Pulumi.x.yaml", b"\xef\xbb\xbfconfig: {a: b}")
    assert read("x", tmp_path).config == {"docklab:a": "b"}
