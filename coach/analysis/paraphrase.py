"""Saying it back: what the customer told, in the agent's words (paraphrase) or in their own (echo), and recaps."""

from __future__ import annotations

from typing import Final

from coach.analysis import lexicons, semantic
from coach.analysis.acknowledging import backchannel
from coach.analysis.calibration import calibration
from coach.analysis.data import account_data
from coach.analysis.given_back import ITEM, LONG, features, tells
from coach.analysis.questions import closing, question, verification
from coach.analysis.view import View

UNLIKELY: Final = 0.45
"""Most that can be said of a clause whose form speaks against giving anything back."""


def saying_back(view: View) -> float:
    """Return how surely a clause gives back what the other party said, in whichever words, 0 to 1."""
    return view.once("saying_back", _saying_back)


def by_words(view: View) -> float:
    """Return the same without a sentence model, by words and form alone."""
    return view.once("by_words", _by_words)


def _by_words(view: View) -> float:
    if not view.clause.norms or backchannel(view.clause) > 0:
        return 0.0
    return calibration("paraphrase").confidence(features(view))


def _saying_back(view: View) -> float:
    model = semantic.active()
    if model is None or not view.clause.norms or backchannel(view.clause) > 0:
        return by_words(view)
    return calibration("paraphrase_semantic").confidence({**features(view), **semantic.features(view, model)})


def _tells(view: View) -> bool:
    """Whether a clause tells or asks the other party something, rather than giving back what is theirs."""
    form = view.form
    if view.has("restating") or (form.so and form.marked and form.person == "you"):
        return False
    if (form.question_word or form.inverted) and question(view) >= QUESTION:
        return True
    return tells(view)


QUESTION: Final = 0.7
"""How surely a clause asks, from which its words are a question and not a story given back."""


def verbatim(view: View) -> float:
    """Return the share of a clause's neighbouring and telling words that are the other party's own."""
    common = view.shared
    if common.weight < 0.8 or common.own == 0:
        return 0.0
    return 0.5 * common.share + 0.5 * common.pairs


def _answers(view: View) -> bool:
    """Whether a clause tells or advises something: with little of the customer's in it, or to their bare question."""
    if view.has("restating"):
        return False
    if view.form.person == "it" and view.before.asks and len(view.before.norms) < STORY:
        return not (view.form.marked or view.form.tag or view.form.so)
    return view.shared.share < LITTLE and (view.has("advising") or view.has("answering"))


def _news(view: View) -> bool:
    """Whether a clause takes up nothing that was told, and tells of a day, a time or a thing.

    "They come on Thursday" and, of a plan just offered, "it spreads the cost over the year" are news.
    """
    form = view.form
    if view.shared.weight > 0 or view.has("restating") or form.so or form.tag or form.marked:
        return False
    return form.person == "it" or lexicons.pattern("when").search(view.clause.line) is not None


STORY: Final = 15
"""Words before, from which a question at their end comes with a story: less is a bare question."""

LITTLE: Final = 0.4
"""Share of the customer's telling words below which advice stays advice."""

ECHO: Final = 0.72
"""Share of the customer's own words from which saying back is an echo and no longer a paraphrase."""


def reflects(view: View) -> dict[str, float]:
    """Return the confidences of ``paraphrase`` and ``echo`` for an agent's clause."""
    if view.has("options") and not view.has("restating") and view.form.person != "you":
        return {}
    telling = [token for token in view.clause.tokens if token.weight > 0]
    if view.form.words <= ITEM and (view.has("verifying") or all(token.number for token in telling)):
        return {}  # "half past five", "your home number": taken down
    if account_data(view) or closing(view) >= 0.5 or (verification(view) >= 0.5 and view.form.words < 12):
        return {}
    confidence = saying_back(view)
    if _answers(view) or _tells(view) or _news(view):
        confidence = min(confidence, UNLIKELY)
    own = verbatim(view)
    if own >= ECHO and view.form.words <= 12 and not view.has("restating"):
        return {"echo": max(confidence, min(0.9, own))} if question(view) < 0.8 or view.form.words <= 6 else {}
    return {"paraphrase": confidence}


def recap(view: View, *, place: float) -> float:
    """Return how surely a clause sums up what was agreed and what comes next.

    Args:
        view: The clause.
        place: Where in the call it is, 0 to 1.
    """
    if place < 0.5 or question(view) > 0.7:
        return 0.0
    marked = view.has("summarising") or view.has("summing_up", "giving_back")
    agreed = view.has("agreed")
    if not marked:
        return DATED if _dates(view) else 0.0
    return min(0.95, 0.55 + 0.2 * agreed + 0.3 * max(0.0, place - 0.5) + 0.1 * (view.form.words >= 8))


DATED: Final = 0.6
"""Confidence of a recap that does not call itself one: "so that's eighty today and sixty on the fifteenth"."""


def _dates(view: View) -> bool:
    """Whether a clause led in by "so" or "that's" goes over two or more things done, agreed or dated."""
    if not (view.form.so or view.clause.head[:1] == ("that's",)) or view.form.words < LONG or view.clause.asks:
        return False
    if view.has("your_story"):
        return False  # "so since June you've gone from week to week": what was told, not what was agreed
    told = len(lexicons.pattern("when").findall(view.clause.line))
    settled = len(lexicons.pattern("settled", "giving_back").findall(view.clause.line))
    return told > 1 or settled > 1 or (told + settled > 1 and not view.has("verdict"))
