"""Text for a message, without what may be a credential in the wrong place. Pure.

It sees forms alone: a password that looks like any other word is shown like one.
"""

import re

NOT_SHOWN = "[not shown]"
_NAME = r"[\w.-]*(?:passw(?:or)?d|passphrase|pass|pwd|secret|token|(?:api|access|private)[_-]?key)"
_MOST = 500
_LONG = re.compile(r"(?<!sha256:)(?<![A-Za-z0-9+_=])[A-Za-z0-9+_=]{20,}")
_HEX = re.compile(r"[0-9a-f]{32,}")
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.DOTALL)
    for form in (
        r"(?P<before>)(-----BEGIN|[^\n]*PRIVATE KEY).*",
        # user:password@, and not the tag of an image before its digest
        r"(?P<before>[^\s:@'\"/]*:)[^\s@]+(?=@(?!sha256:))",
        # the same cut short; what is behind the name of a machine is a port
        r"(?P<before>://[^/\s:@]*:)(?!\d+(?:/|$)|\[)[^\s/@]+",
        rf"(?P<before>{_NAME}[\"']?\s*(?:=|:\s|\":)\s*)\S.*",
        rf"(?P<before>(?<!\S)--?{_NAME}\s+)\S.*",
        r"(?P<before>)(\b(?:AKIA|ASIA)[0-9A-Z]{16}|\bgh[pousr]_\w{10,}|\bgithub_pat_\w{10,})",
    )
)


def masked(text: str) -> str:
    """The text with `[not shown]` for what has the form of a credential; a long one by length."""
    if len(text) > _MOST:
        return f"[{len(text)} characters]"
    for form in _FORMS:
        text = form.sub(lambda found: f"{found['before']}{NOT_SHOWN}", text)
    return _LONG.sub(lambda found: NOT_SHOWN if _is_random(found[0]) else found[0], text)


def masked_key(key: str) -> str:
    """As `masked`; of `NAME=value`, which is no key, the name."""
    name, equals, _ = key.partition("=")
    return f"{masked(name)}={NOT_SHOWN}" if equals else masked(key)


def _is_random(word: str) -> bool:
    kinds = (str.islower, str.isupper, str.isdigit)
    return bool(_HEX.fullmatch(word)) or all(any(map(kind, word)) for kind in kinds)
