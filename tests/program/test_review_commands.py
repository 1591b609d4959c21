"""The review's verbs in a checkout: what they write, what they say, how they end."""

import os
import re
import subprocess
import sys

import pytest
from program.checkouts import git, make, put
from unit.review.lab_files import GONE, lab, stack_text

from review.__main__ import main as review
from review.commands import check, diff, write
from review.stacks import ROOT


@pytest.fixture
def checkout(tmp_path, capsys):
    made = make(tmp_path)
    capsys.readouterr()
    return made


def files(root):
    return {f: f.read_text() for f in (root / "review/stacks").rglob("*") if f.is_file()}


def test_what_is_written_is_what_is_checked(checkout, capsys):
    assert {file.name for file in files(checkout)} == {
        "resources.yaml", "exposure.md", "policy.md", "topology.md", "first_boot.yaml",
    }  # fmt: skip
    assert check(checkout) == 0
    assert "for local, prod" in capsys.readouterr().out


def test_written_again_nothing_is_touched(checkout, capsys):
    before = {file: file.stat().st_mtime_ns for file in files(checkout)}
    assert write(checkout) == 0
    assert {file: file.stat().st_mtime_ns for file in files(checkout)} == before
    assert "0 files" in capsys.readouterr().out


def test_of_the_stacks_that_git_knows_alone_is_written_when_so_told(checkout, capsys):
    put(checkout, "dev")
    put(checkout, "lightsail", ("containers.web.memory", "nonsense"))
    (checkout / "stacks/Pulumi.a b.yaml").write_text("")
    put(checkout, "local", ("containers.web.memory", "96MiB"))
    kept = checkout / "review/stacks/lightsail/resources.yaml"
    kept.parent.mkdir()
    kept.write_text("as it was")
    assert review(["write", "--tracked", "--root", str(checkout)]) == 0
    assert "1 file of" in capsys.readouterr().out
    assert not (checkout / "review/stacks/dev").exists()
    assert kept.read_text() == "as it was"
    git(checkout, "add", "stacks/Pulumi.dev.yaml")
    assert write(checkout, tracked=True) == 0
    assert (checkout / "review/stacks/dev").is_dir()
    git(checkout, "add", "stacks")
    assert write(checkout, tracked=True) == 1
    said = capsys.readouterr().err
    assert "Pulumi.a b.yaml" in said
    assert "stacks/Pulumi.lightsail.yaml: " in said


def test_what_git_knows_is_not_told_without_git(checkout, capsys):
    (checkout / ".git").rename(checkout / "moved")
    assert write(checkout, tracked=True) == 2
    assert "git ls-files failed" in capsys.readouterr().err


def test_a_stale_text_is_named_with_the_way_out(checkout, capsys):
    put(checkout, "local", ("containers.web.memory", "96MiB"))
    assert check(checkout) == 1
    said = capsys.readouterr().err
    assert "review/stacks/local/resources.yaml: is not what the program gives" in said
    assert "review/stacks/prod" not in said
    assert "`make review` writes it" in said
    assert write(checkout) == 0
    assert check(checkout) == 0


def test_what_belongs_to_no_stack_is_named_and_removed(checkout, capsys):
    (checkout / "stacks/Pulumi.prod.yaml").unlink()
    assert check(checkout) == 1
    assert "review/stacks/prod/resources.yaml: belongs to no stack" in capsys.readouterr().err
    write(checkout)
    assert not (checkout / "review/stacks/prod").exists()
    assert check(checkout) == 0


def test_a_missing_text_is_named(checkout, capsys):
    (checkout / "review/stacks/local/topology.md").unlink()
    assert check(checkout) == 1
    assert "review/stacks/local/topology.md: is missing" in capsys.readouterr().err


def test_a_refused_stack_keeps_its_text_and_the_others_are_written(checkout, capsys):
    before = files(checkout)
    put(checkout, "prod", ("host.admin_cidr", "0.0.0.0/0"))
    put(checkout, "local", ("containers.web.memory", "96MiB"))
    assert write(checkout) == 1
    assert "stacks/Pulumi.prod.yaml" in (said := capsys.readouterr().err)
    assert "lab.host.admin_cidr" in said
    changed = {file.parent.name for file, text in files(checkout).items() if before[file] != text}
    assert changed == {"local"}
    assert check(checkout) == 1


def test_a_refactoring_shows_nothing(checkout, capsys):
    file = checkout / "stacks/Pulumi.local.yaml"
    file.write_text("# Another comment.\n" + file.read_text().replace("64MiB", '"65536KiB"'))
    assert diff("main", None, checkout) == 0
    assert "no stack changes" in capsys.readouterr().out
    assert check(checkout) == 0


def test_what_a_run_decides_is_said_to_be_unseen(checkout, capsys):
    for name in ("infra/guard.py", "components/gate.py", "docs/page.md"):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text("x = 1\n")
    git(checkout, "add", "infra")
    assert diff("main", None, checkout) == 0
    said = capsys.readouterr().out
    assert "no stack changes" in said
    assert "This change edits `components/gate.py`, `infra/guard.py`: what such code does" in said


@pytest.mark.parametrize(
    "name", ["Pulumi.yaml", "Pulumi.json", "policy/requirements.txt", "lib/sitecustomize.py"]
)
def test_another_tool_beside_the_credentials_is_risky_though_no_stack_changes(
    checkout, capsys, name
):
    (checkout / name).parent.mkdir(exist_ok=True)
    (checkout / name).write_text("plugins: {providers: [{name: docker, path: ./evil}]}\n")
    assert diff("main", None, checkout) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[1] == "## Infrastructure review: 1 risky change, in no stack alone"
    assert f"every stack: **OTHER TOOLS** {name}" in said.replace("\\", "").replace("`", "")


