"""Questions: whether a clause asks, what kind of answer it leaves room for, and whether it asks about what was said."""

from __future__ import annotations

from math import log1p
from typing import Final

from coach.analysis import lexicons
from coach.analysis.calibration import Features, calibration
from coach.analysis.data import account_data
from coach.analysis.view import View


def features(view: View) -> Features:
    """Return what tells a question from a statement."""
    form, clause = view.form, view.clause
    marked = clause.punctuated
    return {
        "mark": float(form.marked),
        "no_mark_though_punctuated": float(marked and not form.marked),
        "inverted": float(form.inverted),
        "inverted_unmarked": float(form.inverted and marked and not form.marked),
        "inverted_later": float(form.inverted_later),
        "question_word": float(bool(form.question_word)),
        "question_word_unmarked": float(bool(form.question_word) and marked and not form.marked),
        "asks_item": float(form.asks_item),
        "wh_later": float(form.wh_later),
        "tag": float(form.tag),
        "full_tag": float(view.has("full_tag")),
        "trailing_or": float(form.trailing_or),
        "begins_or": float("or" in clause.norms[:1] and not form.inverted),
        "asks_later": float(_asks_later(clause.norms)),
        "embedded": float(view.has("embedded")),
        "echoed": float(form.inverted and form.words <= ECHOED),
        "gap": float(bool(_GAPS.intersection(clause.norms[-2:])) and not form.question_word),
        "any_first": float(clause.head[:1] in _ANY),
        "asked_freely": float(view.has("told_freely") and form.person != "i"),
        "takes_data": float(view.has("verifying") and view.has("requesting")),
        "verify_if": float(view.has("verifying") and clause.head[:1] in _CONDITIONS),
        "verify_told": float(view.has("verifying") and form.person in ("it", "i") and not form.inverted),
        "you_bare": float(view.has("you_bare")),
        "you": float(form.person == "you"),
        "you_and_so": float(form.person == "you" and form.so),
        "i": float(form.person == "i"),
        "it": float(form.person == "it"),
        "hold": float(view.has("hold")),
        "offer": float(form.inverted and form.person == "" and clause.head[:2] in _OFFERS),
        "request": float(clause.head[:2] in _REQUESTS),
        "verify": float(view.has("verifying")),
        "invites": float(view.has("inviting")),
        "wonders": float(view.has("wondering")),
        "short": float(form.words <= 2),
        "length": log1p(form.words),
        "tells_you": float(form.person == "you" and not form.inverted and view.has("your_options")),
        "your_story": float(form.person == "you" and view.has("your_story")),
        "if": float(bool(clause.head) and clause.head[0] in ("if", "when", "because", "which", "that", "then")),
        "short_question_word": float(bool(form.question_word) and form.words <= 3),
        "opinion_tag": float(form.tag and form.person == "it" and clause.norms[-1] == "it"),
        "please": float(clause.line.endswith("please")),
        "takes_it": float(view.has("taking_it")),
        "declarative_you_short": float(form.person == "you" and form.words <= 8),
        "shared": min(2.0, view.shared.weight),
        "before_asks": float(view.before.asks),
        "repeat_please": float(view.has("repeat_please")),
    }


ECHOED: Final = 3
"""Words of "oh, do you": a question in form alone."""

_GAPS: Final = frozenset({"what", "who", "where", "how"})
_ANY: Final = frozenset({("any",), ("anything",), ("anybody",), ("anyone",), ("something",)})
_CONDITIONS: Final = frozenset({("if",), ("when",), ("once",), ("because",), ("unless",), ("which",), ("as",)})
_LEADING: Final = frozenset(
    "so and but or okay ok oh then well yeah yes no right um uh sorry mm-hmm sir please again now today there".split()
)
_SPOKEN_TO: Final = frozenset("you i we they he she it there anyone anybody anything".split())
_BEING: Final = frozenset("is are was were am".split())


def _asks_later(norms: tuple[str, ...]) -> bool:
    """Whether words further in turn round to ask; "the number is the …", "which is that …" tell."""
    auxiliaries, subjects = lexicons.words("words", "auxiliaries"), lexicons.words("words", "subjects")
    for before, first, second in zip(norms, norms[1:], norms[2:], strict=False):
        if first not in auxiliaries or second not in subjects or before == "which":
            continue
        if first in _BEING and (second not in _SPOKEN_TO or (first in ("is", "was") and second in ("you", "we"))):
            if before in _LEADING or before in _GAPS:
                return True
            continue
        if before not in subjects or before in ("that", "there", "it"):
            return True
    return False


