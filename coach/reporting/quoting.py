"""What may be quoted: words that were not heard clearly never stand in advice."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from coach.conversation import CLEAR, Advice, Interval, Moment, Review, Word

_LETTERS = re.compile(r"\w+")
_TURNS = ("customer_turn", "about_turn", "other_turn", "agent_turn")


def unclear(word: Word) -> bool:
    """Whether the recogniser was unsure of the word. Engines that give no confidence say nothing either way."""
    return word.confidence is not None and word.confidence < CLEAR


def words_of(review: Review, moment: Moment) -> tuple[Word, ...]:
    """Return the words that a moment's text is made of, empty where they cannot be found.

    Of the party whose words they are: for something missed that is the customer, not the agent.
    """
    wanted = moment.text.split()
    for party in review.conversation.parties:
        inside = list(_within(party.words, [moment.interval], slack=0.05))
        texts = [word.text for word in inside]
        for at in range(len(texts) - len(wanted) + 1):
            if wanted and texts[at : at + len(wanted)] == wanted:
                return tuple(inside[at : at + len(wanted)])
    return ()


def may_quote(review: Review, advice: Advice) -> bool:
    """Whether every word of what was said there was heard clearly."""
    doubtful = {name for word in _around(review, advice) if unclear(word) for name in _names(word.text)}
    return doubtful.isdisjoint(_names(advice.said))


def may_suggest(review: Review, advice: Advice) -> bool:
    """Whether the example leans on no word that was only ever heard unclearly."""
    clear = {n for party in review.conversation.parties for w in party.words if not unclear(w) for n in _names(w.text)}
    doubtful = {name for word in _around(review, advice) if unclear(word) for name in _names(word.text)}
    return (doubtful - clear).isdisjoint(_names(advice.suggestion or ""))


def _around(review: Review, advice: Advice) -> Iterator[Word]:
    """Return both parties' words of the moment and of the turns that it refers to."""
    moments = review.findings.moments
    if advice.moment is None or not 0 <= advice.moment < len(moments):
        return
    moment = moments[advice.moment]
    places = [moment.interval, *(turn for name in _TURNS if (turn := turn_at(review, moment.evidence.get(name))))]
    for party in review.conversation.parties:
        yield from _within(party.words, places)


def turn_at(review: Review, index: object) -> Interval | None:
    """Return when the turn was that a moment's evidence names, ``None`` when it names none."""
    turns = review.conversation.turns
    if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(turns):
        return turns[index].interval
    return None


def _within(words: Sequence[Word], places: Sequence[Interval], slack: float = 0.0) -> Iterator[Word]:
    """Return the words whose middle lies in one of the places; words are in order of time."""
    for place in places:
        first = bisect_left(words, place.start - slack, key=lambda word: word.interval.middle)
        last = bisect_right(words, place.end + slack, key=lambda word: word.interval.middle)
        yield from words[first:last]


def _names(text: str) -> set[str]:
    return {name.casefold() for name in _LETTERS.findall(text)}
