"""Whether a download host answers, found out in seconds.

On a machine without internet a download tool may wait minutes for the same answer.
"""

from __future__ import annotations

import socket
import threading
import urllib.error
import urllib.request

_SECONDS = 3.0


def why_unreachable(host: str, seconds: float = _SECONDS) -> str | None:
    """Why https://`host`/ gives no answer, or None when it does. Proxy settings are honoured."""
    reason: list[str | None] = []

    def ask() -> None:
        request = urllib.request.Request(f"https://{host}/", method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=seconds):
                reason.append(None)
        except urllib.error.HTTPError:
            reason.append(None)
        except (OSError, ValueError) as error:
            reason.append(_in_words(error))

    # A resolver that does not answer blocks far longer than any socket timeout.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds + 0.5)
    return reason[0] if reason else f"no answer within {seconds:.0f} s"


def _in_words(error: Exception) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, socket.gaierror):
        return "its name does not resolve"
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    return str(cause)
