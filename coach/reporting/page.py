"""A review as the page shows it: values that a template writes down without deciding anything."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from coach.conversation import Advice, Interval, Moment, Review, Timeline, Turn, Word, bridge, union
from coach.reporting.opening import length
from coach.reporting.phrases import Phrases, Tone
from coach.reporting.quoting import may_quote, may_suggest, turn_at, unclear, words_of
from coach.reporting.text import clean, clock, duration
from coach.reporting.view import plain

SURE, LIKELY = 0.7, 0.5
"""Confidence from which something is said plainly, and from which it is likely."""

_MARGIN, _PAUSE = 0.15, 0.5  # seconds: kept around what is heard, and not worth jumping over

_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[^\W\d_])")

_OVERLAPPING = 64  # turns to look back through for one that is still going on


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in the call that a button plays from: seconds, how a player shows it, and the turn there."""

    at: float
    clock: str
    turn: int | None


@dataclass(frozen=True, slots=True)
class Token:
    """One word in the transcript: seconds, text, and whether it was hard to make out."""

    at: float | None
    text: str
    unclear: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One turn in the transcript."""

    index: int
    role: str
    who: str
    kind: str
    note: str
    place: Place
    end: float
    words: tuple[Token, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One moment in the list."""

    indices: tuple[int, ...]
    place: Place
    end: float
    role: str
    label: str
    also: tuple[str, ...]
    tone: Tone
    words: tuple[Token, ...]
    doubt: str
    remarks: tuple[str, ...]
    links: tuple[tuple[str, Place], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One piece of advice."""

    moment: int | None
    skill: str
    said: str | None
    spoken_by: str
    suggestion: str | None
    hidden: bool
    why: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: what, its value, what it is made of, and the reason or caution."""

    label: str
    about: str
    value: str
    parts: str
    why: str
    known: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """One skill with its count."""

    name: str
    met: int
    of: int
    score: float | None
    why: str
    moments: tuple[tuple[str, Place], ...]


def remembered(review: Review) -> tuple[str, ...]:
    """Return what earlier calls add to the advice: what has begun to go well, and the offer of a break."""
    found = review.coaching.because_of
    return tuple(sentence for sentence in (found.noticed, found.rest) if sentence) if found is not None else ()


def place(review: Review, at: float) -> Place:
    """Return a point in the call; its turn is the one that holds it, or the next."""
    turns = review.conversation.turns
    later = bisect_right(turns, at, key=lambda turn: turn.start)
    # Turns overlap, so the one that holds the point may have begun some turns before.
    holding = (i for i in range(max(0, later - _OVERLAPPING), later) if at in turns[i].interval)
    turn = next(holding, later if later < len(turns) else None)
    return Place(round(at, 3), clock(at), turn)


def lines(review: Review, say: Phrases) -> tuple[Line, ...]:
    """Return the transcript by turn, each with the names of the moments that begin in it."""
    turns = review.conversation.turns
    notes: dict[int, list[str]] = {}
    for moment in review.findings.moments:
        where = _turn_of(review, moment)
        if where is not None and say.tone(moment.kind, moment.role) != "plain":
            notes.setdefault(where, []).append(say.moment(moment))
    return tuple(_line(i, turn, tuple(dict.fromkeys(notes.get(i, ()))), say) for i, turn in enumerate(turns))


def entries(review: Review, say: Phrases) -> tuple[Entry, ...]:
    """Return every moment in order of time; two findings about the same words share one entry."""
    shown: dict[object, Entry] = {}
    for index, moment in enumerate(review.findings.moments):
        entry = _entry(review, index, moment, say)
        key = (entry.place, entry.end, entry.role, entry.tone, entry.doubt, entry.words or index)
        first = shown.get(key)
        if first is not None:
            entry = replace(first, also=(*first.also, entry.label), indices=(*first.indices, index))
        shown[key] = entry
    return tuple(shown.values())


def card(review: Review, advice: Advice | None, say: Phrases) -> Card | None:
    """Return advice as the page shows it; what was not heard clearly is not quoted."""
    if advice is None:
        return None
    moment = _moment(review, advice.moment)
    shown = bool(clean(advice.said)) and may_quote(review, advice)
    suggestion = clean(advice.suggestion or "") or None
    fit = suggestion is not None and may_suggest(review, advice)
    return Card(
        moment=None if moment is None else advice.moment,
        skill=clean(advice.skill),
        said=clean(advice.said) if shown else None,
        spoken_by=say("advice.they_said" if _theirs(review, advice, moment) else "advice.said"),
        suggestion=suggestion if fit else None,
        hidden=suggestion is not None and not fit,
        why=clean(advice.why),
        place=None if moment is None else place(review, moment.start),
    )


def groups(review: Review, say: Phrases) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return the measures by group; those that the sentences do not know come last."""
    by_group: dict[str, list[Row]] = {"listening": [], "floor": [], "talk": []}
    for measure in review.findings.measures:
        key = f"measure.{measure.name}"
        row = Row(
            label=say.measure(measure.name),
            about=say.or_name(f"{key}.about", ""),
            value=say.value(measure),
            parts=say.parts(measure),
            why=clean(measure.why or ""),
            known=measure.value is not None,
        )
        group = say(f"{key}.group") if say.has(f"{key}.group") else "talk"
        by_group.setdefault(group, []).append(row)
    return tuple((say.or_name(f"groups.{name}", name), tuple(rows)) for name, rows in by_group.items() if rows)


def tallies(review: Review, say: Phrases) -> tuple[Tally, ...]:
    """Return the skills with the moments that their counts rest on."""
    shown = []
    once = said_once(review)
    for skill in review.skills:
        found = [moment for i in skill.moments if (moment := _moment(review, i)) is not None]
        places = tuple((say.moment(moment), place(review, moment.start)) for moment in found)
        why = " ".join(sentence for sentence in _sentences(skill.why) if sentence not in once)
        shown.append(Tally(clean(skill.name), skill.met, skill.of, skill.score, why, places))
    return tuple(shown)


def said_once(review: Review) -> tuple[str, ...]:
    """Return what every skill says after its own reason, such as how clearly both sides were heard."""
    going_on = [later for skill in review.skills if (later := _sentences(skill.why)[1:])]
    return tuple(s for s in going_on[0] if all(s in later for later in going_on)) if len(going_on) > 1 else ()


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.split(clean(text)) if sentence]


def recipe_lines(review: Review) -> tuple[str, ...]:
    """Return the recipe that ran, one setting a line."""
    return tuple(_settings(plain(review.recipe or {}), ""))


def script_data(
    review: Review,
    asked: Mapping[str, object] | None = None,
    takes: Mapping[int, Mapping[str, object]] | None = None,
) -> str:
    """Return what the page's script needs, as JSON that cannot end its own element.

    Args:
        review: The call.
        asked: The moment that the page asks about first, as a note about it says.
        takes: Moments that may be taken again, by index.
    """
    data = {
        "recording": review.recording.sha256,
        "name": clean(review.recording.uri or ""),
        "agent": None if review.roles.agent is None else clean(review.roles.agent),
        "first": asked,
        "takes": takes or {},
        "fingerprint": review.provenance.fingerprint,
        "coach": review.provenance.coach,
        "duration": round(length(review), 3),
        "hearings": hearings(review),
        "turns": [[round(turn.start, 3), round(turn.end, 3)] for turn in review.conversation.turns],
        "moments": [
            {"kind": m.kind, "role": m.role, "start": round(m.start, 3), "end": round(m.end, 3)}
            for m in review.findings.moments
        ],
    }
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)  # ASCII only: no line separators either
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def hearings(review: Review) -> dict[str, list[list[float]]]:
    """Return what is left to hear, in seconds, without the silences, and of one party alone; none where not known.

    Pieces begin and end a little early and late, so that no word is cut, and short pauses stay.
    """
    speech = {party.role: party.speech for party in review.conversation.parties if party.speech}
    if not speech:
        return {}
    left: dict[str, Timeline] = {"speech": union(*speech.values())}
    if len(speech) > 1:
        left |= {role: line for role, line in speech.items() if role != "unknown"}
    return {name: _pieces(line, length(review)) for name, line in left.items()}


def _pieces(speech: Timeline, end: float) -> list[list[float]]:
    wider = [Interval(max(0.0, part.start - _MARGIN), part.end + _MARGIN) for part in speech]
    return [[round(part.start, 2), round(min(part.end, end) if end else part.end, 2)] for part in bridge(wider, _PAUSE)]


def _line(index: int, turn: Turn, notes: tuple[str, ...], say: Phrases) -> Line:
    return Line(
        index=index,
        role=turn.role,
        who=say(f"who.{turn.role}"),
        kind=turn.kind,
        note="" if turn.kind == "turn" else say(f"listen.{turn.kind}"),
        place=Place(round(turn.start, 3), clock(turn.start), index),
        end=round(turn.end, 3),
        words=_tokens(turn.words),
        notes=notes,
    )


def _entry(review: Review, index: int, moment: Moment, say: Phrases) -> Entry:
    doubt = (
        "" if moment.confidence >= SURE else say("listen.likely" if moment.confidence >= LIKELY else "listen.perhaps")
    )
    return Entry(
        indices=(index,),
        place=place(review, moment.start),
        end=round(moment.end, 3),
        role=moment.role,
        label=say.moment(moment),
        also=(),
        tone=say.tone(moment.kind, moment.role),
        words=tokens_of(review, moment),
        doubt=doubt,
        remarks=_remarks(moment, say),
        links=_links(review, moment, say),
    )


def tokens_of(review: Review, moment: Moment) -> tuple[Token, ...]:
    """Return a moment's words, each with whether it was hard to make out where that is known."""
    words = words_of(review, moment)
    return _tokens(words) if words else tuple(Token(None, t, unclear=False) for t in clean(moment.text).split())


def _remarks(moment: Moment, say: Phrases) -> tuple[str, ...]:
    remarks = []
    cut = clean(str(moment.evidence.get("cut_text") or ""))
    if cut and moment.role in ("agent", "customer"):
        remarks.append(say(f"listen.cut_{moment.role}", text=cut))
    overlap = moment.evidence.get("overlap")
    if moment.kind.startswith("interruption") and isinstance(overlap, float | int) and overlap > 0:
        remarks.append(say("listen.both_spoke", time=duration(overlap)))
    if say.tone(moment.kind) == "quiet":
        remarks.append(duration(moment.interval.duration))
    if moment.evidence.get("elsewhere") is True:
        remarks.append(say("listen.elsewhere"))
    return tuple(remarks)


def _links(review: Review, moment: Moment, say: Phrases) -> tuple[tuple[str, Place], ...]:
    """Return what else to play: the turn a moment goes back to, and the answer that followed."""
    links = []
    for name, sentence in (("customer_turn", "back_to"), ("about_turn", "back_to"), ("agent_turn", "answer_at")):
        turn = turn_at(review, moment.evidence.get(name))
        if turn is not None and abs(turn.start - moment.start) > 0.05:
            links.append((say(f"listen.{sentence}", at=clock(turn.start)), place(review, turn.start)))
    return tuple(links)


def _tokens(words: Iterable[Word]) -> tuple[Token, ...]:
    tokens = (Token(round(word.start, 3), clean(word.text), unclear(word)) for word in words)
    return tuple(token for token in tokens if token.text)


def _turn_of(review: Review, moment: Moment) -> int | None:
    """Return the turn that a moment is noted beside: the doer's, or the customer's for what went unanswered."""
    turns = review.conversation.turns
    later = bisect_right(turns, moment.start + 0.05, key=lambda turn: turn.start)
    held = [i for i in range(max(0, later - _OVERLAPPING), later) if moment.start < turns[i].end]
    return next((i for i in held if turns[i].role == moment.role), next(iter(held), None))


def _theirs(review: Review, advice: Advice, moment: Moment | None) -> bool:
    """Whether what advice quotes was said by the customer."""
    said = clean(advice.said).casefold().rstrip(".,…")
    turns = review.conversation.turns
    near = [t for t in turns if moment is None or t.interval & moment.interval]
    speakers = [turn.role for turn in near if said and said in clean(turn.text).casefold()]
    if speakers:
        return speakers[0] == "customer"
    return moment is not None and (moment.role == "customer" or moment.kind.startswith(("missed_", "owed_")))


def _moment(review: Review, index: int | None) -> Moment | None:
    moments = review.findings.moments
    return moments[index] if index is not None and 0 <= index < len(moments) else None


def _settings(value: object, name: str) -> list[str]:
    if isinstance(value, Mapping):
        return [
            line for key, inner in value.items() for line in _settings(inner, f"{name}.{key}" if name else str(key))
        ]
    return [clean(f"{name} = {json.dumps(value, ensure_ascii=False)}")]
