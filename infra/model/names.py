"""Names a lab writes down: keys, DNS names, images, variables, users, capabilities. Form only."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator

from components.capabilities import KNOWN, normal_capability
from infra.model.base import quoted
from infra.model.credentials import masked_key
from infra.model.form import choice_form, text_form

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONFIG_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_USER_PART = r"(?:[0-9]+|[a-z_][a-z0-9_-]*)"
_USER = re.compile(rf"{_USER_PART}(:{_USER_PART})?")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HOST = r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?"
_PATH_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = rf"(?:{_HOST}/)?{_PATH_PART}(?:/{_PATH_PART})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_IMAGE = re.compile(rf"(?P<repository>{_REPOSITORY})(?::(?P<tag>{_TAG}))?")


def _of_form(
    pattern: re.Pattern[str], what: str, show: Callable[[str], str] = quoted
) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"{show(value)} is not {what}")
        return value

    return check


def config_key(value: str) -> str:
    """The value is not shown: it may be the secret itself, written in the wrong place."""
    if not _CONFIG_KEY.fullmatch(value):
        raise ValueError("is not a configuration key's name; write one such as db_password")
    return value


def image_name(value: str) -> str:
    """A reference `[registry/]repository[:tag]`; the digest has a key of its own."""
    if "@" in value:
        raise ValueError(
            f"{quoted(value)} holds a digest; write it beside the name, as digest: "
            "sha256:<64 hex digits>"
        )
    if not _IMAGE.fullmatch(value):
        raise ValueError(
            f"{quoted(value)} is not an image reference; write [registry/]repository:tag in lower "
            "case, such as python:3.11-slim-bookworm"
        )
    return value


def capability(name: str) -> str:
    """As `normal_capability`."""
    try:
        return normal_capability(name)
    except ValueError as error:
        raise ValueError(str(error).replace(repr(name), quoted(name))) from None


def split_image(name: str) -> tuple[str, str | None]:
    """Repository and tag of a checked image name."""
    match = _IMAGE.fullmatch(name)
    if match is None:
        raise ValueError(f"{quoted(name)} is not an image reference")
    return match["repository"], match["tag"]


_LABEL_TEXT = "1 to 63 of a-z, 0-9 and -, no - at either end"
# The names in any case, as `normal_capability` takes them.
_ANY_CASE = "|".join("".join(f"[{c}{c.lower()}]" for c in k) for k in sorted(KNOWN)).replace(
    "[__]", "_"
)

Key = Annotated[
    str,
    AfterValidator(
        _of_form(
            _LABEL,
            "a key: as it becomes a DNS name, use 1 to 63 of a-z, 0-9 and -, no - at either end",
        )
    ),
    text_form("key", _LABEL.pattern, _LABEL_TEXT, "web"),
]
DnsName = Annotated[
    str,
    AfterValidator(
        _of_form(_LABEL, "a DNS label: use 1 to 63 of a-z, 0-9 and -, with no - at either end")
    ),
    text_form("DNS name", _LABEL.pattern, _LABEL_TEXT, "www"),
]
Variable = Annotated[
    str,
    AfterValidator(
        _of_form(
            _VARIABLE,
            "a variable's name: use letters, digits and _, no digit first",
            lambda key: repr(masked_key(key)),
        )
    ),
    text_form("variable", _VARIABLE.pattern, "letters, digits and _, no digit first", "MODE"),
]
ConfigKey = Annotated[
    str,
    AfterValidator(config_key),
    text_form(
        "configuration key",
        _CONFIG_KEY.pattern,
        "letters, digits, - and _, no digit first",
        "db_password",
    ),
]
User = Annotated[
    str,
    AfterValidator(_of_form(_USER, 'a user: write "uid", "uid:gid", "name" or "name:group"')),
    text_form("user", _USER.pattern, "uid, uid:gid, name or name:group", "65534:65534"),
]
Digest = Annotated[
    str,
    AfterValidator(
        _of_form(
            _DIGEST,
            "a digest: write sha256: and 64 hex digits; `make pin STACK=<stack>` does it for you",
        )
    ),
    text_form(
        "digest",
        _DIGEST.pattern,
        "sha256: and 64 hex digits; `make pin STACK=<stack>` writes it",
        f"sha256:{'0' * 64}",
    ),
]
ImageName = Annotated[
    str,
    AfterValidator(image_name),
    text_form(
        "image reference",
        re.sub(r"\?P<\w+>", "", _IMAGE.pattern),
        "[registry/]repository:tag, in lower case; without a tag only beside a digest",
        "python:3.11-slim-bookworm",
    ),
]
Capability = Annotated[
    str,
    AfterValidator(capability),
    choice_form(
        "capability",
        tuple(sorted(KNOWN)),
        f"(?:[Cc][Aa][Pp]_)?(?:{_ANY_CASE})",
        "a capability of Linux, as in man 7 capabilities; not ALL",
    ),
]
