"""A made review of a made two-minute call: what every report test starts from.

The call, its words and its numbers are the project's own. Times are laid out by hand, so each test
can say what it expects without running an engine.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

from coach.conversation import (
    Advice,
    Coaching,
    Conversation,
    Drill,
    Findings,
    Interval,
    Measure,
    Moment,
    Party,
    Provenance,
    Recording,
    Review,
    Role,
    Roles,
    Skill,
    Turn,
    TurnKind,
    Unit,
    Word,
    bridge,
    intersection,
    total,
    union,
)

DURATION = 121.5

AGENT: tuple[tuple[float, float, str, float], ...] = (
    (0.6, 5.0, "Thank you for calling Riverbend Water and Power, this is Dana. How can I help you today?", 0.95),
    (11.2, 11.6, "Mm-hm.", 0.9),
    (
        18.6,
        27.2,
        "That is a big jump, from ninety to three hundred, and with two small children at home I can see why "
        "that is a worry. Let me look at it with you.",
        0.93,
    ),
    (28.9, 31.0, "May I have the service address, please?", 0.96),
    (36.2, 38.4, "One moment while I pull up your readings.", 0.95),
    (47.4, 53.6, "Thanks for waiting. The reading on the fourth is much higher than the one before it.", 0.94),
    (61.4, 66.0, "So there is an order in the system for that, and it shows as pending right now.", 0.92),
    (77.9, 84.6, "What I can do is send a new request, and they will be out on Thursday between eight and noon.", 0.94),
    (
        89.8,
        99.4,
        "No. I'll put a hold on the amount today, so nothing is due on it until the meter has been checked, and "
        "I'll call you on Friday with what they found.",
        0.95,
    ),
    (
        103.6,
        114.2,
        "So to go over it once more: the meter check is on Thursday, the bill is on hold, and I call you on "
        "Friday. Is there anything else you would like me to look at?",
        0.94,
    ),
    (118.6, 120.4, "You take care of those little ones.", 0.93),
)

CUSTOMER: tuple[tuple[float, float, str, float], ...] = (
    (
        5.4,
        18.1,
        "Hi Dana. I just opened my bill and it says three hundred and twelve dollars. It was ninety last month "
        "and I have not changed a thing. I am home with two little ones and I do not know how I am supposed "
        "to pay this.",
        0.91,
    ),
    (27.5, 28.3, "Thank you.", 0.94),
    (31.9, 34.9, "Sure, it's fourteen Alder Court.", 0.41),
    (
        54.1,
        62.4,
        "I called about this last week, and the man told me that somebody would come out and check the meter "
        "and nobody ever",
        0.9,
    ),
    (
        66.5,
        77.2,
        "Okay, but I waited at home the whole day. I lost a day of work for that, and nobody even called me to "
        "say that they were not coming.",
        0.92,
    ),
    (85.2, 89.3, "And until then, do I have to pay the three hundred with my card, [card]?", 0.88),
    (99.9, 102.9, "Okay. That helps a lot, thank you.", 0.95),
    (114.8, 118.0, "No, that is all. Thank you, Dana.", 0.95),
)

BACKCHANNELS = {11.2}


def spoken(start: float, end: float, text: str, confidence: float | None) -> tuple[Word, ...]:
    """Return the words spread over a stretch by their length, as an engine without word times does."""
    tokens = text.split()
    weights = [len(token) + 1 for token in tokens]
    edges = [start]
    for weight in weights:
        edges.append(edges[-1] + (end - start) * weight / sum(weights))
    return tuple(
        Word(token, round(a, 3), round(b, 3), confidence, interpolated=True)
        for token, (a, b) in zip(tokens, pairwise(edges), strict=True)
    )


def turn(role: Role, start: float, end: float, text: str, confidence: float | None = 0.9) -> Turn:
    """Return one turn with its words."""
    kind: TurnKind = "backchannel" if start in BACKCHANNELS else "turn"
    speaker = {"agent": "right", "customer": "left", "unknown": "mono"}[role]
    return Turn(role, speaker, kind, Interval(start, end), spoken(start, end, text, confidence))


def conversation() -> Conversation:
    """Return the call itself."""
    said: dict[Role, tuple[tuple[float, float, str, float], ...]] = {"agent": AGENT, "customer": CUSTOMER}
    turns = [turn(role, *line) for role, lines in said.items() for line in lines]
    parties = tuple(
        Party(
            role,
            {"agent": "right", "customer": "left"}[role],
            # A breath inside each longer stretch: activity is finer than turns.
            union(
                *(
                    [Interval(a, (a + b) / 2), Interval((a + b) / 2 + 0.2, b)] if b - a > 4 else [Interval(a, b)]
                    for a, b, *_ in lines
                )
            ),
            tuple(word for a, b, text, sure in lines for word in spoken(a, b, text, sure)),
        )
        for role, lines in said.items()
    )
    return Conversation(DURATION, "channels", parties, tuple(sorted(turns, key=lambda t: (t.start, t.end))))


def _at(call: Conversation, start: float) -> int:
    return next(i for i, t in enumerate(call.turns) if t.start == start)


def _moment(
    kind: str, role: Role, start: float, end: float, text: str, sure: float = 0.9, **evidence: object
) -> Moment:
    return Moment(kind, role, Interval(start, end), text, sure, MappingProxyType(evidence))


def moments(call: Conversation) -> tuple[Moment, ...]:
    """Return what there is to hear in the call, in order of time."""
    story, waited, earlier = _at(call, 5.4), _at(call, 66.5), _at(call, 54.1)
    text = {t.start: t.text for t in call.turns}
    found = (
        _moment("open_question", "agent", 3.6, 5.0, "How can I help you today?"),
        _moment("distress", "customer", 13.9, 18.1, "I do not know how I am supposed to pay this.", 0.84),
        _moment("backchannel", "agent", 11.2, 11.6, "Mm-hm.", 0.88, other_turn=story),
        _moment(
            "paraphrase",
            "agent",
            18.6,
            22.4,
            "That is a big jump, from ninety to three hundred,",
            0.91,
            customer_turn=story,
            shared=["ninety", "three", "hundred"],
        ),
        _moment(
            "empathy",
            "agent",
            22.4,
            25.6,
            "and with two small children at home I can see why that is a worry.",
            0.87,
            customer_turn=story,
        ),
        _moment("ownership", "agent", 25.6, 27.2, "Let me look at it with you.", 0.8),
        _moment("verification_question", "agent", 28.9, 31.0, "May I have the service address, please?"),
        _moment("hold", "agent", 38.4, 47.4, "One moment while I pull up your readings.", 0.95, announced=True),
        _moment("thanks", "agent", 47.4, 48.6, "Thanks for waiting."),
        _moment("customer_repeat", "customer", 54.1, 56.2, "I called about this last week,", 0.72, elsewhere=True),
        _moment(
            "interruption",
            "agent",
            61.4,
            62.4,
            "So there is",
            0.82,
            other_turn=earlier,
            overlap=1.0,
            cut_text="and nobody ever",
        ),
        _moment(
            "owed_acknowledgement",
            "agent",
            54.1,
            62.4,
            text[54.1],
            0.78,
            customer_turn=earlier,
            agent_turn=_at(call, 61.4),
        ),
        _moment("distress", "customer", 70.2, 74.4, "I lost a day of work for that,", 0.81),
        _moment(
            "missed_empathy", "agent", 66.5, 77.2, text[66.5], 0.83, customer_turn=waited, agent_turn=_at(call, 77.9)
        ),
        _moment(
            "missed_paraphrase", "agent", 66.5, 77.2, text[66.5], 0.76, customer_turn=waited, agent_turn=_at(call, 77.9)
        ),
        _moment("option", "agent", 77.9, 81.0, "What I can do is send a new request,", 0.86),
        _moment("commitment", "agent", 81.0, 84.6, "and they will be out on Thursday between eight and noon.", 0.85),
        _moment("closed_question", "customer", 85.2, 89.3, text[85.2], 0.46),
        _moment("reassurance", "agent", 90.4, 95.8, "so nothing is due on it until the meter has been checked,", 0.85),
        _moment("recap", "agent", 103.6, 111.0, "So to go over it once more: the meter check is on Thursday,", 0.9),
        _moment("closing_question", "agent", 111.0, 114.2, "Is there anything else you would like me to look at?"),
        _moment("name_use", "customer", 117.3, 118.0, "Dana.", 0.6),
    )
    return tuple(sorted(found, key=lambda m: (m.start, m.end, m.kind)))


def measures(call: Conversation) -> tuple[Measure, ...]:
    """Return every measure of the review file; ratios from the call's own times."""
    agent, customer = (bridge(party.speech, 0.3) for party in call.parties)
    mine, theirs, both = total(agent), total(customer), total(intersection(agent, customer))
    silence = DURATION - total(union(agent, customer))
    minutes = {"agent": mine / 60, "customer": theirs / 60}
    words = sum(len(line[2].split()) for line in AGENT if len(line[2].split()) >= 5)
    time = sum(line[1] - line[0] for line in AGENT if len(line[2].split()) >= 5) / 60

    def count(name: str, found: int, per: float | None = None) -> Measure:
        return Measure.count(name, found, per=per)

    def share(name: str, top: float, below: float = DURATION) -> Measure:
        return Measure.ratio(name, top, below, empty="nobody spoke")

    def seconds(name: str, value: float) -> Measure:
        unit: Unit = "s"
        return Measure(name, unit, value, value)

    return (
        share("heard_before_solving", 1, 3),
        share("talk_ratio", mine, mine + theirs),
        share("talk_share_agent", mine),
        share("talk_share_customer", theirs),
        share("silence_ratio", silence),
        share("overlap_ratio", both),
        count("interruptions_by_agent", 1, minutes["customer"]),
        count("interruptions_by_customer", 0, minutes["agent"]),
        count("interruption_attempts_by_agent", 0, minutes["customer"]),
        count("interruption_attempts_by_customer", 0, minutes["agent"]),
        count("backchannels_by_agent", 1, minutes["customer"]),
        Measure("patience", "s", 0.5, None, 6),
        seconds("longest_monologue", 10.6),
        seconds("longest_customer_story", 12.7),
        Measure("pace_agent", "words/min", words / time, words, time),
        Measure.missing("pace_customer", "words/min", "their words were not heard clearly enough to count"),
        seconds("dead_air", 0.0),
        count("pauses_agent", 4, 1.0),
        seconds("longest_silence", 9.0),
        count("paraphrases", 1),
        count("clarifying_questions", 0),
        count("open_questions", 1),
        count("closed_questions", 0),
        count("empathy_statements", 1),
        count("reassurances", 1),
        count("apologies", 0),
        count("asked_to_repeat", 0),
        Measure.missing("customer_repeats", "count", "one turn of the customer was not heard well enough"),
    )


