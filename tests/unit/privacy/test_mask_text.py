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
        ("call 312-555-0187.wav", "call [phone].wav"),
        ("2026-11-22 14.30.00 +1 (312) 555-0187.mp3", "2026-11-22 14.30.00 [phone].mp3"),
        ("sent to jane.doe@example.com today", "sent to [email] today"),
        ("2026-11-22 4111 1111 1111 1111", "2026-11-22 [card]"),
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
        "2026-11-22 14.30.00 desk 4.wav",
        "cannot read 0f8fad5b-d9cb-469f-a165-70867728950e_20261122T14:30_UTC.wav",
        "the recording of 2026-11-22T14:30:00 is 14400 seconds long",
        "d41d8cd98f00b204e9800998ecf8427e11111111111111112222222222222222.json",
        "high bill, 243.50 dollars, 14 June 2026",
        "  two  spaces  stay ",
    ],
)
def test_names_that_tell_calls_apart_stay(text: str) -> None:
    assert mask_text(text) == text
