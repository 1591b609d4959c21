"""What the `pulumi` launcher reads from a command line and a stack file, and what it decides."""

from pathlib import Path

import pytest

from toolchain.verbs.launcher import selection, stackfiles
from toolchain.verbs.launcher.arguments import parse
from toolchain.verbs.launcher.plan import Need, need_of, plan_for

ROOT = Path(__file__).resolve().parents[3]
SALT = "v1:c2FsdA==:v1:nonce:cipher"


@pytest.mark.parametrize(
    "argv",
    [
        ["up", "--stack", "two"],
        ["up", "--stack=two"],
        ["up", "-s", "two"],
        ["up", "-stwo"],
        ["up", "-s=two"],
        ["up", "-ys", "two"],
        ["-C", "elsewhere", "--color", "never", "up", "--yes", "-s", "two"],
        ["-s", "two", "up"],
        ["up", "-m", "--stack", "--stack", "two"],
    ],
)
def test_the_stack_is_found_wherever_pulumi_takes_it(argv: list[str]) -> None:
    call = parse(argv)
    assert (call.command, call.flags["stack"]) == ("up", "two")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--cwd", "up", "preview"], ("preview",)),
        (["up", "--message", "config", "--target", "stack"], ("up",)),
        (["-v", "9", "config", "set", "--path", "a.b", "c"], ("config", "set", "a.b", "c")),
        (["config", "set", "key", "--", "--stack"], ("config", "set", "key", "--stack")),
        (["up", "--refresh", "--diff"], ("up",)),
    ],
)
def test_the_value_of_a_flag_is_not_taken_for_a_word(argv: list[str], words: tuple[str]) -> None:
    assert parse(argv).words == words


def test_a_flag_after_two_dashes_does_not_choose_the_stack() -> None:
    assert "stack" not in parse(["config", "set", "key", "--", "--stack", "x"]).flags


@pytest.mark.parametrize(
    ("line", "need"),
    [
        ("up", Need.CONFIG_FILE),
        ("update --yes", Need.CONFIG_FILE),
        ("preview -s a", Need.CONFIG_FILE),
        ("refresh", Need.CONFIG_FILE),
        ("destroy", Need.CONFIG_FILE),
        ("config", Need.CONFIG_FILE),
        ("config get key", Need.CONFIG_FILE),
        ("config set key value", Need.STATE_SALT),
        ("config rm key", Need.STATE_SALT),
        ("stack change-secrets-provider passphrase", Need.STATE_SALT),
        ("stack init a", Need.SHADOW),
        ("stack new a", Need.SHADOW),
        ("stack select --create a", Need.SHADOW),
        ("stack select -c a", Need.SHADOW),
        ("stack history --show-secrets", Need.SHADOW),
        ("stack rm a", Need.KEEP_FILE),
        ("destroy --remove", Need.DESTROY_THEN_REMOVE),
        ("destroy --remove=false", Need.CONFIG_FILE),
        ("stack rm --preserve-config a", Need.NOTHING),
        ("stack select a", Need.NOTHING),
        ("stack history", Need.NOTHING),
        ("stack ls", Need.NOTHING),
        ("up --config-file mine.yaml", Need.NOTHING),
        ("up --help", Need.NOTHING),
        ("up -h", Need.NOTHING),
        ("up https://example.org/template", Need.NOTHING),
        ("up --remote", Need.NOTHING),
        ("plugin ls", Need.NOTHING),
        ("", Need.NOTHING),
    ],
)
def test_each_command_has_its_need(line: str, need: Need) -> None:
    assert need_of(parse(line.split())) is need


def _plan(line: str, *, rendered: str = "/r/Pulumi.a.yaml", salt: bool = True) -> list[str]:
    call = parse(line.split())
    return list(plan_for(need_of(call), call, line.split(), "a", rendered, salt).argv)


def test_an_operation_reads_the_rendered_copy() -> None:
    assert _plan("-C x up -s a --yes") == [
        *("-C", "x", "up", "--config-file=/r/Pulumi.a.yaml", "-s", "a", "--yes")
    ]


def test_without_a_known_salt_pulumi_is_told_to_take_the_one_in_the_state() -> None:
    call = parse(["up"])
    without, with_salt = (
        plan_for(need_of(call), call, ["up"], "a", "/r", has_salt) for has_salt in (False, True)
    )
    assert without.env == {"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true"}
    assert with_salt.env == {}


def test_setting_a_plain_value_goes_to_the_tracked_file_without_a_word() -> None:
    call = parse(["config", "set", "key", "value"])
    plan = plan_for(need_of(call), call, ["config", "set", "key", "value"], "a", "/r", True)
    assert (plan.argv, plan.note) == (("config", "set", "key", "value"), "")


