"""Empathy and reassurance in words: the feeling or the circumstances named, the worry answered."""

from __future__ import annotations

from math import log1p
from typing import Final

from coach.analysis.calibration import Features, calibration
from coach.analysis.view import View


def features(view: View) -> Features:
    """Return what tells warm words from information with "I understand" before it."""
    form, common = view.form, view.shared
    bad, hardship = view.count("bad"), view.count("hardship")
    return {
        "understanding": float(view.has("understanding")),
        "hardship": float(min(2, hardship)),
        "feeling": float(min(2, bad)),
        "good_feeling": float(min(2, view.count("good"))),
        "feeling_you": float(bad > 0 and form.about_you > 0),
        "feeling_it": float(hardship > 0 and form.person == "it"),
        "sounds_like": float("sounds" in view.clause.norms or "sound" in view.clause.norms),
        "must": float("must" in view.clause.norms),
        "sorry": float(any(norm in ("sorry", "apologize", "apologise") for norm in view.clause.norms)),
        "sorry_hear": float("sorry" in view.clause.norms and ("hear" in view.clause.norms or form.about_you > 0)),
        "understand": float(
            any(norm in ("understand", "imagine", "appreciate", "sympathize") for norm in view.clause.norms)
        ),
        "information": float(view.has("hearsay_understanding")),
        "line": float(view.has("line_trouble")),
        "consequence": float(view.has("consequences", "feelings")),
        "reassuring": float(view.has("reassuring")),
        "encouraging": float(view.has("encouraging")),
        "plain": float(view.has("plain_empathy")),
        "advice": float(view.has("advising")),
        "acting": float(view.has("acting")),
        "asks": float(form.marked or form.inverted or bool(form.question_word)),
        "formula": float(view.has("greeting") or view.has("closing")),
        "thanks": float(view.has("thanking")),
        "you": float(form.person == "you"),
        "it": float(form.person == "it"),
        "i": float(form.person == "i"),
        "about_you": form.about_you,
        "shared": log1p(common.weight),
        "share": common.share,
        "distress": view.distress,
        "short": float(form.words <= 3),
        "length": log1p(form.words),
        "future": float("will" in view.clause.norms or any(norm.endswith("'ll") for norm in view.clause.norms)),
        "can": float("can" in view.clause.norms),
        "hope_believe": float(
            any(norm in ("hope", "believe", "sure", "confident", "luck", "proud") for norm in view.clause.norms)
        ),
        "praise": float(any(norm in _PRAISE for norm in view.clause.norms)),
        "comfort": float(any(norm in _COMFORT for norm in view.clause.norms)),
        "own_story": float(any(norm in ("i've", "myself", "i'd") for norm in view.clause.norms)),
    }


_PRAISE = frozenset(
    "great good awesome amazing wonderful strong brave smart best better perfect excellent fantastic right".split()
)
_COMFORT = frozenset("okay ok alright fine normal alone worry worries fault understandable natural".split())


def empathy(view: View) -> float:
    """Return how surely a clause names or acknowledges the customer's feeling or circumstances, 0 to 1."""
    if not view.clause.norms or view.has("line_trouble") or view.has("hearsay_understanding"):
        return 0.0
    confidence = calibration("empathy").confidence(features(view))
    if view.has("plain_empathy") and not view.has("negated_empathy"):
        return max(PLAIN, confidence)
    if view.has("willing") or view.has("afraid_to_say"):
        return min(UNLIKELY, confidence)
    if view.has("sympathy_sounds") or (view.has("startled") and view.troubled_now):
        return max(SOUND, confidence)
    if _light(view) or (view.clause.head[:1] == ("if",) and not view.has("restating")):
        return min(UNLIKELY, confidence)
    return confidence if _warm(view) else min(UNLIKELY, confidence)


def _light(view: View) -> bool:
    """Whether what is hard is denied, or what is easy is not: "it's not so bad", "that's easy"."""
    if view.has("light"):
        return not view.has("denied")
    return view.has("negated_empathy")


UNLIKELY: Final = 0.45
"""Most that can be said of a clause whose words speak of nobody's feeling or worry."""

PLAIN: Final = 0.75
"""Confidence of words that can hardly be anything else: "that must be hard", "sorry to hear that"."""


SOUND: Final = 0.55
"""Confidence of "oh dear" and "oh no": little, and credited all the same."""


def _warm(view: View) -> bool:
    """Whether anything in the clause speaks of feeling, hardship or consequence at all."""
    return (
        view.has("understanding")
        or view.has("consequences", "feelings")
        or view.count("bad") + view.count("hardship") + view.count("good") > 0
    )


def reassurance(view: View) -> float:
    """Return how surely a clause says that it can be solved or need not worry the customer, 0 to 1."""
    if not view.clause.norms or view.has("line_trouble"):
        return 0.0
    confidence = calibration("reassurance").confidence(features(view))
    return confidence if view.has("reassuring") or view.has("encouraging") else min(UNLIKELY, confidence)


def allays(view: View) -> float:
    """Return how surely a clause reassures this customer: it answers a worry, and there is one.

    A promise with no relation to a worry reassures nobody: "it will be there this afternoon", "that's fine".
    """
    if not view.has("allaying") or view.form.marked:
        return 0.0
    if not (view.troubled or view.has("not_to_worry")):
        return 0.0
    return max(ALLAYED, reassurance(view))


ALLAYED: Final = 0.7
"""Confidence of a worry answered in so many words: "we can fix this", "it won't be shut off"."""
