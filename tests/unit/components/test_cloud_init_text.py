"""User data is text that says exactly what was meant, whatever the values are."""

import base64
import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import yaml
from host_keys import pair
from hypothesis import given
from hypothesis import strategies as st

from components.cloud_init import (
    AddressPool,
    UserData,
    check_size,
    choose_address_pools,
    cloud_config,
    script,
    single_line,
)

PRIVATE, PUBLIC = pair()
BOTH = pytest.mark.parametrize("system", ["al2", "al2023"])
POOL = AddressPool(base=IPv4Network("10.213.0.0/16"), size=24)


def given_data(system: str = "al2", **others: object) -> UserData:
    plain = UserData(
        os=system, host_key_private=PRIVATE, host_key_public=PUBLIC, address_pools=(POOL,)
    )
    return replace(plain, **others)


def settings(text: str) -> dict[str, str]:
    """The assignments at the top of a script, as a shell reads them."""
    head = text.partition("\n# shellcheck")[0].partition("\n# Lightsail")[0]
    pairs = (word.partition("=") for word in shlex.split(head, comments=True))
    return {name: value for name, _, value in pairs}


def decoded(line: str) -> str:
    (word,) = re.findall(r"echo (\S+) \| base64 -d", line)
    return base64.b64decode(word, validate=True).decode()


@BOTH
def test_cloud_init_is_asked_for_one_script_and_the_host_key(system):
    args = given_data(system)
    read = yaml.safe_load(cloud_config(args))
    assert read["ssh_keys"] == {"ed25519_private": PRIVATE, "ed25519_public": PUBLIC[:-6]}
    assert read["write_files"] == [
        {
            "path": "/var/lib/docklab/init.sh",
            "owner": "root:root",
            "permissions": "0600",
            "content": script(args),
        }
    ]
    assert read["runcmd"] == [["bash", "/var/lib/docklab/init.sh"]]


@BOTH
def test_nothing_updates_or_restarts_behind_the_scripts_back(system):
    read = yaml.safe_load(cloud_config(given_data(system)))
    assert not read["package_update"]
    assert not read["package_upgrade"]
    assert read.get("repo_upgrade") == ("none" if system == "al2" else None)
    assert "package_reboot_if_required" not in read
    commands = [line.strip() for line in script(given_data(system)).splitlines()]
    assert not [c for c in commands if re.match(r"(sudo )?(reboot|shutdown|systemctl reboot)", c)]


@BOTH
def test_the_single_line_is_one_line_and_runs_the_same_script(system):
    args = given_data(system)
    line = single_line(args)
    assert "\n" not in line
    settings_part, body = script(args).split("\n\n", 1)
    assert decoded(line).startswith(settings_part)
    assert decoded(line).endswith(body)


@BOTH
def test_the_private_key_stands_in_one_place_only(system):
    args = given_data(system)
    secret = PRIVATE.splitlines()[3]
    assert cloud_config(args).count(secret) == 1
    assert secret not in script(args)
    assert secret not in single_line(args)
    assert decoded(single_line(args)).count(secret) == 1
    assert secret not in repr(args)


@BOTH
@pytest.mark.parametrize("form", [script, lambda args: decoded(single_line(args))])
def test_shellcheck_has_nothing_to_say(system, form):
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [shellcheck, "-"], input=form(given_data(system)), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@BOTH
def test_user_data_is_the_same_on_every_machine_and_plain_ascii(system):
    args = given_data(system)
    assert cloud_config(args) == cloud_config(replace(args))
    assert cloud_config(args).isascii()
    assert single_line(args).isascii()


def test_line_ends_of_another_system_make_no_other_key():
    windows = given_data(host_key_private=PRIVATE.replace("\n", "\r\n"))
    assert cloud_config(windows) == cloud_config(given_data())


@BOTH
@pytest.mark.parametrize("form", [cloud_config, single_line])
def test_there_is_room_left_below_the_limit(system, form):
    assert len(form(given_data(system))) < 14_000


def test_sixteen_kilobytes_are_taken_and_one_byte_more_is_refused():
    assert check_size("a" * 16_384)
    with pytest.raises(ValueError, match=r"is 16386 bytes and AWS takes 16384; shorten lab_dir"):
        check_size("a" * 16_384 + "é")


@pytest.mark.parametrize("form", [cloud_config, single_line])
def test_user_data_that_grew_too_long_is_refused(form):
    with pytest.raises(ValueError, match="AWS takes 16384"):
        form(given_data(lab_dir="/srv/" + "a" * 16_000))


def test_the_engine_is_configured_as_asked():
    text = settings(script(given_data(log_max_size="5m", log_max_file=2)))["DOCKLAB_DAEMON"]
    assert json.loads(text) == {
        "userns-remap": "default",
        "live-restore": True,
        "log-driver": "json-file",
        "log-opts": {"max-size": "5m", "max-file": "2"},
        "default-address-pools": [{"base": "10.213.0.0/16", "size": 24}],
    }


def test_the_engine_maps_no_ids_where_that_was_not_wanted():
    found = settings(script(given_data(userns_remap=False, live_restore=False)))
    assert found["DOCKLAB_REMAP"] == "no"
    assert "userns-remap" not in json.loads(found["DOCKLAB_DAEMON"])
    assert json.loads(found["DOCKLAB_DAEMON"])["live-restore"] is False


@pytest.mark.parametrize(
    ("system", "updates", "release"),
    [
        ("al2023", "security", "latest"),
        ("al2023", "all", "latest"),
        ("al2023", "none", ""),
        ("al2", "security", ""),
    ],
)
def test_only_updates_of_al2023_leave_the_release_of_the_image(system, updates, release):
    found = settings(script(given_data(system, updates=updates)))
    assert (found["DOCKLAB_UPDATES"], found["DOCKLAB_RELEASE"]) == (updates, release)


@given(name=st.sampled_from(["user", "lab_dir"]), value=st.text(min_size=1))
def test_no_value_is_read_as_anything_but_itself(name, value):
    try:
        args = given_data(**{name: value})
    except ValueError:
        return
    read = yaml.safe_load(cloud_config(args))
    key = {"user": "DOCKLAB_USER", "lab_dir": "DOCKLAB_DIR"}[name]
    assert settings(read["write_files"][0]["content"])[key] == value
    assert read["runcmd"] == [["bash", "/var/lib/docklab/init.sh"]]
    assert len(read) == 7


def test_pools_of_the_lab_end_up_in_the_engines_configuration():
    taken = [IPv4Network("10.0.0.0/8")]
    pools = choose_address_pools(taken)
    daemon = settings(script(given_data(address_pools=pools)))["DOCKLAB_DAEMON"]
    (entry,) = json.loads(daemon)["default-address-pools"]
    assert not IPv4Network(entry["base"]).overlaps(taken[0])