_OFFERS = frozenset(
    {("can", "i"), ("shall", "i"), ("may", "i"), ("could", "i"), ("would", "you"), ("do", "you"), ("should", "i")}
)
_REQUESTS = frozenset({("can", "you"), ("could", "you"), ("will", "you"), ("would", "you")})


def question(view: View) -> float:
    """Return how surely a clause asks something, 0 to 1."""
    return view.once("question", _question)


def _question(view: View) -> float:
    if not view.clause.norms:
        return 0.0
    confidence = calibration("question").confidence(features(view))
    # "Tell me what happened" and "I'm wondering what it said" ask, whatever stands behind them
    if (view.clause.head[:1] in _TELLING and view.has("told_freely")) or view.has("wondering_what"):
        return max(INVITED, confidence)
    # "if you have your account number, that helps" asks for nothing
    told = view.clause.head[:1] in _CONDITIONS and view.has("verifying") and not view.has("request_form")
    if told and not (view.clause.asks or view.clause.line.endswith("please")):
        return min(UNASKED, confidence)
    return confidence


INVITED: Final = 0.6
"""Confidence that an invitation to tell asks."""

UNASKED: Final = 0.4
"""The most for a condition that names what might have been asked for."""

_TELLING: Final = frozenset({("tell",), ("describe",), ("walk",), ("talk",), ("explain",), ("take",), ("run",)})


def openness(view: View) -> float:
    """Return how surely a question leaves room for more than yes, no or one item, given that it is one."""
    openness = calibration("open_question").confidence(open_features(view))
    if view.form.asks_item:
        return min(openness, 0.3)
    if view.has("told_freely"):
        return max(PLAIN, openness)
    # "Do you …", "have you …" can be answered by yes or no, unless they ask to be told: "can you tell me about …"
    form = view.form
    asks_whether = form.inverted or (form.inverted_later and not form.question_word)
    yes_or_no = asks_whether and not (view.has("inviting") or form.wh_later)
    return min(openness, 0.4) if yes_or_no else openness


def open_features(view: View) -> Features:
    """Return what tells an open question from a closed one."""
    form = view.form
    word = form.question_word
    return {
        "what": float(word == "what"),
        "why": float(word == "why"),
        "how": float(word == "how"),
        "item": float(form.asks_item),
        "inverted": float(form.inverted),
        "inverted_later": float(form.inverted_later),
        "wh_later": float(form.wh_later),
        "invites": float(view.has("inviting")),
        "tag": float(form.tag or form.trailing_or),
        "verify": float(view.has("verifying")),
        "you": float(form.person == "you"),
        "it": float(form.person == "it"),
        "short": float(form.words <= 3),
        "length": log1p(form.words),
        "think_feel": float(view.has("thinking")),
        "shared": min(2.0, view.shared.weight),
        "any": float("any" in view.clause.norms or "anything" in view.clause.norms),
    }


def clarifying_features(view: View) -> Features:
    """Return what tells a question about what was said from a question about something new."""
    form, common = view.form, view.shared
    clause = view.clause
    return {
        "mark": float(form.marked),
        "so": float(form.so),
        "oh": float("oh" in clause.norms[:2]),
        "you_mean": float(view.has("meaning")),
        "declarative": float(not form.inverted and not form.question_word),
        "declarative_marked": float(form.marked and not form.inverted and not form.question_word),
        "inverted": float(form.inverted),
        "question_word": float(bool(form.question_word)),
        "tag": float(form.tag),
        "or": float(" or " in f" {clause.line} "),
        "you": float(form.person == "you"),
        "it": float(form.person == "it"),
        "i": float(form.person == "i"),
        "shared": min(2.0, common.weight),
        "share": common.share,
        "recent": common.recent,
        "pairs": common.pairs,
        "numbers": float(min(2, common.numbers)),
        "restating": float(view.has("restating")),
        "short": float(form.words <= 2),
        "length": log1p(form.words),
        "before_asks": float(view.before.asks),
        "about_that": float(view.has("pointing_back")),
    }


_NAMING: Final = frozenset({("a",), ("an",), ("the",), ("what",), ("which",)})

