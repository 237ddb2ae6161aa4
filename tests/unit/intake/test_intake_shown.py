"""Customers' numbers are taken out of names, however they are written there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.intake.shown import hide


@pytest.mark.parametrize(
    "name",
    [
        "q-2125550188.wav",
        "q-12125550188-x.wav",
        "+1-212-555-0188.wav",
        "%2B1%20212%20555%200188.wav",
        "q_(212) 555-0188",
    ],
)
@pytest.mark.parametrize("number", ["2125550188", "+1 (212) 555-0188", "0012125550188"[2:]])
def test_a_number_is_hidden_in_any_spelling(name: str, number: str) -> None:
    shown = hide(name, [number])

    assert "0188" not in shown
    assert "[" in shown


def test_what_is_nobodys_number_stays() -> None:
    assert hide("q-600-20260302-091405-1772460843.12.wav", ["600"]) == "q-600-20260302-091405-1772460843.12.wav"
    assert hide("q-92125550188.wav", ["2125550188"]) == "q-92125550188.wav"


def test_names_of_customers_are_hidden_too() -> None:
    assert hide("call_Jane Doe_1.wav", ["jane doe"]) == "call_[customer]_1.wav"


def test_an_address_is_shown_without_what_opens_it() -> None:
    assert hide("https://me:pw@host/a.wav?sig=1#x") == "https://host/a.wav"
    assert hide("s3://[bad/a.wav?sig=1") == "s3://[bad/a.wav"


@given(st.from_regex(r"[1-9][0-9]{9}", fullmatch=True), st.text("abc-_. ", max_size=8), st.text("abc-_ ", max_size=8))
def test_a_bare_number_never_stays(number: str, before: str, after: str) -> None:
    assert number not in hide(f"{before}{number}{after}", [number])
