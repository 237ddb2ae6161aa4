"""What tells a restatement from an answer, a question or advice: readable features of a clause and of what came before.

Three groups: how much of the other party's words the clause takes up, how it is built, and what the other party was
doing (telling, asking for something, asking about something). None of them is tied to a word of any data: words come
in through the lists in ``models/lexicons`` and through what the two parties have in common.
"""

from __future__ import annotations

from itertools import pairwise
from math import log1p
from typing import Final

from coach.analysis import lexicons
from coach.analysis.calibration import Features
from coach.analysis.text import concept
from coach.analysis.view import View

_YOU: Final = frozenset("you you're you've you'd you'll your yours yourself".split())
_THIRD: Final = frozenset("he she they he's she's they're him her them his their".split())
_PAST: Final = frozenset("was were had did didn't wasn't weren't you'd hadn't been".split())
_MODAL: Final = frozenset("can could should would might may must need".split())
_SUBJECTS: Final = frozenset("i you he she it we they that this there who what".split())
_NEGATED: Final = frozenset("not no never nothing nobody".split())
_SEEMING: Final = frozenset({(verb, "like") for verb in ("sounds", "seems", "looks", "feels", "feel")})
_SHORTEST_PAST: Final = 5
"""Letters from which a word in "-ed" is taken for the past: "asked", not "red"."""


def features(view: View) -> Features:
    """Return everything that the model of giving back looks at, by name."""
    return {**_overlap(view), **_form(view), **_lists(view), **view.before.doing, "distress": view.distress}


def _overlap(view: View) -> dict[str, float]:
    """Return how much of the clause is the other party's, persons turned round."""
    clause, before, common, form = view.clause, view.before, view.shared, view.form
    stems = tuple(concept(norm)[0] for norm in clause.norms)
    count = max(1, len(stems))
    pairs = tuple(pairwise(stems))
    met = sum(pair in before.turned_pairs for pair in pairs)
    asks = bool(form.question_word) or form.inverted
    return {
        "shared": log1p(common.weight),
        "share": common.share,
        "recent": common.recent,
        "pairs": common.pairs,
        "numbers": float(min(2, common.numbers)),
        "new": log1p(common.own - common.weight),
        "cover": min(1.0, common.cover * 2),
        "nothing_shared": float(common.weight == 0),
        "whole": float(common.share >= 0.99 and common.pairs >= 0.5 and form.words <= 6),
        "turned_pairs": met / max(1, len(pairs)),
        "turned_pairs_met": float(min(8, met)),
        "last_words": sum(s in before.turned_last and len(s) > 2 for s in stems) / count,
        "late_words": sum(s in before.turned_late for s in stems) / count,
        "share_you": float(form.person == "you") * common.share,
        "share_marker": float(view.has("restating")) * common.share,
        "share_i": float(form.person == "i") * common.share,
        "share_asks": float(asks) * common.share,
        "share_story": float(view.has("your_story")) * common.share,
    }


