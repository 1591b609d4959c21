"""Durations as Go writes them. Pure."""

import re
from datetime import timedelta

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


def parse_duration(text: str) -> timedelta:
    """`500ms`, `30s`, `1m30s`, `2h`.

    Raises:
        ValueError: if the text is none of these.
    """
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is not a duration; write a number and ms, s, m or h, as in 30s")
    milliseconds = sum(float(number) * _MILLISECONDS[unit] for number, unit in parts)
    return timedelta(milliseconds=milliseconds)


def go_duration(value: timedelta) -> str:
    """The one form that Go's `Duration.String()` gives, to the millisecond.

    The engine's answer is compared with this text, and `1m` against `1m0s` is a difference.
    """
    milliseconds = round(value.total_seconds() * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms" if milliseconds else "0s"
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest:03}".rstrip("0") if rest else ""
    text = f"{seconds}{fraction}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text
