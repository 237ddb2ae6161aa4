"""The customer's accounts: was each reflected or acknowledged before the first answer?

    customer: account (>= 15 words) ──► agent: okay … │ reflects, acknowledges → heard
                                                      │ solution, new question → answered first

"You share a problem, I give you answers" is the habit that the first number on the page is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from coach.analysis import lexicons, nearly, questions
from coach.analysis.acts import ACKNOWLEDGES, LIKELY, REFLECTS, Acts, agent_acts
from coach.analysis.counting import unmet
from coach.analysis.data import given_data
from coach.analysis.distress import distress
from coach.analysis.protocol import versioned
from coach.analysis.reading import Reading, Said, read
from coach.analysis.reasons import NOT_HEARD
from coach.analysis.repair import is_ordeal
from coach.analysis.text import SCALES, Token, value_of
from coach.analysis.view import View
from coach.conversation import Conversation, Findings, Interval, Measure, Moment

ACCOUNT: Final = 15
"""Words from which what a customer says in one go is an account."""

TELLING: Final = 3.0
"""How much an account tells at least, by weight: fifteen words of "you know what I mean" tell nothing."""

SHORT: Final = 4
"""Words of a "you haven't?" that keeps a story going."""

AFTER: Final = 4
"""Words of an agent's clause that is more than "okay, sure" and, doing nothing else, is taken for an answer."""

REACH: Final = 7
"""Words between which "from" and "to" stand around an amount."""

HOURS: Final = 12
"""Numbers up to this may be hours of the day: "from nine to five" is no trouble."""

_CLOCK: Final = frozenset("am pm o'clock oclock monday tuesday wednesday thursday friday saturday sunday".split())
"""Words of opening hours: nor is "from eight thirty am to Friday"."""

STORY: Final = 24
"""Words from which an account is more than a request, even when nothing in it speaks of trouble."""

LEAST: Final = 1.0
"""How much a turn tells at least, by weight, for a story to begin with it."""

APART: Final = 8.0
"""Seconds between two of the customer's turns from which they are no longer one story."""

MOST_BETWEEN: Final = 6
"""Words of the agent between them that leave it one story, a question about it apart."""

REQUEST: Final = 0.6
"""Most that can be said of a plain request that was answered at once: many would not want it said back."""

NO_ACCOUNT: Final = "the customer gave no account of 15 words or more that was answered"
UNJUDGED: Final = 1 / 2
"""Most of the accounts, as a share, that may have been heard too badly to judge before the number says too little."""

UNTOLD: Final = 0.3
"""Confidence of an account of which nobody can tell what answered it: it is not shown, and not counted."""

_QUESTIONS: Final = ("open_question", "closed_question", "verification_question")
_ANSWERS: Final = ("answering", "acting", "advising", "options")


@dataclass(frozen=True, slots=True)
class Account:
    """What the customer told in one go.

    Attributes:
        turns: Indices of the customer's turns that make it up.
        interval: First to last word.
        text: The words.
        story: Whether it tells more than a plain request or question does.
        answer: What the agent did first that counts: the kind; ``None`` while nothing did.
        by: Index of the agent's turn that did it.
        answered: When it had done it, in seconds.
        confidence: How sure that is, 0 to 1.
    """

    turns: tuple[int, ...]
    interval: Interval
    text: str
    story: bool = True
    answer: str | None = None
    by: int | None = None
    answered: float = 0.0
    confidence: float = 0.0

    @property
    def heard(self) -> bool:
        """Whether it was reflected or acknowledged before the first answer."""
        return self.answer in (*REFLECTS, *ACKNOWLEDGES, "thanks")


