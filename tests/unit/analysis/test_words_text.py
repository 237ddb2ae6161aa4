import pytest

from coach.analysis import clauses, lexicons, text
from coach.analysis.before import Before, mirrored, shared
from coach.analysis.clauses import Clause
from coach.analysis.view import View


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("one eighty five", "#185"),
        ("$185", "#185"),
        ("a hundred and eighty five", "#185"),
        ("two forty", "#240"),
        ("the fourteenth", "#14"),
        ("14th", "#14"),
        ("six forty five", "#45"),
        ("6:45", "#45"),
        ("1,200 dollars", "#1200"),
        ("twelve hundred", "#1200"),
    ],
)
def test_numbers_are_the_same_in_words_and_digits(said: str, number: str) -> None:
    assert number in text.concepts(text.tokens(said))


@pytest.mark.parametrize(
    ("left", "right"), [("invoice", "bills"), ("paid", "payment"), ("doubled", "went-up"), ("broke", "faulty")]
)
def test_synonyms_and_forms_meet(left: str, right: str) -> None:
    assert text.concept(left)[0] == text.concept(right)[0]


def test_every_synonym_stands_for_one_thing() -> None:

    members = [word for group in lexicons.load("synonyms")["groups"].values() for word in group.split()]

    doubles = {word for word in members if members.count(word) > 1}
    assert doubles == set()


def test_masked_words_are_kept_and_notes_are_not() -> None:
    assert [token.norm for token in text.tokens("it is [card] [laughs] okay")] == ["it", "is", "[card]", "okay"]


def test_a_turn_is_cut_at_its_sentences_and_at_new_beginnings() -> None:
    said = text.tokens("I'm sorry about that, let me pull up your bill. What's your name?")

    pieces = [" ".join(t.norm for t in piece) for piece in clauses.split(said)]

    assert pieces == ["i'm sorry about that", "let me pull up your bill", "what's your name"]


def test_a_turn_without_punctuation_is_cut_by_form() -> None:
    said = text.tokens("i'm sorry about that let me pull up your bill what's your name")

    assert len(clauses.split(said)) == 3


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("Mr. Reed, thank you for waiting. Go on.", ["mr reed thank you for waiting", "go on"]),
        ("Is 5 p.m. good? Or 9 a.m.", ["is 5 p.m good", "or 9 a.m"]),
        ("It opens at 8 a.m. You may walk in.", ["it opens at 8 a.m", "you may walk in"]),
        ("A P. O. Box is fine.", ["a p o box is fine"]),
        ("When you say low, was it always so?", ["when you say low was it always so"]),
        ("If you send me the form today, we can look at it.", ["if you send me the form today we can look at it"]),
        ("Jane, what is your last name so I can look it up?", ["jane what is your last name so i can look it up"]),
        ("hello this is kim how can i help you", ["hello this is kim", "how can i help you"]),
        ("which town were you born in", ["which town were you born in"]),
        ("what time would you like it", ["what time would you like it"]),
        (
            "thanks for holding when you say sparks do you see them",
            ["thanks for holding", "when you say sparks do you see them"],
        ),
        ("oh dear right what you need is the form", ["oh dear", "right what you need is the form"]),
        ("I I-I've been, you know, very tired.", ["i i've been you know very tired"]),
        ("You get a letter that says so. Is that fine?", ["you get a letter that says so", "is that fine"]),
    ],
)
def test_what_belongs_together_is_not_cut(said: str, whole: list[str]) -> None:
    pieces = [" ".join(text.plain(piece)).replace("#", "") for piece in clauses.split(text.tokens(said))]

    assert pieces == whole


def test_clauses_put_together_are_the_turn() -> None:
    said = text.tokens("So what you are telling me is that, um, it doubled and do you know why because I don't")

    assert tuple(token for piece in clauses.split(said) for token in piece) == said


def test_persons_are_turned_round() -> None:
    assert mirrored(("i", "paid", "my", "bill")) == ("you", "paid", "your", "bill")


def test_what_is_shared_is_weighed_and_numbers_count() -> None:
    clause = Clause.of(text.tokens("so your invoice went to 185"), punctuated=False)

    common = shared(clause, Before.of("my bill is one eighty five this month"))

    assert common.numbers == 1
    assert {"=bill", "#185"} <= set(common.words)


def test_nothing_is_shared_with_nothing() -> None:
    view = View(Clause.of(text.tokens("so your bill doubled"), punctuated=False), Before.of(""))

    assert (view.shared.weight, view.shared.share, view.shared.cover, view.distress) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ("So the technician came first, is that right?", 1),
        ("so the technician came first is that right", 1),
        ("You paid it at the store on Friday, didn't you?", 1),
        ("You paid it at the store on Friday, did you get a slip?", 2),
        ("The meter was read on Monday, is it in the hall?", 2),
    ],
)
def test_a_tag_at_the_end_belongs_to_what_it_asks_about(said: str, pieces: int) -> None:
    assert len(clauses.split(text.tokens(said))) == pieces