def _coaching(found: tuple[Moment, ...]) -> Coaching:
    index = {m.kind: i for i, m in enumerate(found)}
    return Coaching(
        keep=Advice(
            "Saying it back",
            index["paraphrase"],
            "That is a big jump, from ninety to three hundred",
            "You gave her own numbers back before you asked for anything. That took 4 seconds.",
        ),
        try_=Advice(
            "Acknowledging and reassuring",
            index["missed_empathy"],
            "I lost a day of work for that, and nobody even called me",
            "She told you what the missed visit cost her, and the next thing she heard was the new date.",
            "You waited a whole day and lost the work, and nobody called. I'll ___ so that this time you hear from us "
            "by ___.",
        ),
        another=(
            Advice(
                "Letting them finish",
                index["interruption"],
                "and nobody ever",
                "She was still telling you about the visit when the answer came.",
                "One breath after “and nobody ever…”, then your answer.",
            ),
        ),
        practice=(Drill("The visit that never happened", index["missed_empathy"]),),
    )


def skills(found: tuple[Moment, ...]) -> tuple[Skill, ...]:
    """Return all six skills: some met, one that did not come up."""
    at = {m.kind: i for i, m in enumerate(found)}
    return (
        Skill("Letting them finish", 4, 5, None, 2.0, "5 longer turns of the customer", (at["interruption"],)),
        Skill("Room to talk", 2, 2, None, 1.0, "2 accounts told to the end", (at["backchannel"],)),
        Skill(
            "Saying it back",
            1,
            3,
            None,
            3.0,
            "3 accounts of 15 words or more",
            (at["paraphrase"], at["missed_paraphrase"]),
        ),
        Skill("Asking", 0, 0, None, 1.0, "nothing in this call needed a question to be understood"),
        Skill(
            "Acknowledging and reassuring",
            2,
            4,
            None,
            3.0,
            "4 times something hard was named",
            (at["empathy"], at["reassurance"], at["owed_acknowledgement"], at["missed_empathy"]),
        ),
        Skill(
            "Seeing it through",
            3,
            3,
            None,
            2.0,
            "a date, a call back and a close",
            (at["commitment"], at["option"], at["closing_question"]),
        ),
    )