class Accounts:
    """Measures the share of the customer's accounts that were reflected or acknowledged before the first answer."""

    name: ClassVar[str] = "accounts"
    requires: ClassVar[frozenset[str]] = frozenset({"two_parties", "words"})
    versions: ClassVar[Mapping[str, int]] = versioned(
        ("heard_before_solving", "account", "missed_paraphrase"), heard_before_solving=2, missed_paraphrase=2
    )

    def analyze(self, conversation: Conversation) -> Findings:
        """Return ``heard_before_solving``, each account with what answered it, and those with nothing reflected."""
        if why := unmet(conversation, self.requires):
            return Findings((Measure.missing("heard_before_solving", "ratio", why),))
        reading = read(conversation)
        answered = [account for account in accounts(reading) if account.by is not None]
        judged = [account for account in answered if _clear(reading, account)]
        if len(answered) - len(judged) > UNJUDGED * len(answered):
            measure = Measure.missing("heard_before_solving", "ratio", NOT_HEARD)
        else:
            met = sum(account.heard for account in judged)
            measure = Measure.ratio("heard_before_solving", met, len(judged), empty=NO_ACCOUNT)
        moments = [moment for account in answered for moment in _moments(reading, account, judged=account in judged)]
        return Findings((measure,)) + Findings(moments=tuple(moments))


def _clear(reading: Reading, account: Account) -> bool:
    """Whether an account may be judged: by the same words whether it was heard or not, or the share would be skewed.

    A clause that is nearly a reflection may be one of which a word was misheard.
    """
    assert account.by is not None  # noqa: S101  (only answered accounts come here)
    if not all(reading.heard_there(turn, (account.by,)) for turn in account.turns):
        return False
    return account.heard or not _nearly(reading, account)


def _nearly(reading: Reading, account: Account) -> bool:
    """Whether what answered an account may have given it back, had it been heard better."""
    assert account.by is not None  # noqa: S101  (only answered accounts come here)
    said = [part for part in reading.agent_by_turn.get(account.by, ()) if part.interval.start < account.answered]
    return nearly.gave_back(reading, account.turns, said)


def _moments(reading: Reading, account: Account, *, judged: bool) -> Iterable[Moment]:
    said = Moment("account", "customer", account.interval, account.text, account.confidence)
    if not judged:
        yield replace(said, confidence=UNTOLD).knowing(judged=False, turns=account.turns)
        return
    yield said.knowing(heard=account.heard, answered_by=account.answer, agent_turn=account.by, turns=account.turns)
    if not account.heard:
        assert account.by is not None  # noqa: S101  (only answered accounts come here)
        sure = account.confidence if account.story else min(REQUEST, account.confidence)
        sure = nearly.sure(reading, account.turns, (account.by,), sure)
        missed = Moment("missed_paraphrase", "agent", account.interval, account.text, sure)
        yield missed.knowing(agent_turn=account.by, customer_turn=account.turns[-1], answered_by=account.answer)


def accounts(reading: Reading) -> tuple[Account, ...]:
    """Return the customer's accounts in order, each with what answered it; one that goes on after "okay" is one."""
    found: list[Account] = []
    pieces = sorted(reading.customer_by_turn.items(), key=lambda piece: piece[1][0].interval.start)
    open_: list[_Piece] = []
    for index, piece in enumerate(pieces):
        if open_ and _anew(reading, open_[-1], piece):
            open_ = []
        if open_ or not _only_data(piece):
            open_.append(piece)
        until = pieces[index + 1][1][0].interval.start if index + 1 < len(pieces) else float("inf")
        answer = _answer(reading, since=piece[1][0].interval.start, until=until)
        if answer is None:
            continue  # nothing but "okay" came: the story goes on
        account = _account(open_)
        if account is not None:
            kind, said, confidence = answer
            found.append(replace(account, answer=kind, by=said.turn, answered=said.interval.end, confidence=confidence))
        open_ = []
    return tuple(found)


_Piece = tuple[int, tuple[Said, ...]]


def _only_data(piece: _Piece) -> bool:
    """Whether a customer's turn is an account number, a name, a yes: no story begins with it."""
    telling = [said for said in piece[1] if not given_data(said.view)]
    return sum(said.view.shared.own for said in telling) < LEAST


def _anew(reading: Reading, before: _Piece, after: _Piece) -> bool:
    """Whether a customer's turn begins something new: after a long silence, or when the agent said more than "okay"."""
    since, until = before[1][-1].interval.end, after[1][0].interval.start
    if until - since > APART:
        return True
    between = [reading.agent[index] for index in reading.agents_clauses(since - 0.5, until)]
    if any(said.view.has("greeting") and said.view.form.words > AFTER for said in between):
        return True
    words = [said for said in between if questions.clarifying(said.view) < LIKELY]
    return sum(said.view.form.words for said in words) > MOST_BETWEEN


