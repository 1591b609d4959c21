"""What a backup holds, as its manifest.json says it; nothing in it depends on a clock. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from toolchain.verbs.errors import VerbError

FILE = "manifest.json"
# A key names a file, too: never one in another folder.
_Key = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]


Userns = Literal["private", "host"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Entry(_Strict):
    """One volume. bytes: of the tar file; members: files, folders, links and pipes in it.

    userns: whose user ids it holds, those that containers see (private) or the machine's (host).
    """

    volume: str
    bytes: Annotated[int, Field(ge=0)]
    members: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    userns: Userns
    while_written: bool


class Manifest(_Strict):
    """A backup of one stack; volumes by their keys in the lab."""

    schema_: Literal["docklab-backup/1"] = Field(alias="schema", default="docklab-backup/1")
    stack: str
    engine_remaps_users: bool
    volumes: Annotated[dict[_Key, Entry], Field(min_length=1)]

    def text(self) -> str:
        return self.model_dump_json(by_alias=True, indent=2) + "\n"


def file_of(key: str) -> str:
    return f"{key}.tar"


def read(text: str, path: str) -> Manifest:
    """Raises VerbError, naming the key, when the text is no manifest."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise VerbError(
            f"{path} is not the manifest of a backup ({where}: {first['msg']}); name the folder"
            " that `make backup` wrote, or another backup"
        ) from None


def chosen(
    asked: Sequence[str], there: Mapping[str, object], what: str, else_: Sequence[str]
) -> list[str]:
    """The volumes asked for, else those of `else_`; VerbError for one that is not in `there`."""
    unknown = [key for key in asked or else_ if key not in there]
    if unknown:
        raise VerbError(
            f"{what} has no volume {', '.join(unknown)}; it has: {', '.join(sorted(there)) or '-'}."
            " Name the volumes that you mean, at the end of ARGS."
        )
    return sorted(dict.fromkeys(asked or else_))