def review() -> Review:
    """Return the whole review."""
    call = conversation()
    found = moments(call)
    return Review(
        recording=Recording("high-bill.wav", "0b" * 32, DURATION, 8000, 2, 1, "Dana", "2026-03-02T09:41:00"),
        separation="channels",
        heard={"agent": 0.97, "customer": 0.8642},
        warnings=("Part of the customer's side was faint: 3 s of it could not be made out.",),
        masked={"card": 1, "cvv": 0},
        provenance=Provenance(
            "0.1.0", "solo", "bundled (moonshine tiny, int8)", None, "3f" * 16, {"talk_ratio": 1, "interruption": 1}
        ),
        roles=Roles(
            "right", "words", 0.93, "The right channel opens with the company's greeting.", ("thank you for calling",)
        ),
        conversation=call,
        findings=Findings(measures(call), found),
        skills=skills(found),
        coaching=_coaching(found),
        call_type="high bill",
        recipe={"name": "solo", "stages": ["decode", "listen", "transcribe", "mask"], "transcribe": {"batch": 8}},
    )


def practising(drill: str) -> Review:
    """Return the review with a drill of that name at the moment of its advice."""
    made = review()
    moment = next(i for i, m in enumerate(made.findings.moments) if m.kind == "missed_empathy")
    return replace(made, coaching=replace(made.coaching, practice=(Drill(drill, moment),)))


