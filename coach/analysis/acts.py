"""What each clause of the agent does, judged once for every analyser that asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from coach.analysis import empathy, paraphrase, questions, regret, repair, semantic
from coach.analysis.memo import once
from coach.analysis.reading import Reading, Said, read
from coach.analysis.view import View
from coach.conversation import Conversation, Moment

Acts = Mapping[str, float]

LIKELY: Final = 0.5
"""Confidence from which something counts."""

ACKNOWLEDGES: Final = ("empathy", "apology", "reassurance")
REFLECTS: Final = ("paraphrase", "echo")
FACTS: Final = 0.25
"""How much surer a paraphrase is than empathy where a clause gives back facts and hardly a feeling."""

SETTLING: Final = 0.7
"""Where in a call, 0 to 1, "so you …, I'll …" begins to be what was agreed."""

_ASKING: Final = frozenset(
    {"closing_question", "check_understanding", "verification_question", "open_question", "thanks"}
)


@once
def agent_acts(conversation: Conversation) -> tuple[tuple[Said, Acts], ...]:
    """Return the agent's clauses in order with what each does, from a confidence of one half."""
    judged: list[tuple[Said, Acts]] = []
    recapped: int | None = None
    clauses = read(conversation).agent
    if (model := semantic.active()) is not None:
        model.learn(semantic.lines_of([said.view for said in clauses]))
    for index, said in enumerate(clauses):
        done = acts(said)
        if "recap" not in done and _settles(said, clauses[index + 1 : index + 3]):
            done = {"recap": SETTLED, **{kind: sure for kind, sure in done.items() if kind not in REFLECTS}}
        if "recap" in done:
            recapped = said.turn
        elif recapped == said.turn and not _ASKING.intersection(done):
            # What follows "so to recap" in the same turn is the recap going on, and nothing that is given back.
            done = {"recap": LIKELY, **{kind: sure for kind, sure in done.items() if kind not in REFLECTS}}
        judged.append((said, done))
    return tuple(judged)


SETTLED: Final = 0.6
"""Confidence of a recap that does not call itself one."""


def _settles(said: Said, following: Sequence[Said]) -> bool:
    """Whether "so you …, I'll …" near the end goes over who does what, without the word recap."""
    view = said.view
    if said.place < SETTLING or not view.form.so or view.form.person not in ("you", "i") or view.clause.asks:
        return False
    rest = [near.view for near in following if near.turn == said.turn]
    return any(near.has("agreed") or near.has("committing") for near in rest) and not any(
        v.clause.asks for v in rest[:1]
    )


def acts(said: Said) -> Acts:
    """Return what a clause of the agent does, with confidences of one half and more."""
    view = said.view
    if not view.clause.norms:
        return {}
    found: dict[str, float] = {}
    asked = _asks(view)
    found.update(asked)
    found["recap"] = paraphrase.recap(view, place=said.place)
    if found["recap"] < LIKELY and not _settled(asked) and not view.has("greeting"):
        found.update(_reflects(view))
    found["empathy"] = empathy.empathy(view)
    found["reassurance"] = empathy.allays(view)
    sorry = asked.get("asked_to_repeat", 0.0) < LIKELY and not regret.formula(view)
    found["apology"] = regret.apology(view) if sorry else 0.0
    found["thanks"] = regret.thanks(view)
    return _most({kind: confidence for kind, confidence in found.items() if confidence >= LIKELY}, view)


def _most(found: dict[str, float], view: View) -> Acts:
    """Return what a clause does most: several names for one breath tell a person less than one."""
    drop: set[str] = set()
    if "reassurance" in found and not view.has("plain_empathy"):
        drop.add("empathy")
    elif "empathy" in found and "apology" in found:
        # before anything was told, "sorry you have had trouble" is about nothing that was heard
        drop.add("apology" if view.before.norms else "empathy")
    if "empathy" in found and not view.has("restating"):
        drop.add("empathy" if found.get("paraphrase", 0.0) - found["empathy"] > FACTS else "paraphrase")
    if {"paraphrase", "echo"} & found.keys() and not (view.clause.asks or view.form.tag):
        drop.add("clarifying_question")  # what asks nothing gives back
    return {kind: confidence for kind, confidence in found.items() if kind not in drop}


def _reflects(view: View) -> dict[str, float]:
    """Return what is given back; a promise or reassurance that uses the customer's words gives nothing back."""
    if (
        view.has("rhetorical")
        or view.has("no_worry")
        or (view.has("acting") and view.form.person in ("i", ""))
        or view.has("thanking")
    ):
        return {}
    return paraphrase.reflects(view)


def _settled(asked: Acts) -> bool:
    """Whether a question is of a kind that gives nothing back."""
    return any(
        asked.get(kind, 0.0) >= LIKELY for kind in ("closing_question", "asked_to_repeat", "check_understanding")
    )


def _asks(view: View) -> dict[str, float]:
    """Return the kinds of question that a clause is."""
    if view.has("rhetorical"):
        return {}
    if (again := repair.asked_to_repeat(view)) >= LIKELY:
        return {"asked_to_repeat": again}
    if (close := questions.closing(view)) >= LIKELY:
        return {"closing_question": close}
    if (check := questions.check(view)) >= LIKELY:
        return {"check_understanding": check}
    if view.has("hold"):
        return {}
    if (verify := questions.verification(view)) >= LIKELY:
        return {"verification_question": verify}
    found = {"clarifying_question": questions.clarifying(view)}
    asks = questions.question(view)
    # "okay?", "right?" alone is filler; "how can I help you" is an opening like any other and asks
    if asks >= LIKELY and view.form.words > 1 and not questions.only_fills(view):
        openness = questions.openness(view)
        found["open_question" if openness >= LIKELY else "closed_question"] = asks * max(openness, 1 - openness) ** 0.5
    return found


def shared_words(said: Said) -> tuple[str, ...]:
    """Return the words, as said in the clause, that it has in common with what came before."""
    common = set(said.view.shared.words)
    words = dict.fromkeys(t.norm.lstrip("#") for t in said.view.clause.tokens if t.concept in common and t.weight > 0)
    return tuple(words)


def moment(reading: Reading, said: Said, kind: str, confidence: float, **evidence: object) -> Moment:
    """Return the moment of a clause, with the customer's turn that it goes back to and the words they share."""
    known: dict[str, object] = {"turn": said.turn, **evidence}
    if kind in ("paraphrase", "echo", "clarifying_question", "empathy", "reassurance", "recap"):
        turn = reading.about(said)
        if turn is not None:
            known["about_turn" if kind == "clarifying_question" else "customer_turn"] = turn
        if words := shared_words(said):
            known["shared"] = words
    return said.moment(kind, confidence, **known)
