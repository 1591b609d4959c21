"""Which members of a tar file may be unpacked into a volume."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolchain.verbs.backup.members import Refused, look_at_all

ROOT = ("volume", tarfile.DIRTYPE, "")
FILE, FOLDER, LINK, HARD = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def archive(*members: tuple[str, bytes, str]) -> io.BytesIO:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, target in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            tar.addfile(member)
    made.seek(0)
    return made


def test_what_a_backup_holds_may_be_unpacked() -> None:
    pipe = ("volume/pipe", tarfile.FIFOTYPE, "")
    found = archive(
        ROOT,
        ("volume/a b\n", FOLDER, ""),
        ("volume/a b\n/-dash", FILE, ""),
        ("volume/...", FILE, ""),
        ("volume/absolute", LINK, "/etc/passwd"),
        ("volume/up", LINK, "../../.."),
        ("volume/hard", HARD, "volume/a b\n/-dash"),
        ("volume/hard link", HARD, "volume/up"),
        pipe,
    )
    assert look_at_all(found) == 9


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([("volume/../x", FILE, "")], r"'volume/\.\./x' climbs out with '\.\.'"),
        ([("volume/x/..", FOLDER, "")], r"climbs out with '\.\.'"),
        ([("/etc/passwd", FILE, "")], "'/etc/passwd' is an absolute path"),
        ([("etc/passwd", FILE, "")], "'etc/passwd' is no plain path below 'volume'"),
        ([("volumes/x", FILE, "")], "is no plain path below"),
        ([("volume//x", FILE, "")], "is no plain path below"),
        ([("volume/./x", FILE, "")], "is no plain path below"),
        ([("volume/c", tarfile.CHRTYPE, "")], "'volume/c' is a device node"),
        ([("volume/b", tarfile.BLKTYPE, "")], "is a device node"),
        ([("volume/l", LINK, "/etc"), ("volume/l/x", FILE, "")], "symbolic link 'volume/l'"),
        ([("volume/l", LINK, "/etc"), ("volume/l/x/y", FOLDER, "")], "symbolic link 'volume/l'"),
        ([("volume/h", HARD, "/etc/shadow")], "hard link, and '/etc/shadow' is an absolute path"),
        ([("volume/h", HARD, "volume/../../x")], "hard link, and .* climbs out"),
        ([("volume/l", LINK, "/"), ("volume/h", HARD, "volume/l/etc")], "symbolic link 'volume/l'"),
        ([("volume", LINK, "/"), ("volume/x", FILE, "")], "symbolic link 'volume'"),
    ],
)
def test_a_member_that_leads_elsewhere_is_refused_by_its_name(
    members: list[tuple[str, bytes, str]], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        look_at_all(archive(ROOT, *members))


@pytest.mark.parametrize("first", [("volume/x", FILE, ""), ("volume", LINK, "/")])
def test_the_volume_itself_comes_first(first: tuple[str, bytes, str]) -> None:
    with pytest.raises(Refused, match="comes first, where the folder 'volume' must be"):
        look_at_all(archive(first))


@pytest.mark.parametrize("data", [b"", b"no tar file at all" * 100])
def test_what_is_no_tar_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="no whole tar file"):
        look_at_all(io.BytesIO(data))


@given(st.text(alphabet="volume/.x\n", max_size=24), st.sampled_from([FILE, FOLDER, LINK, HARD]))
def test_whatever_passes_stays_below_the_volume(name: str, kind: bytes) -> None:
    members = [ROOT, ("volume/l", LINK, "/")]
    try:
        look_at_all(archive(*members, (name, kind, "volume/l")))
    except Refused:
        return
    parts = name.rstrip("/").split("/")
    assert parts[0] == "volume"
    assert not {"", ".", ".."} & set(parts)
    assert parts[:2] != ["volume", "l"] or len(parts) == 2
