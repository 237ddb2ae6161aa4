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


def formula(view: View) -> bool:
    """Whether a sorry is for nothing of the customer's: before a question, a hold or a no, or about the line."""
    if about_the_line(view):
        return True
    if view.has("regretting"):
        return False
    form = view.form
    asks = view.clause.asks or form.question_word or form.inverted or form.wh_later or form.inverted_later
    return bool(asks) or view.has("hold") or view.has("no_news") or not _owned(view)


def _owned(view: View) -> bool:
    """Whether somebody is sorry, and not "sorry" alone put before or after something else."""
    norms = view.clause.norms
    return any(norm in _WHO for norm in norms) or norms[0] in ("apologies", "my")


_WHO = frozenset("i'm i am we're we are so very really truly terribly do apologize apologise".split())


def about_the_line(view: View) -> bool:
    """Whether it is about a cough, a noise or a slip of the tongue, and not the customer's trouble."""
    return view.has("cough") or view.has("line_trouble") or view.form.words <= 2


def thanks(view: View) -> float:
    """Return how surely a clause thanks, 0 to 1."""
    if not view.has("thanking") or view.has("not_thanks"):
        return 0.0
    return 0.95 if view.form.words <= 8 else 0.8
