"""Saying it back: what the customer told, in the agent's words (paraphrase) or in their own (echo), and recaps."""

from __future__ import annotations

from math import log1p
from typing import Final

from coach.analysis import lexicons
from coach.analysis.acknowledging import backchannel
from coach.analysis.calibration import Features, calibration
from coach.analysis.data import account_data
from coach.analysis.questions import closing, question, verification
from coach.analysis.view import View


def features(view: View) -> Features:
    """Return what tells a restatement from an answer, a question or advice."""
    form, common, clause, before = view.form, view.shared, view.clause, view.before
    story = min(1.0, len(before.norms) / 30)
    new = common.own - common.weight
    return {
        "shared": log1p(common.weight),
        "share": common.share,
        "recent": common.recent,
        "pairs": common.pairs,
        "numbers": float(min(2, common.numbers)),
        "new": log1p(new),
        "cover": min(1.0, common.cover * 2),
        "you": float(form.person == "you"),
        "it": float(form.person == "it"),
        "i": float(form.person == "i"),
        "about_you": form.about_you,
        "about_me": form.about_me,
        "you_state": float(view.has("your_story")),
        "you_state_shared": float(view.has("your_story")) * common.share,
        "you_can": float(view.has("your_options")),
        "it_tag": float(form.person == "it" and form.tag),
        "you_tag": float(form.person == "you" and form.tag),
        "whole": float(common.share >= 0.99 and common.pairs >= 0.5 and form.words <= 6),
        "share_you": float(form.person == "you") * common.share,
        "share_marker": float(view.has("restating")) * common.share,
        "share_i": float(form.person == "i") * common.share,
        "share_asks": float(bool(form.question_word) or form.inverted) * common.share,
        "because": float(any(norm in ("because", "cause", "means", "reason") for norm in clause.norms)),
        "if": float("if" in clause.norms[:3]),
        "oh": float("oh" in clause.norms[:2]),
        "the_our": float(any(norm in ("we", "we're", "we'll", "our", "us") for norm in clause.norms)),
        "so": float(form.so),
        "so_you": float(form.so and form.person == "you"),
        "marker": float(view.has("restating")),
        "feeling": float(min(2, view.count("bad") + view.count("good"))),
        "feeling_you": float(view.count("bad") > 0 and form.about_you > 0),
        "inverted": float(form.inverted),
        "question_word": float(bool(form.question_word) or form.wh_later),
        "mark": float(form.marked),
        "tag": float(form.tag),
        "advice": float(view.has("advising")),
        "acting": float(view.has("acting")),
        "formula": float(view.has("greeting") or view.has("thanking") or view.has("hold") or view.has("closing")),
        "reassuring": float(view.has("reassuring")),
        "short": float(form.words <= 2),
        "few": float(form.words in (3, 4, 5)),
        "length": log1p(form.words),
        "story": story,
        "shared_story": story * common.share,
        "before_asks": float(before.asks),
        "nothing_shared": float(common.weight == 0),
        "and_but": float(bool(clause.norms) and clause.norms[0] in ("and", "but", "because", "cause")),
        "third": float(any(norm in _THIRD for norm in clause.norms)),
        "future": float("will" in clause.norms or any(norm.endswith("'ll") for norm in clause.norms)),
        "no_one_before": float(not before.norms),
        "negated_alike": float(_negated(clause.norms) and _negated(before.norms[-25:])),
    }


_THIRD = frozenset("he she they he's she's they're him her them his their".split())


def _negated(norms: tuple[str, ...]) -> bool:
    return any(norm in ("not", "no", "never", "nothing", "nobody") or norm.endswith("n't") for norm in norms)


UNLIKELY: Final = 0.45
"""Most that can be said of a clause whose form speaks against giving anything back."""


def saying_back(view: View) -> float:
    """Return how surely a clause gives back what the other party said, in whichever words, 0 to 1."""
    if not view.clause.norms or backchannel(view.clause) > 0:
        return 0.0
    confidence = calibration("paraphrase").confidence(features(view))
    return min(UNLIKELY, confidence) if _tells(view) else confidence


def _tells(view: View) -> bool:
    """Whether a clause tells or asks the other party something, rather than giving back what is theirs."""
    form = view.form
    if view.has("restating") or (form.so and form.marked and form.person == "you"):
        return False
    if (form.question_word or form.inverted) and question(view) >= QUESTION:
        return True
    if _tells_first(view) or (view.has("verifying") and form.words <= ITEM):
        return True
    if "you" in view.clause.norms and view.has("cannot"):
        return lexicons.pattern("cannot").search(view.before.line) is None
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

QUESTION: Final = 0.7
"""How surely a clause asks, from which its words are a question and not a story given back."""

ITEM: Final = 6
"""Words of a clause that only names what is asked for: "your home number"."""

MOSTLY: Final = 0.85
"""Share of the customer's telling words from which "it is …" gives their own matter back."""


def verbatim(view: View) -> float:
    """Return the share of a clause's neighbouring and telling words that are the other party's own."""
    common = view.shared
    if common.weight < 0.8 or common.own == 0:
        return 0.0
    return 0.5 * common.share + 0.5 * common.pairs


def _answers(view: View) -> bool:
    """Whether a clause that has little of the customer's in it tells or advises them something."""
    if view.has("restating") or view.shared.share >= 0.4:
        return False
    return view.has("advising") or view.has("answering")


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
    if _answers(view):
        confidence = min(confidence, 0.45)
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
    marked = view.has("summarising")
    agreed = view.has("agreed")
    if not marked:
        return 0.0
    return min(0.95, 0.55 + 0.2 * agreed + 0.3 * max(0.0, place - 0.5) + 0.1 * (view.form.words >= 8))