def test_configuration_from_elsewhere_is_marked(checkout, capsys):
    file = checkout / "stacks/Pulumi.prod.yaml"
    file.write_text(f"environment: [team/other]\n{file.read_text()}")
    assert diff("main", None, checkout) == 1
    said = capsys.readouterr().out.replace("\\", "")
    assert '**OPENS** prod configuration and variables come from ["team/other"], too' in said


def test_where_nothing_else_of_a_refused_stack_can_be_compared_that_is_said(checkout, capsys):
    (checkout / "stacks/Pulumi.local.yaml").write_text("config: [")
    assert diff("main", None, checkout) == 1
    assert "nothing else of this stack could be compared" in capsys.readouterr().out


def test_another_keeper_of_secrets_is_marked(checkout, capsys):
    file = checkout / "stacks/Pulumi.prod.yaml"
    file.write_text(f"secretsprovider: awskms://alias/other\n{file.read_text()}")
    assert diff("main", None, checkout) == 1
    assert "**OTHER SECRETS PROVIDER** prod: secrets are encrypted with" in capsys.readouterr().out


def test_a_risky_change_ends_with_one_and_a_harmless_one_with_none(checkout, capsys):
    put(checkout, "local", ("containers.web.memory", "96MiB"))
    assert diff("main", None, checkout) == 0
    said = capsys.readouterr().out
    assert "1 stack changed, nothing risky" in said
    assert "Unchanged: prod." in said
    put(checkout, "local", ("containers.web.read_only_root", False))
    assert diff("main", None, checkout) == 1
    assert "**GUARD LOST**" in capsys.readouterr().out


def test_the_base_is_where_the_change_left_it(checkout, capsys):
    git(checkout, "switch", "-q", "main")
    put(checkout, "local", ("containers.web.memory", "96MiB"))
    write(checkout)
    git(checkout, "commit", "-qam", "main goes on")
    git(checkout, "switch", "-q", "change")
    capsys.readouterr()
    assert diff("main", None, checkout) == 0
    assert "no stack changes" in capsys.readouterr().out


def test_a_refused_stack_is_on_the_page(checkout, capsys):
    put(checkout, "prod", ("host.admin_cidr", "0.0.0.0/0"))
    assert diff("main", None, checkout) == 1
    said = capsys.readouterr().out
    assert "**REFUSED**" in said
    assert "sshd to the world" in said


def test_a_stack_that_comes_or_goes_is_told(checkout, capsys):
    (checkout / "stacks/Pulumi.prod.yaml").unlink()
    put(checkout, "dev")
    assert diff("main", None, checkout) == 1
    said = capsys.readouterr().out
    assert "dev (added)" in said
    assert "prod (removed)" in said
    assert "`make down`" in said.replace("\\", "")


def test_the_page_goes_to_a_file(checkout, tmp_path):
    put(checkout, "local", ("containers.web.memory", "96MiB"))
    assert diff("main", str(tmp_path / "page.md"), checkout) == 0
    assert (tmp_path / "page.md").read_text().startswith("<!-- docklab-review -->")


@pytest.mark.parametrize("verb", ["write", "check", "diff", "graph"])
@pytest.mark.parametrize(
    ("folder", "why"), [("nope", "is not there"), ("bare", r"holds no Pulumi\.<stack>\.yaml")]
)
def test_a_folder_without_a_stack_ends_with_two_and_the_way_out(
    tmp_path, capsys, verb, folder, why
):
    (tmp_path / "bare" / "stacks").mkdir(parents=True)
    (tmp_path / "bare" / "stacks" / "notes.yaml").touch()
    more = {"diff": ["--base", "main"], "graph": ["--stack", "local"]}.get(verb, [])
    assert review([verb, "--root", str(tmp_path / folder), *more]) == 2
    said = capsys.readouterr()
    assert re.search(f"{tmp_path}/{folder}/stacks {why}.*`--root` names the folder", said.err)
    assert said.out == ""


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-16"])
def test_the_page_is_utf_8_wherever_it_is_written(checkout, encoding):
    put(checkout, "local", ("containers.web.environment", {"WORD": "日本→"}))
    command = [sys.executable, "-m", "review", "diff", "--base", "main", "--root", str(checkout)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "日本→" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("words", [[], ["nope"], ["diff", "--nope"]])
def test_wrong_usage_ends_with_two(words, capsys):
    with pytest.raises(SystemExit) as ended:
        review(words)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_page_is_short_however_large_the_change(checkout, capsys):
    containers = {
        f"c{n}": {
            "image": "base",
            "command": ["sleep", "x" * 200],
            "networks": {"front": None},
            "environment": {"TEXT": "|`<b>" * 40},
            "memory": "8MiB",
        }
        for n in range(90)
    }
    text = stack_text({**lab("local", ("containers", GONE)), "containers": containers})
    (checkout / "stacks/Pulumi.local.yaml").write_text(text)
    assert diff("main", None, checkout) == 1
    said = capsys.readouterr().out
    assert 30_000 < len(said.encode()) <= 60_000
    assert "left out to keep this page short" in said
    assert "<b>" not in said.replace("`<b>", "")
