"""The setting of what is masked holds for names of files too."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.app.item import Request
from coach.app.naming import plan

NAME = "pay 4111-1111-1111-1111 312-555-0187 dana@example.org.wav"


@pytest.mark.parametrize(
    ("kinds", "stem"),
    [
        ({"card"}, "pay [card] 312-555-0187 dana@example.org"),
        ({"email", "phone"}, "pay 4111-1111-1111-1111 [phone] [email]"),
        ({"card", "phone", "email"}, "pay [card] [phone] [email]"),
    ],
)
def test_the_stem_of_a_report(tmp_path: Path, kinds: set[str], stem: str) -> None:
    (output,) = plan([Request(recording=tmp_path / NAME)], tmp_path / "out", kinds=kinds)

    assert output.stem == stem


@pytest.mark.parametrize("private", [(), ("+1 212 555 0188",)])
def test_what_a_request_hides(private: tuple[str, ...]) -> None:
    request = Request(recording=Path("x.wav"), private=private)

    assert request.hide("dana@example.org 2125550188", {"card"}).startswith("dana@example.org")
    assert request.hide("dana@example.org") == "[email]"
