"""Texts of /proc as they are found on hosts, and as hostile processes may write them."""

from __future__ import annotations

import pytest

from verifier import proctext

ONE, TWO = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        (f"9:pids:/docker/{ONE}", (ONE,)),
        (f"0::/../{ONE}", (ONE,)),
        (f"0::/system.slice/docker-{ONE}.scope", (ONE,)),
        (f"0::/kubepods/{ONE}/docker/{TWO}", (ONE,)),
        (f"2:cpu:/docker/{ONE}\n0::/docker/{ONE}", (ONE,)),
        (f"2:cpu:/docker/{ONE}\n0::/docker/{TWO}", (ONE, TWO)),
        ("0::/", ()),
        ("", ()),
        (f"0::/{ONE}0", ()),
        (f"0::/{ONE.upper()}", ()),
    ],
)
def test_the_first_64_hex_word_of_each_line_is_the_id(line: str, ids: tuple[str, ...]) -> None:
    assert proctext.container_ids(line.encode()) == ids


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("0::/\n", "v2"),
        ("9:pids:/x\n2:cpu:/\n", "v1"),
        ("9:pids:/x\n0::/\n", "hybrid"),
        ("", "none"),
    ],
)
def test_the_cgroup_layout_is_told_from_its_lines(text: str, layout: str) -> None:
    assert proctext.cgroup_layout(text.encode()) == layout


def stat(comm: str) -> bytes:
    return f"42 ({comm}) S 7 42 42 0 -1 {' '.join(['0'] * 12)} 20 0 1 9001 0 0\n".encode()


@pytest.mark.parametrize("comm", ["sleep", "a b", ") S 1 1", "(((", "x)y"])
def test_a_command_name_full_of_parentheses_does_not_shift_the_fields(comm: str) -> None:
    found = proctext.stat_fields(stat(comm))
    assert found is not None
    assert found[:2] == (comm, 7)


def test_the_start_time_is_the_twenty_second_field() -> None:
    words = [str(number) for number in range(3, 53)]
    found = proctext.stat_fields(f"1 (init) {' '.join(words)}".encode())
    assert found == ("init", 4, 22)


@pytest.mark.parametrize("torn", [b"", b"42 (sleep", b"42 (sleep) S 7"])
def test_a_torn_stat_is_none(torn: bytes) -> None:
    assert proctext.stat_fields(torn) is None


def test_the_shims_id_is_the_word_behind_its_flag() -> None:
    line = f"/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0{ONE}\0-address\0x\0"
    assert proctext.shim_id(line.encode()) == ONE
    assert proctext.shim_id(f"x\0-namespace\0{ONE}\0".encode()) == ""
    assert proctext.shim_id(f"x\0-id\0{ONE[:12]}\0".encode()) == ""


def test_an_id_map_is_its_three_columns() -> None:
    assert proctext.id_map(b"         0     100000      65536\n") == ((0, 100000, 65536),)
    with pytest.raises(ValueError, match="three numbers"):
        proctext.id_map(b"0 1\n")


def test_a_status_without_a_needed_field_is_none() -> None:
    whole = (
        b"Name:\tx\nUid:\t1000\t0\t0\t0\nNSpid:\t77\t1\nCapEff:\t0000000000000003\n"
        b"CapBnd:\t000000000000000f\nNoNewPrivs:\t1\nSeccomp:\t2\n"
    )
    found = proctext.status(whole)
    assert found is not None
    assert (found.uid, found.nspid, found.cap_bounding) == (1000, (77, 1), 15)
    assert proctext.status(whole.replace(b"NSpid", b"NSpig")) is None
