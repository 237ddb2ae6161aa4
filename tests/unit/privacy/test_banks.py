"""Bank numbers that prove themselves."""

from __future__ import annotations

import random

import pytest

from coach.privacy.banks import aba, iban
from coach.privacy.mask import mask, mask_text
from tests.unit.privacy.spoken import said, texts


@pytest.mark.parametrize("number", ["021000021", "011401533", "121000248", "322271627", "091000019"])
def test_routing_numbers_that_are_in_use_fit(number: str) -> None:
    assert aba(number)
    assert not any(aba(number[:8] + digit) for digit in "0123456789" if digit != number[8])


@pytest.mark.parametrize(
    "number",
    [
        "GB29NWBK60161331926819",
        "DE89370400440532013000",
        "FR1420041010050500013M02606",
        "NL91ABNA0417164300",
        "NO9386011117947",
    ],
)
def test_ibans_fit_and_wrong_ones_do_not(number: str) -> None:
    assert iban(number)
    assert iban(number.lower())
    assert not iban(number[:-1])
    for k in range(2, len(number)):
        if number[k].isdigit():
            assert not iban(number[:k] + str((int(number[k]) + 1) % 10) + number[k + 1 :])


IBANS = [
    "c: it's GB29 NWBK 6016 1331 9268 19 okay",
    "c: GB29NWBK60161331926819 okay",
    "c: g b two nine n w b k six oh one six one double three one nine two six eight one nine okay",
    "c: well D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0 okay",
]


@pytest.mark.parametrize("line", IBANS)
def test_an_iban_that_nothing_names_is_masked_whole(line: str) -> None:
    [left] = texts(mask(said(line)).transcript)

    assert left.split()[-2:] == ["[bank]", "okay"]
    assert not any(c.isdigit() for c in left)


def test_what_only_looks_like_an_iban_stays() -> None:
    line = "c: order GB30 NWBK 60 is late"

    assert texts(mask(said(line)).transcript) == [line[3:]]


def test_a_routing_number_goes_where_a_bank_is_spoken_of() -> None:
    call = said(
        "a: is that a checking or savings account",
        "c: checking",
        "a: okay",
        "c: zero two one zero zero zero zero two one",
    )

    assert mask(call).counts == {"routing": 1} or mask(call).counts == {"bank": 1}


@pytest.mark.parametrize("number", ["zero two one zero zero zero zero two one", "021000021"])
def test_the_same_digits_stay_where_nobody_speaks_of_a_bank(number: str) -> None:
    assert mask(said("c: the meter says " + number)).counts == {}


def test_in_names_of_files() -> None:
    assert mask_text("pay GB29NWBK60161331926819.wav") == "pay [bank].wav"
    assert mask_text("pay-GB29-NWBK-6016-1331-9268-19.wav") == "pay-[bank].wav"
    assert mask_text("gb29nwbk60161331926.wav") == "gb29nwbk60161331926.wav"
    assert mask_text("pay GB29NWBK60161331926819.wav", {"email"}) == "pay GB29NWBK60161331926819.wav"


def test_chance_finds_none() -> None:
    rng = random.Random(1)
    made = ["GB" + "".join(rng.choice("0123456789") for _ in range(20)) for _ in range(2000)]

    assert sum(map(iban, made)) < 60  # one in 97
