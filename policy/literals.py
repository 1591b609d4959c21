"""Secrets that stand in plain text: which names and which forms of text give one away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from policy.resource import IN_PLAIN_TEXT, UNKNOWN
from policy.values import is_secret

_NAME = re.compile(
    r"(^|_)(PASS|PASSWD|PASSWORDS?|PASSPHRASE|PWD|PW|SECRETS?|TOKENS?|CREDENTIALS?|CREDS|APIKEY)(_|$)"
    r"|(PASSWORDS?|PASSWD|SECRETS?|TOKEN|(API|SECRET|ACCESS|PRIVATE)KEY|BASIC_?AUTH|HTPASSWD)$"
    r"|(^|_)JWT$|(?<!PUBLIC)_KEY$"
)
# Where a secret is, or what kind it is, is none. With a secret id one logs in.
_ABOUT = re.compile(
    r"_(FILE|PATH|DIR|URL|URI|NAME|TYPE|(?<!SECRET_)ID|LENGTH|LIMIT|TTL|POLICY|MIN|MAX|SIZE|COUNT)$"
    r"|_(AGE|EXPIRY|EXPIRES|ENABLED|REQUIRED|ALG|ALGORITHM|HEADER|ISSUER|AUDIENCE|HOST|PORT)$"
    r"|^(OLD)?PWD$"
)
_NOT_SECRET = re.compile(
    r"|\d{1,4}|true|false|yes|no|none|null|\$\w+|\$\{[^}]+\}|<[^>]*>|arn:\S+|(/[\w.-]+){2,}/?",
    re.IGNORECASE,
)
_REFERENCE = tuple("$<[{`")

# The words of a command are read as one text with this between them, which counts as a space.
_BETWEEN = "\x1f"
_KEY = (
    r"(?:(?:[\w.-]*[_.-])?(?:pass|pwd|pw)"
    r"|[\w.-]*?(?:passw(?:or)?d|passphrase|secret|token|requirepass|masterauth"
    r"|(?:api|secret|access|private)[_-]?key))"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY[^{_BETWEEN}]*)",
        r"\b(?P<secret>(?-i:AKIA|ASIA)[0-9A-Z]{16}\b|gh[pousr]_\w{20,}|github_pat_\w{10,}"
        r"|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*)",
        # user:password@ of an address, and of what Go's drivers take for one
        r"(?<![\w+.-])[a-z][\w+.-]*://[^/\s:@\"']*:(?P<secret>[^\s/@\"']+)@",
        r"(?<![\w+./:-])[\w.+-]+:(?P<secret>[^\s:@/\"']+)@(?:(?:tcp|udp|unix)\(|/|[\w.-]+:\d+/)",
        # a word of its own, `--password` and the word behind it, `--password=word`
        rf"(?<![^{_BETWEEN}])--?{_KEY}[={_BETWEEN}](?P<secret>[^{_BETWEEN}-][^{_BETWEEN}]*)",
        rf"(?<!\S)--?{_KEY}\s+(?P<secret>[^\s\"'-][^\s\"']*|\"[^\"]+|'[^']+)",
        rf"(?<![\w.-])(?:-D)?{_KEY}=(?P<secret>[^\s\"',;&|]+|\"[^\"]+|'[^']+)",
        rf"\"{_KEY}\"\s*:\s*\"(?P<secret>[^\"]+)",
        r"authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+(?P<secret>[^\s\"']+)",
        # options of one letter, of programs that are known for them
        r"\bredis-cli(?:\s+\S+){0,8}?\s+-a\s+(?P<secret>[^\s\"'-][^\s\"']*)",
        r"\bsshpass\s+-p\s*(?P<secret>[^\s\"'-][^\s\"']*)",
        r"\bcurl(?:\s+\S+){0,8}?\s+(?:-u|--user)[\s=][\"']?[^\s:\"']+:(?P<secret>[^\s\"']+)",
    )
)


def is_secret_name(name: str) -> bool:
    name = name.upper().replace("-", "_").replace(".", "_")
    return bool(_NAME.search(name)) and not _ABOUT.search(name)


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable or option holds a secret, by its name or by the form of its value."""
    if IN_PLAIN_TEXT[:-1] in value:
        return True
    if is_secret(value) or value == UNKNOWN:
        return False
    by_name = is_secret_name(name) and not _NOT_SECRET.fullmatch(value)
    return by_name or holds_secret(value)


def holds_secret(text: str) -> bool:
    """Whether a secret, or what was put in its place, is in a text."""
    return IN_PLAIN_TEXT[:-1] in text or next(_parts(text), None) is not None


def masked(text: str, mark: Callable[[str], str]) -> str:
    """The text with each secret in it as `mark` has it."""
    kept, end = "", 0
    for start, stop in sorted(set(_parts(text))):
        if start >= end:
            kept += text[end:start] + mark(text[start:stop])
        end = max(end, stop)
    return kept + text[end:]


def masked_words(words: Sequence[str], mark: Callable[[str], str]) -> list[str]:
    """The words of a command: what follows `--password` may be a word of its own."""
    return masked(together(words), mark).split(_BETWEEN)


def together(words: Sequence[str]) -> str:
    return _BETWEEN.join(word.replace(_BETWEEN, " ") for word in words)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    for form in _FORMS:
        for found in form.finditer(text):
            start, stop = found.span("secret")
            start += text[start] in "\"'"
            secret = text[start:stop]
            if not secret.startswith(_REFERENCE) and not _NOT_SECRET.fullmatch(secret):
                yield start, stop
