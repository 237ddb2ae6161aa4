"""Apologies and thanks."""

from __future__ import annotations

from coach.analysis.repair import asked_to_repeat
from coach.analysis.view import View


def apology(view: View) -> float:
    """Return how surely a clause says sorry, 0 to 1; a request to repeat that begins with "sorry" is none."""
    if not view.has("apologising") or view.has("not_apology"):
        return 0.0
    if view.form.words <= 3:
        return 0.55 if not view.clause.asks and asked_to_repeat(view) < 0.6 else 0.2
    if asked_to_repeat(view) >= 0.6 or (view.clause.asks and not view.has("sorry_noun")):
        return 0.2
    if view.has("hold"):
        return 0.6
    return 0.9 if view.has("sorry_noun") else 0.75


def about_the_line(view: View) -> bool:
    """Whether it is about a cough, a noise or a slip of the tongue, and not the customer's trouble."""
    return view.has("cough") or view.has("line_trouble") or view.form.words <= 2


def thanks(view: View) -> float:
    """Return how surely a clause thanks, 0 to 1."""
    if not view.has("thanking") or view.has("not_thanks"):
        return 0.0
    return 0.95 if view.form.words <= 8 else 0.8
