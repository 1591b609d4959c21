"""What stops a verb: a sentence for the user, never a traceback."""


class VerbError(Exception):
    """Raised with the whole message: what is wrong, with which value, and the way out. code: the
    exit status."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code
