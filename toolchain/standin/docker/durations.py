"""Durations as the official provider reads and writes them: Go's ("1m30s"), in nanoseconds."""

from __future__ import annotations

import re

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART = r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)"


def parse(text: str) -> int:
    """Nanoseconds; ValueError if the text is no duration."""
    if text == "0":
        return 0
    if not re.fullmatch(rf"[+-]?(?:{_PART})+", text):
        raise ValueError(text)
    total = sum(round(float(number) * _UNITS[unit]) for number, unit in re.findall(_PART, text))
    return -total if text.startswith("-") else total


def written(nanoseconds: int) -> str:
    """The one way Go writes a duration: `1m0s`, `1.5s`, `250ms`, `0s`."""
    if nanoseconds < 0:
        return f"-{written(-nanoseconds)}"
    if nanoseconds == 0:
        return "0s"
    for unit in ("ns", "µs", "ms"):
        if nanoseconds < 1000 * _UNITS[unit]:
            return _decimal(nanoseconds, _UNITS[unit]) + unit
    minutes, rest = divmod(nanoseconds, _UNITS["m"])
    seconds = _decimal(rest, _UNITS["s"]) + "s"
    if minutes == 0:
        return seconds
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + f"{minutes}m{seconds}"


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    digits = str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)


def refusal(text: str) -> str | None:
    """What is wrong with the text as a duration, or None."""
    try:
        return "duration must not be negative" if parse(text) < 0 else None
    except ValueError:
        return "not a valid duration, such as 30s or 1m0s"
