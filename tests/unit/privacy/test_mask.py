"""What is masked, and what must stay, by hand-written lines."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from coach.conversation import Interval, Segment, Transcript, Word
from coach.privacy.mask import mask

_spec = importlib.util.spec_from_file_location("spoken", Path(__file__).with_name("spoken.py"))
assert _spec is not None
assert _spec.loader is not None
spoken = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(spoken)
said = spoken.said


def lines_of(*lines: str) -> list[str]:
    return [segment.text for segment in mask(said(*lines)).transcript.segments]


CARDS = [
    ["c: four one one one one one one one one one one one one one one one"],
    ["c: forty-one eleven forty-one eleven eleven eleven oh nine twenty two"],
    ["c: four one double one, double one double one, quadruple one, four ones"],
    ["c: four triple one oh oh triple oh one two three four five six seven"],
    ["c: it's 4111, 1111. uh 1111 1111"],
    ["c: 4-1-1-1 1-1-1-1 1-1-1-1-1-1-1-1"],
    ["c: 4111-1111-1111-1111"],
    ["c: 4111111111111111"],
    ["c: sure it's visa4111111111111111"],
    ["c: 4,111,111,111,111,111"],
    ["c: $4111 1111 1111 1111"],
    ["c: 3782 822463 10005"],
    ["c: forty one hundred, eleven hundred, eleven hundred, eleven hundred"],
    ["c: ４１１１ 1111 1111 1111"],
    ["a: the card number please", "c: 4111 1111 {6} 11"],
    ["a: sixteen digits on the front", "c: four one one one one"],
    ["c: 4111 1111", "a: okay", "c: uh 1111", "a: mhm", "c: 1111"],
    ["c: four one one two sorry four one one one one one one one one one one one one one one one"],
    ["a: card number?", "c: four one one one", "a: four one one one", "c: one one one one", "a: one one one one"],
    ["c: 4111", "a: 4111", "c: 2222", "a: 2222", "c: 3333", "a: 3333", "c: 4444", "a: 4444"],
    ["c: 4111 2222 3333 4445", "a: 4111 2222 3333 4445 is that right"],
    ["a: card number", "c: 4111 2222 3333 4445", "c: so again that was 4111 2222"],
    ["a: the visa", "c: four one", "a: uh huh", "c: one one", "a: yes", "c: two two two two"],
]


@pytest.mark.parametrize("lines", CARDS, ids=lambda lines: lines[-1][:40])
def test_no_four_digits_of_a_card_are_left(lines: list[str]) -> None:
    masked = mask(said(*lines))

    left = [w for w in spoken.words_of(masked.transcript) if spoken.digits_in(w)]

    assert masked.counts["card"] == 1
    assert not [w for w in left if w != "sixteen"]


OTHERS = [
    (["a: and the three digits on the back", "c: one two three", "a: one two three thank you"], "cvv"),
    (["a: security code?", "c: uh it is 4 5 6"], "cvv"),
    (["c: nine nine one that's the security code"], "cvv"),
    (["a: what's the cvv", "c: let me turn it over {6} it says 123"], "cvv"),
    (["c: the c v v is triple four"], "cvv"),
    (["a: expiration date", "c: oh nine twenty six"], "expiry"),
    (["a: expiration date", "c: September 2026"], "expiry"),
    (["a: expiration", "c: 09/26"], "expiry"),
    (["a: last four of your social", "c: six seven eight nine"], "ssn"),
    (["c: my social is 123 45 6789"], "ssn"),
    (["c: it is 123-45-6789"], "ssn"),
    (["c: one two three, four five, six seven eight nine"], "ssn"),
    (["a: your social security number", "c: one two three forty five sixty seven eighty nine"], "ssn"),
    (["a: and the routing number", "c: 021 000 021"], "routing"),
    (["a: your checking account number", "c: 0001 2345 67"], "bank"),
    (["a: and your pin", "c: four four one two"], "pin"),
    (["a: what's the pin on the account", "c: four four one two"], "pin"),
    (["a: security code", "c: three hundred and forty two"], "cvv"),
    (["a: three digits on the back there please", "c: it says double eight one"], "cvv"),
    (["a: last four of your social", "c: six to too", "a: six two two"], "ssn"),
    (["a: can i have the routing and account number for your bank", "c: 021 000 021"], "bank"),
    (["a: sort code please", "c: twenty forty-one sixty-six"], "routing"),
    (["c: my cell is 312 555 0187"], "phone"),
    (["a: a good callback number", "c: three one two", "a: okay", "c: five five five oh one eight seven"], "phone"),
    (["c: it's 312-555-0187"], "phone"),
    (["c: (312) 555-0187"], "phone"),
    (["c: oh seven seven double oh nine one one two three four"], "phone"),
    (["a: and when does that expire", "c: twelve twenty-eight"], "expiry"),
    (["c: my birthday is 6/3/51"], "birth"),
    (["a: your date of birth", "c: oh seven twenty-two sixty-nine"], "birth"),
    (["a: what's the address", "c: 1425 45th street"], "address"),
]


@pytest.mark.parametrize(("lines", "kind"), OTHERS, ids=lambda value: str(value)[:50])
def test_a_number_after_its_cue_is_masked_as_what_it_is(lines: list[str], kind: str) -> None:
    masked = mask(said(*lines))

    assert masked.counts == {kind: 1}
    assert not [w.text for w in masked.transcript.of("c") if spoken.digits_in(w.text)]


STAYS = """
c: my bill is two hundred forty three dollars and fifty cents
c: it was one twenty last month
c: it went from $120.55 to $243.50
c: you charged me $4,111 for one month
c: the meter reading on june 14 was 40213 and this month it is 41933
a: the reading is four oh two one three
a: the reading was 40213 then 41933 then 42001 then 43377
a: your invoice number is 4 0 0 0 1 2 3 4 5 6 7 8 9 0 1
a: the confirmation number is 8812 3345 9912 0041
a: your confirmation is 8 8 1 2 3 3 4 5 9 9 1 2 0 0 4 1
a: reference number 20261122143007
c: zero one two three four five six seven eight nine is my account number
c: my account number is zero one two three four five six seven eight nine
c: account 0012 3345 9912 004
a: press one for billing two for outages three for new service
c: i moved here in 2019 and never had this
c: we have lived here since nineteen eighty four
a: the due date is 06/14/2024
a: the billing period is 05/13/2024 to 06/14/2024
a: service from may 13 2024 to june 14 2024
a: that is 1,200 kilowatt hours at 11.5 cents
c: i used 943 kilowatt hours in 31 days
a: your appointment is between 8 and 12
a: it is at 10:30 am
a: the technician comes at ten thirty a m
c: my zip code is 60614
c: one moment let me check one more thing
c: the other one is in my husband's name
c: there are four of us in the house two kids and two adults
a: you have three options
c: i called three times in two weeks and waited forty five minutes
a: the late fee is 15 dollars and the deposit is 150 dollars
a: 12 payments of 85 dollars
a: it is 30 percent less
c: the serial number is 4402 1187 3390 2214 8
a: work order 77120034
a: your ticket number is 4 4 1 2 0 0 9 1
c: the thermostat was at 72 degrees
a: eighteen hundred square feet
c: i paid one hundred and ten on the fifth and eighty on the nineteenth
a: page 2 line 14
a: we can do two twenty five a month for four months
c: the check number was 1042
c: social services told me to call
a: the social worker called 3 times 2024
a: our promo code is 4412
c: the code enforcement came by in 2021
a: the arrangement expires on june 14
a: it is 24 hours 7 days a week
a: i pinned 3 notes
c: i got a card in the mail with 40 dollars off
a: the card is in the mail it takes 7 to 10 days
c: i want to pay 243.50 with my card
c: i would like to pay two forty three with my visa
a: 120 dollars on the card today and 120 dollars on june 14
a: the transformer on pole 44120 was hit
c: the last four bills were 120 131 128 and 243 dollars
a: your usage was 31 32 29 35 last winter
a: total is 1 1 0 dollars
a: one two three testing
a: channel 5 at 6
a: it is rule 14 of tariff 22
c: i turned 65 and my wife is 63
a: i see the card ending in 4242 on file
c: use the visa that ends in one nine eight four
a: you can reach us at 1 800 555 0123
a: our number is three one two five five five oh one nine nine
a: you can pay at our office on 400 main street
a: the drop box is at 1501 industrial parkway
c: it happens on the street where we live
c: i drive down that road three times a day
c: it took 45 minutes to drive over
a: you can log in and pay at riverside power dot com
c: i was born and raised here
a: reset your password on the website
c: the password page says expired
a: the sixty days run from june fourth to july third
c: i have to pin this down
c: the email never came
a: the arrangement expires on june 14
c: i am at home every day from nine to five
a: your bill for october was 318 september was 122 august 140 and july 210
c: it was 1240 in june 1120 in july 1340 in august and 1280 in september
a: i can call you at six twenty five or six thirty five
c: they looked at me like i was crazy
c: i think it is a may birthday
c: i have a social event on the 202
""".strip().splitlines()


@pytest.mark.parametrize("line", STAYS)
def test_what_coaching_needs_stays(line: str) -> None:
    masked = mask(said(line))

    assert not masked.spans
    assert [masked.transcript] == [said(line)]


WORDS = [
    (["c: j dot smith at gmail dot com please"], ["[email] please"]),
    (["c: it's mary underscore jones seventy two at yahoo dot com"], ["it's [email]"]),
    (["c: send it to bob.lee@example.com thanks"], ["send it to [email] thanks"]),
    (
        ["a: your email", "c: k a r e n", "a: okay", "c: at outlook dot com"],
        ["your email", "[email]", "okay", "[email]"],
    ),
    (["c: we live at 1425 elm street apartment 302"], ["we live at [address]"]),
    (["c: it's fourteen twenty five elm street please"], ["it's [address] please"]),
    (["a: the address", "c: 18 rosewood close london SW1A 1AA"], ["the address", "[address]"]),
    (["c: i was born on august fourteenth nineteen eighty five"], ["i was born on [birth]"]),
    (["a: the password", "c: it's b l u e bird seven"], ["the password", "it's [password]"]),
    (["c: the password is bluebird seven"], ["the password is [password]"]),
    (["a: what's your mother's maiden name", "c: kowalski"], ["what's your mother's maiden name", "[password]"]),
    (
        ["a: what's the password", "c: rosebud", "a: rosebud thank you"],
        ["what's the password", "[password]", "[password] thank you"],
    ),
    (["a: the password please", "c: i don't remember it"], ["the password please", "i don't remember it"]),
]


@pytest.mark.parametrize(("lines", "masked"), WORDS, ids=lambda value: value[-1][:40])
def test_what_is_said_in_words_is_masked_and_no_word_around_it(lines: list[str], masked: list[str]) -> None:
    assert lines_of(*lines) == masked


def test_the_last_four_of_a_card_go_where_the_rest_was_said() -> None:
    assert lines_of("c: 4111 2222 3333 4242", "a: so that's the card ending in 4242") == [
        "[card]",
        "so that's the card ending in [card]",
    ]


def test_a_number_asked_for_with_the_banks_is_the_banks() -> None:
    assert mask(
        said("a: your routing number", "c: 021000021", "a: and the account number", "c: 4410299318")
    ).counts == {
        "bank": 1,
        "routing": 1,
    }


def test_pieces_with_talk_between_are_one_card_where_its_check_digit_fits() -> None:
    assert lines_of("c: 41111111 {9} oh dear my hands are shaking so badly this morning 11111111") == [
        "[card] oh dear my hands are shaking so badly this morning [card]"
    ]


NAMES = [
    (["c: my name is Karen Walsh"], ["my name is [name]"]),
    (["a: Can I have your name?", "c: it's karen walsh"], ["Can I have your name?", "it's [name]"]),
    (
        ["c: hi this is Karen Walsh calling", "a: Hi Karen, how are you"],
        ["hi this is [name] calling", "Hi [name], how are you"],
    ),
    (["a: I see Mr. Harris, let me look"], ["I see Mr. [name], let me look"]),
    (["c: i'm sorry this is ridiculous"], ["i'm sorry this is ridiculous"]),
    (["c: my name is Bill and my bill is high"], ["my name is [name] and my bill is high"]),
]


@pytest.mark.parametrize(("lines", "masked"), NAMES, ids=lambda value: value[-1][:40])
def test_names_are_masked_where_they_are_asked_for(lines: list[str], masked: list[str]) -> None:
    assert [segment.text for segment in mask(said(*lines), {"name"}).transcript.segments] == masked
    assert not mask(said(*lines)).spans


def test_a_number_is_one_token_with_the_times_of_its_ends() -> None:
    call = said("c: it's 4111, 1111. uh 1111 1111. okay?")

    masked = mask(call)

    assert masked.transcript.segments[0].text == "it's [card]. okay?"
    token, heard = masked.transcript.segments[0].words[1], call.segments[0].words
    assert (token.start, token.end) == (heard[1].start, heard[5].end)
    assert token.masked
    assert [span.interval for span in masked.spans] == [token.interval]


def test_what_was_said_between_two_pieces_stays() -> None:
    assert lines_of("a: card number", "c: 4111 1111 {4} hold on let me get my glasses 1111 1111")[1] == (
        "[card] hold on let me get my glasses [card]"
    )


def test_a_nearer_cue_names_a_long_number_unless_its_check_digit_fits() -> None:
    assert lines_of("a: the confirmation number is 4111 1111 1111 1112") == [
        "the confirmation number is 4111 1111 1111 1112"
    ]
    assert lines_of("a: the confirmation number is 4111 1111 1111 1111") == ["the confirmation number is [card]"]


def test_a_cue_names_one_number_and_not_the_next() -> None:
    assert lines_of("c: my account number is 0123456789 and i will pay with 4111 1111 1111 1112") == [
        "my account number is 0123456789 and i will pay with [card]"
    ]


def test_payment_in_one_breath_is_told_apart() -> None:
    assert lines_of("c: 4111 1111 1111 1111 expires oh nine twenty six security code 123 zip code 60614") == [
        "[card] expires [expiry] security code [cvv] zip code 60614"
    ]


def test_kinds_are_turned_on_and_off() -> None:
    line = "c: my account number is zero one two three four five"

    assert mask(said(line)).counts == {}
    assert mask(said(line), {"account"}).counts == {"account": 1}
    assert mask(said("c: 4111111111111111"), {"ssn"}).counts == {}
    with pytest.raises(ValueError, match="expected kinds among card"):
        mask(said(line), {"cards"})


def test_a_span_says_where_and_how_sure_and_never_what() -> None:
    words = tuple(Word(w, k, k + 1, c, interpolated=True) for k, (w, c) in enumerate([("4111", 0.9), ("11111", 0.2)]))
    call = Transcript((Segment("c", Interval(0, 9), (*words, Word("2222222", 2, 3, None, interpolated=True))),), "made")

    (span,) = mask(call).spans

    assert (span.kind, span.interval, span.speaker) == ("card", Interval(0, 3), "c")
    assert (span.interpolated, span.confidence, span.segment) == (True, 0.2, Interval(0, 9))
    assert "1111" not in repr(span)


def test_an_empty_transcript_is_left_as_it_is() -> None:
    empty = Transcript((Segment("c", Interval(0, 1), ()),), "made")

    assert mask(empty).transcript == empty
    assert mask(Transcript((), "made")).counts == {}


def test_a_payment_with_read_backs_is_masked_throughout_and_the_talk_around_it_stays() -> None:
    assert lines_of(
        "a: go ahead with the card number",
        "c: okay so it's four five three two",
        "a: four five three two",
        "c: one four eight eight",
        "a: one four eight eight",
        "c: oh three three four",
        "a: oh three three four",
        "c: six four six seven",
        "a: six four six seven and the expiration",
        "c: oh three twenty eight",
        "a: three twenty eight and the security code",
        "c: seven one nine",
        "a: great so that's four five three two one four eight eight exp oh three twenty eight",
        "a: use that one for the 243 dollars and 18 cents",
    ) == [
        "go ahead with the card number",
        "okay so it's [card]",
        *["[card]"] * 6,
        "[card] and the expiration",
        "[expiry]",
        "[expiry] and the security code",
        "[cvv]",
        "great so that's [card] exp [expiry]",
        "use that one for the 243 dollars and 18 cents",
    ]


def test_labels_stuck_to_their_numbers_are_cues_too() -> None:
    assert lines_of("a: cc:4111222233334444 exp:09/26 cvv:123") == ["[card] [expiry] [cvv]"]
    assert lines_of("c: the number's 4111 2222 3333 4444 security code's 123") == [
        "the number's [card] security code's [cvv]"
    ]


def test_what_is_left_of_a_misheard_card_goes_where_its_expiry_is_asked_for_next() -> None:
    assert lines_of(
        "a: whenever you are ready", "c: five sorry the eight four oh one", "a: and the expiry", "c: 3/27"
    ) == [
        "whenever you are ready",
        "[card] sorry the [card]",
        "and the expiry",
        "[expiry]",
    ]


def test_bills_that_both_parties_name_are_not_one_card() -> None:
    call = said("a: june was 243 july 318 august 402", "c: but last year june was 180 and july 195 and august 210")

    assert mask(call).transcript == call


def test_readings_of_both_parties_are_not_one_card() -> None:
    call = said("a: your reading was 4 4 1 2 0 and this month 4 5 9 3 1", "c: mine says 4 4 9 9 0")

    assert mask(call).transcript == call


def test_the_sixteen_before_more_digits_is_part_of_a_number() -> None:
    call = said(
        "a: and your social security number please", "c: it's thirty two six the", "a: uh huh", "c: sixteen ninety four"
    )

    assert [word.text for word in mask(call).transcript.segments[-1].words] == ["[ssn]"]