def _form(view: View) -> dict[str, float]:
    """Return how the clause is built: whom it is about, whether it asks, orders, or looks back."""
    norms, form, head = view.clause.norms, view.form, view.clause.head
    pairs = tuple(pairwise(norms))
    first, opening = head[:1], norms[: len(norms) - len(head) + 1]
    person = form.person
    return {
        "you": float(person == "you"),
        "it": float(person == "it"),
        "i": float(person == "i"),
        "about_you": form.about_you,
        "about_me": form.about_me,
        "you_are": float(any(n in ("you're", "you've", "you'd") for n in norms) or any(p in _YOU_ARE for p in pairs)),
        "you_know": float(any(p in (("you", "know"), ("you", "see")) for p in pairs)),
        "you_late": _place_of_you(norms),
        "it_tag": float(person == "it" and form.tag),
        "you_tag": float(person == "you" and form.tag),
        "tag": float(form.tag),
        "so": float(form.so),
        "so_you": float(form.so and person == "you"),
        "seems": float(any(p in _SEEMING for p in pairs)),
        "because": float(any(n in ("because", "cause", "means", "reason") for n in norms)),
        "if": float("if" in norms),
        "oh": float("oh" in norms[:2]),
        "okay": float("okay" in opening or "ok" in opening),
        "and_but": float(norms[:1] in (("and",), ("but",), ("because",), ("cause",))),
        "but_inside": float("but" in norms[1:]),
        "opening": float(len(norms) - len(head)),
        "the_our": float(any(n in ("we", "we're", "we'll", "our", "us") for n in norms)),
        "third": float(any(n in _THIRD for n in norms)),
        "please": float("please" in norms),
        "inverted": float(form.inverted),
        "question_word": float(bool(form.question_word) or form.wh_later),
        "asking_head": float(bool(first) and first[0] in lexicons.words("words", "question_words")),
        "mark": float(form.marked),
        "ordering": float(bool(first) and first[0] in lexicons.words("giving_back", "ordering")),
        "future": float("will" in norms or any(n.endswith("'ll") for n in norms)),
        "past": float(any(n in _PAST or (n.endswith("ed") and len(n) >= _SHORTEST_PAST) for n in norms)),
        "modal": float(any(n in _MODAL for n in norms)),
        "no_subject": float(not any(n.split("'")[0] in _SUBJECTS for n in norms)),
        "no_verb": float(not any(n in lexicons.words("words", "auxiliaries") or "'" in n for n in norms)),
        "negated_alike": float(negated(norms) and negated(view.before.norms[-25:])),
        "short": float(form.words <= 2),
        "few": float(form.words in (3, 4, 5)),
        "length": log1p(form.words),
    }


_YOU_ARE: Final = frozenset(("you", verb) for verb in ("are", "were", "have", "had"))


def _place_of_you(norms: tuple[str, ...]) -> float:
    """Return how far into the clause the second person first comes, 1 when it does not; "you know" is none."""
    for index, norm in enumerate(norms):
        if norm in _YOU and norms[index + 1 : index + 2] not in (("know",), ("see",)):
            return index / len(norms)
    return 1.0


def _lists(view: View) -> dict[str, float]:
    """Return which of our lists of phrases and words the clause has something of."""
    has, form = view.has, view.form
    formula = has("greeting") or has("thanking") or has("hold") or has("closing")
    bad = view.count("bad")
    return {
        "marker": float(has("restating")),
        "you_state": float(has("your_story")),
        "you_can": float(has("your_options")),
        "telling": float(has("telling")),
        "tells": float(tells(view)),
        "verifying": float(has("verifying")),
        "understanding": float(has("understanding")),
        "encouraging": float(has("encouraging")),
        "reassuring": float(has("reassuring")),
        "advice": float(has("advising")),
        "acting": float(has("acting")),
        "formula": float(formula),
        "feeling": float(min(2, bad + view.count("good"))),
        "feeling_you": float(bad > 0 and form.about_you > 0),
    }


def negated(norms: tuple[str, ...]) -> bool:
    """Whether words deny something."""
    return any(norm in _NEGATED or norm.endswith("n't") for norm in norms)


def tells(view: View) -> bool:
    """Whether a clause by its form tells the other party something, rather than giving back what is theirs."""
    form = view.form
    if view.has("restating") or (form.so and form.marked and form.person == "you"):
        return False
    if _tells_first(view) or (view.has("verifying") and form.words <= ITEM):
        return True
    if "you" in view.clause.norms and view.has("cannot"):
        theirs = lexicons.pattern("cannot").search(view.before.line) is not None
        return not (theirs and view.shared.share >= ALIKE)
    guesses = form.marked or form.tag or form.so
    return view.has("pointing_out") and not guesses and (view.has("verdict") or view.shared.share < MOSTLY)


def _tells_first(view: View) -> bool:
    """Whether a clause tells something new from the start; without punctuation what follows may be another clause."""
    found = lexicons.pattern("telling").search(view.clause.line)
    if found is None:
        return False
    return view.clause.punctuated or view.form.words <= LONG or 2 * found.start() < len(view.clause.line)


LONG: Final = 10
"""Words of a clause without punctuation that is likely to be more than one."""

ITEM: Final = 6
"""Words of a clause that only names what is asked for: "your home number"."""

ALIKE: Final = 0.3
"""Share of the customer's telling words from which "you can't …" can be what they said they cannot do."""

MOSTLY: Final = 0.85
"""Share of the customer's telling words from which "it is …" gives their own matter back."""
