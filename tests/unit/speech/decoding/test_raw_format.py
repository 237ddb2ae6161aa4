from __future__ import annotations

from pathlib import Path

import pytest

from coach.conversation import UsageError
from coach.speech.decoding.raw import RawFormat, headerless


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mulaw", RawFormat("mulaw", 8_000)),
        ("ul", RawFormat("mulaw", 8_000)),
        ("AL", RawFormat("alaw", 8_000)),
        ("vox:6000", RawFormat("vox", 6_000)),
        ("sln", RawFormat("sln", 8_000)),
        ("sln16", RawFormat("sln16", 16_000)),
        ("ul:16000", RawFormat("mulaw", 16_000)),
        ("al:8000:2ch", RawFormat("alaw", 8_000, 2)),
        ("sln:2ch", RawFormat("sln", 8_000, 2)),
    ],
)
def test_options_are_read(text: str, wanted: RawFormat) -> None:
    assert RawFormat.parse(text) == wanted


@pytest.mark.parametrize("text", ["", "mp3", "ul:", "ul:8000:2", "ul:2:2ch", "vox:2ch", "sln:8000:9ch", "sln:8000:0ch"])
def test_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=f"--raw {text}"):
        RawFormat.parse(text)


def test_seconds_from_bytes() -> None:
    assert RawFormat.parse("vox").bytes_per_second == 4_000
    assert RawFormat.parse("ul").bytes_per_second == 8_000
    assert RawFormat.parse("sln16:2ch").bytes_per_second == 64_000


@pytest.mark.parametrize(
    ("name", "kind"), [("a.VOX", "vox"), ("a.ul", "mulaw"), ("a.al", "alaw"), ("a.sln16", "sln16"), ("a.wav", None)]
)
def test_names_suggest_a_format(name: str, kind: str | None) -> None:
    assert headerless(Path(name)) == kind
    if kind:
        assert RawFormat.parse(kind).kind == kind
