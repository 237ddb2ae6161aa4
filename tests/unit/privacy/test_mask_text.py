"""Names, stems and messages without private numbers."""

from __future__ import annotations

import pytest

from coach.privacy.mask import mask_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("pay-4111111111111111.wav", "pay-[card].wav"),
        ("4111-1111-1111-1111", "[card]"),
        ("call_4111_1111_1111_1111_jane", "call_[card]_jane"),
        ("4111.1111.1111.1111.wav", "[card].wav"),
        ("3782-822463-10005.mp3", "[card].mp3"),
        ("cannot read 4111 1111 1111 1111.wav now", "cannot read [card].wav now"),
        ("ssn 123-45-6789.txt", "ssn [ssn].txt"),
        ("security code 123 on file", "security code [cvv] on file"),
        ("four one one one one one one one one one one one one one one one", "[card]"),
        ("", ""),
    ],
)
def test_private_numbers_are_taken_out(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "q-20261122143000.wav",
        "out-5551234-100-20261122-143000-1732285800.1.wav",
        "1732285800123.wav",
        "auto-repairs-40",
        "d41d8cd98f00b204e9800998ecf8427e11111111111111112222222222222222.json",
        "high bill, 243.50 dollars, 14 June 2026",
        "  two  spaces  stay ",
    ],
)
def test_names_that_tell_calls_apart_stay(text: str) -> None:
    assert mask_text(text) == text
