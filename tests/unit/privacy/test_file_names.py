"""Bare digits in the names of recordings: a customer's number goes, a date and an id stay."""

from __future__ import annotations

import pytest

from coach.app.intake.shown import hide
from coach.app.item import Request
from coach.privacy.text import mask_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("2125550188-call.wav", "[phone]-call.wav"),
        ("12125550188_in.wav", "[phone]_in.wav"),
        ("calls/2125550188.wav", "calls/[phone].wav"),
        ("07700900123 out.wav", "[phone] out.wav"),
        ("2125550188-2026-03-15-0930.wav", "[phone]-2026-03-15-0930.wav"),
    ],
)
def test_a_number_that_stands_alone_goes(name: str, shown: str) -> None:
    assert mask_name(name) == hide(name) == Request().hide(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "20260115093000-call.wav",
        "2026031509.wav",
        "202603150930.wav",
        "2603150930.wav",
        "260315093000.wav",
        "call-1772460843.12.wav",  # seconds since 1970
        "8005550199-line.wav",  # a number that only companies have
        "RE2125550188.wav",
        "212555018.wav",
        "1112223334.wav",
        "3f2125550188aabbccddeeff00112233445566778899.wav",
        "00000000-0000-4000-a000-447700900123.wav",
    ],
)
def test_a_date_or_an_id_stays(name: str) -> None:
    assert mask_name(name) == hide(name) == name


def test_it_stays_where_phone_numbers_are_not_masked() -> None:
    assert mask_name("2125550188-call.wav", {"card"}) == "2125550188-call.wav"