def test_setting_a_secret_says_that_a_salt_comes_with_it() -> None:
    argv = ["config", "set", "--secret", "key", "hidden"]
    call = parse(argv)
    plan = plan_for(need_of(call), call, argv, "a", "/r", True)
    assert "encryptionsalt" in plan.note
    assert "hidden" not in plan.note


def test_config_given_to_an_operation_says_that_it_is_not_kept() -> None:
    call = parse(["up", "-c", "a=b"])
    assert "for this run only" in plan_for(need_of(call), call, ["up"], "a", "/r", True).note


def test_removing_a_stack_keeps_its_tracked_file() -> None:
    assert _plan("stack rm a --yes") == ["stack", "rm", "--preserve-config", "a", "--yes"]


def test_destroy_with_remove_becomes_destroy_and_a_removal_that_keeps_the_file() -> None:
    line = "-C x destroy --remove --yes"
    call = parse(line.split())
    plan = plan_for(need_of(call), call, line.split(), "a", "/r/Pulumi.a.yaml", True)
    assert plan.argv == ("-C", "x", "destroy", "--config-file=/r/Pulumi.a.yaml", "--yes")
    removal = ("stack", "rm", "--yes", "--preserve-config", "--stack", "a")
    assert plan.then == ("--cwd", "x", *removal)


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("stack init a", ("stack", "select", "a")),
        ("stack init -s a", ("stack", "select", "a")),
        ("stack init a --no-select", ()),
        ("stack init", ()),
    ],
)
def test_a_new_stack_is_selected_in_the_users_own_folder(line: str, then: tuple[str]) -> None:
    call = parse(line.split())
    plan = plan_for(need_of(call), call, line.split(), "a", "/r", False)
    assert (plan.shadow, plan.then) == (True, then)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("config: {}\nencryptionsalt: v1:x\n", True),
        ('"encryptionsalt": "v1:x"\n', True),
        ("secretsprovider: awskms://alias/x\n", True),
        ("secretsprovider: passphrase\n", False),
        ("secretsprovider: default # the backend's\n", False),
        ("config:\n  encryptionsalt: not-the-top\n", False),
        ("# encryptionsalt: v1:x\n", False),
        ("", False),
    ],
)
def test_a_stack_file_with_secrets_settings_of_its_own_is_known(text: str, own: bool) -> None:
    assert stackfiles.keeps_own_secrets(text) is own


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("config:\n  a: b\n", f"config:\n  a: b\nencryptionsalt: {SALT}\n"),
        ("config:\n  a: b", f"config:\n  a: b\nencryptionsalt: {SALT}\n"),
        ("", f"encryptionsalt: {SALT}\n"),
        ("# nothing yet\n{}\n", f"encryptionsalt: {SALT}\n"),
    ],
)
def test_the_rendered_copy_is_the_tracked_file_and_the_salt(text: str, expected: str) -> None:
    assert stackfiles.render(text, SALT) == (expected, True)


def test_a_file_in_flow_style_is_copied_unchanged() -> None:
    assert stackfiles.render('{"config": {"a": "b"}}', SALT) == ('{"config": {"a": "b"}}', False)


def test_the_nearest_project_above_counts(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text('name: "docklab"\nstackConfigDir: stacks\n')
    inner = tmp_path / "infra" / "deep"
    inner.mkdir(parents=True)
    project = stackfiles.find_project(str(inner))
    assert project is not None
    assert project.name == "docklab"
    assert project.stack_file("a") == str(tmp_path / "stacks" / "Pulumi.a.yaml")


def test_the_selected_stack_is_the_one_of_this_backend() -> None:
    settings = {"stack": "old", "stacks": {"file:///one": "organization/docklab/a"}}
    assert selection.chosen(settings, "file:///one") == "organization/docklab/a"
    assert selection.chosen(settings, "file:///two") == "old"
    assert selection.chosen({}, "file:///one") is None


def test_relative_settings_keep_their_meaning_in_the_shadow_folder() -> None:
    env = {"PULUMI_BACKEND_URL": "file://./state", "PULUMI_CONFIG_PASSPHRASE_FILE": "pass"}
    assert selection.absolute_paths(env, "/clone") == {
        "PULUMI_BACKEND_URL": "file:///clone/./state",
        "PULUMI_CONFIG_PASSPHRASE_FILE": "/clone/pass",
    }
    kept = {"PULUMI_BACKEND_URL": "file://~/state", "PULUMI_CONFIG_PASSPHRASE_FILE": "/p"}
    assert selection.absolute_paths(kept, "/clone") == {"PULUMI_CONFIG_PASSPHRASE_FILE": "/p"}