NAMED: Final = 6
"""Words of a clause that asks for an item by naming it: "and the service address?"."""

_NOTHING_SAID: Final = ("offering", "greeting", "proposing")
"""A choice, a greeting or a proposal asks about nothing that was said."""

LIKELY: Final = 0.5
"""Confidence from which a question is taken to be of a kind that clears nothing up."""

PLAIN: Final = 0.75
"""Confidence of a form that can hardly be anything else: "do you mean …", "was that the 4th or the 14th"."""


def clarifying(view: View) -> float:
    """Return how surely a clause asks about something that was said, to understand it better, 0 to 1."""
    if not view.clause.norms or view.has("hold") or view.has("summarising") or only_fills(view):
        return 0.0
    if account_data(view) and " or " not in view.clause.line:
        return 0.0
    if any(kind(view) >= LIKELY for kind in (verification, closing, check)):
        return 0.0
    if view.has("rhetorical") or (any(view.has(name) for name in _NOTHING_SAID) and not view.has("restating")):
        return 0.0
    confidence = calibration("clarifying_question").confidence(clarifying_features(view))
    if view.has("plain_clarifying"):
        return max(PLAIN, confidence)
    if _asks_whether_so(view):
        return max(0.55, confidence)
    return confidence if _may_ask(view) else min(0.45, confidence)


def _asks_whether_so(view: View) -> bool:
    """Whether what was said is put back to be confirmed: "so the tech came first, is that right?"."""
    form = view.form
    if form.inverted or form.question_word or form.person == "i" or form.words < CONFIRMED:
        return False
    return view.shared.weight >= TELLING and (view.has("full_tag") or (form.tag and form.marked and form.so))


TELLING: Final = 0.6
"""Weight of what has to be in common: one number or one telling word."""

CONFIRMED: Final = 5
"""Words of something that is put back to be confirmed."""


def only_fills(view: View) -> bool:
    """Whether a clause is filler: "okay?", "right?", "you know"."""
    return all(norm in _FILLING for norm in view.clause.head)


_FILLING = frozenset("okay ok right alright yeah you know huh correct good".split())


def _may_ask(view: View) -> bool:
    """Whether a clause could ask at all: by form, or by being led in as a guess ("so it was the …", "you mean …")."""
    form = view.form
    if form.marked or form.tag or form.trailing_or or view.has("meaning") or question(view) >= 0.3:
        return True
    return form.so and not view.clause.punctuated and form.person in ("you", "it")


def verification(view: View) -> float:
    """Return how surely a clause asks for identity or account data, 0 to 1; naming such data asks for nothing."""
    if not view.has("verifying") or view.has("not_verifying"):
        return 0.0
    please = view.clause.line.endswith("please")
    if not (please or _bare(view) or (view.has("requesting") and _asking_form(view))):
        return 0.0
    # "Can I get your account number", "your date of birth please": an item asked for, by form or by name alone
    return min(1.0, 0.25 + 0.75 * max(question(view), 0.9 if please else 0.6))


def _asking_form(view: View) -> bool:
    """Whether a clause is built to ask; "you need your number to …" is not, "I just need your number" is."""
    form = view.form
    if form.marked or form.inverted or form.question_word or form.wh_later:
        return True
    if form.person == "i":
        return not _TAKING.isdisjoint(view.clause.norms)
    return form.person == "" and not view.has("conditional") and question(view) > 0.3


_TAKING: Final = frozenset("need take get grab".split())


def _bare(view: View) -> bool:
    form = view.form
    if len(view.clause.head) > NAMED or form.inverted or "is" in view.clause.norms:
        return False
    nothing_done = lexicons.words("words", "auxiliaries").isdisjoint(view.clause.norms)
    return form.person == "you" or form.marked or (nothing_done and view.clause.head[:1] in _NAMING)


def closing(view: View) -> float:
    """Return how surely a clause offers more help or checks that the need is met, 0 to 1."""
    if not view.has("closing") or view.has("not_closing"):
        return 0.0
    return (
        max(0.5, question(view))
        if view.form.marked or question(view) > 0.4 or view.clause.norms[0] in ("anything", "something", "what")
        else 0.0
    )


def check(view: View) -> float:
    """Return how surely a clause asks whether an explanation was followed; "okay?" alone is filler."""
    if not view.has("check_of_understanding"):
        return 0.0
    return 0.55 + 0.4 * question(view)
