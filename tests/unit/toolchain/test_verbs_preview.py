"""What `make preview` and `make policy` say after a failed run: which of them to run again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from toolchain.verbs import up
from toolchain.verbs.process import Outcome
from toolchain.verbs.session import Session


class Refusing(SimpleNamespace):
    stack, paths, asked = "dev", None, ()

    def deployment(self) -> None:
        return None

    def pulumi(self, *words: str) -> Outcome:
        self.asked = words
        return Outcome(255, 0)


@pytest.mark.parametrize(
    ("extra", "verb"),
    [
        ([], "preview"),
        (["--diff"], "preview"),
        (["--policy-pack", "policy"], "policy"),
        (["--policy-pack=policy", "--diff"], "policy"),
    ],
)
def test_what_was_typed_is_what_is_to_be_typed_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], extra: list[str], verb: str
) -> None:
    for done in ("require_stack_file", "prepare"):
        monkeypatch.setattr(up, done, lambda *_, **__: None)
    session = Refusing()
    assert up.preview(cast("Session", session), extra) == 255
    said = capsys.readouterr().err
    assert "`pulumi preview` failed; nothing was changed" in said
    assert f"run `make {verb} STACK=dev` again" in said
    assert session.asked[0] == "preview"