def _account(parts: list[_Piece]) -> Account | None:
    clauses = [said for _, said_there in parts for said in said_there]
    telling = [said for said in clauses if not given_data(said.view)]
    words = sum(said.view.form.words for said in telling)
    told = sum(said.view.shared.own for said in telling)
    if words < ACCOUNT or told < TELLING:
        return None
    interval = Interval(clauses[0].interval.start, max(said.interval.end for said in clauses))
    text = " ".join(said.text for said in clauses)
    return Account(tuple(turn for turn, _ in parts), interval, text, _story(telling, words))


def _story(telling: Sequence[Said], words: int) -> bool:
    """Whether an account speaks of trouble, or is long and asks for nothing: a plain request is less than that."""
    if any(distress(said.view) > 0 or is_ordeal(said.view.clause.tokens) for said in telling):
        return True
    trouble = lexicons.words("feelings", "trouble")
    told = sum(norm in trouble for said in telling for norm in said.view.clause.norms)
    told += sum(_changed(said.view.clause.tokens) for said in telling)
    if any(said.view.has("request_form") for said in telling):
        return told > 1
    return told > 0 or words >= STORY


def _changed(tokens: Sequence[Token]) -> bool:
    """Whether an amount is told to have become another: "from ninety dollars to four hundred", "from #185 to #400"."""
    norms = [token.norm for token in tokens]
    for start, norm in enumerate(norms):
        if norm != "from" or "to" not in norms[start + 2 : start + REACH]:
            continue
        middle = norms.index("to", start + 2)
        before, after = tokens[start + 1 : middle], tokens[middle + 1 : middle + REACH]
        if _is_amount(before) and _is_amount(after):
            return not _CLOCK.intersection(norms[start : middle + REACH])
    return False


def _is_amount(side: Sequence[Token]) -> bool:
    return any((value_of(token) or 0) > HOURS or token.norm in SCALES for token in side)


def _answer(reading: Reading, *, since: float, until: float) -> tuple[str, Said, float] | None:
    """Return what the agent did first that counts, between two of the customer's turns."""
    clauses = agent_acts(reading.conversation)
    for index in reading.agents_clauses(since, until):
        said, acts = clauses[index]
        if said.interval.end <= since:
            continue
        judged = _counts(said, acts)
        if judged is not None:
            return judged[0], said, judged[1]
    return None


def _counts(said: Said, acts: Acts) -> tuple[str, float] | None:
    """Return what a clause of the agent does to an account, ``None`` when it leaves it open."""
    for kind in (*REFLECTS, *ACKNOWLEDGES):
        if acts.get(kind, 0.0) >= LIKELY:
            return kind, acts[kind]
    view = said.view
    if view.has("thanking") and view.has("hearing_out"):
        return "thanks", LIKELY
    if "asked_to_repeat" in acts or view.has("greeting"):
        return None
    if "clarifying_question" in acts or view.has("hold") or "thanks" in acts:
        return None  # asking about what was said, or saying "one moment", is no answer yet
    if _goes_along(view):
        return None
    for kind in _QUESTIONS:
        if kind in acts:
            return "question", min(0.85, acts[kind])
    if any(view.has(name) for name in _ANSWERS):
        return "solution", 0.75
    return ("other", 0.55) if view.form.words >= AFTER and view.shared.own > 0 else None


_YES: Final = frozenset("that's that is it's it right correct yes yeah okay true exactly so fine love".split())


def _goes_along(view: View) -> bool:
    """Whether a clause goes along with the story, short of giving it back: "you haven't", "it's cold, isn't it"."""
    form = view.form
    if all(norm in _YES for norm in view.clause.head):
        return True
    if (
        form.person == "you"
        and form.words <= SHORT
        and not (form.question_word or form.inverted or view.has("telling"))
    ):
        return True
    return form.tag and form.person == "it" and view.shared.share >= LIKELY