def saying(text: str, *, confidence: float = 0.9) -> Review:
    """Return the review with one text put wherever a call's words or names can stand."""
    made = review()
    call = made.conversation
    hostile = Turn(
        "customer",
        "left",
        "turn",
        call.turns[1].interval,
        tuple(Word(part, 5.4 + i, 6.4 + i, confidence) for i, part in enumerate(text.split(" "))),
    )
    turns = (call.turns[0], hostile, *call.turns[2:])
    found = tuple(
        replace(m, text=text) if m.kind in ("distress", "missed_empathy") else m for m in made.findings.moments
    )
    keep = replace(made.coaching.keep, said=text, why=text) if made.coaching.keep else None
    try_ = replace(made.coaching.try_, said=text, suggestion=text, why=text) if made.coaching.try_ else None
    return replace(
        made,
        recording=replace(made.recording, uri=f"{text}.wav", agent=text),
        warnings=(text,),
        roles=replace(made.roles, why=text, evidence=(text,), confidence=0.6),
        conversation=replace(call, turns=turns),
        findings=Findings(made.findings.measures, found),
        coaching=replace(made.coaching, keep=keep, try_=try_),
        skills=(replace(made.skills[0], name=text, why=text), *made.skills[1:]),
        call_type=text,
        recipe={text: text},
    )


def longer(times: int) -> Review:
    """Return a call in which the made one is said again and again: its two minutes, that many times."""
    made = review()
    call = made.conversation

    def later(interval: Interval, round_: int) -> Interval:
        return Interval(interval.start + round_ * DURATION, interval.end + round_ * DURATION)

    def again(words: tuple[Word, ...], round_: int) -> tuple[Word, ...]:
        by = round_ * DURATION
        return tuple(replace(word, start=word.start + by, end=word.end + by) for word in words)

    rounds = range(times)
    turns = (replace(t, interval=later(t.interval, n), words=again(t.words, n)) for n in rounds for t in call.turns)
    parties = (
        replace(
            party,
            speech=tuple(later(interval, n) for n in rounds for interval in party.speech),
            words=tuple(word for n in rounds for word in again(party.words, n)),
        )
        for party in call.parties
    )
    found = (replace(m, interval=later(m.interval, n)) for n in rounds for m in made.findings.moments)
    return replace(
        made,
        recording=replace(made.recording, duration=DURATION * times),
        conversation=replace(call, duration=DURATION * times, turns=tuple(turns), parties=tuple(parties)),
        findings=Findings(made.findings.measures, tuple(found)),
    )


def transcript_only() -> Review:
    """Return a review of an imported transcript without a recording, without timing and without advice."""
    made = review()
    reason = "the transcript carries no times of words"
    return replace(
        made,
        recording=Recording(),
        separation="transcript",
        heard={"agent": None, "customer": None},
        masked={},
        conversation=replace(
            made.conversation,
            separation="transcript",
            timed=False,
            word_times=False,
            parties=tuple(replace(p, speech=()) for p in made.conversation.parties),
        ),
        findings=Findings(tuple(Measure.missing(m.name, m.unit, reason) for m in made.findings.measures), ()),
        skills=(),
        coaching=Coaching(why_no_try="There was too little to go by."),
        recipe=None,
    )
