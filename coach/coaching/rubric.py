"""The rubric: what counts, how much, and what is worth advising, from a file that a supervisor may edit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from coach.coaching import toml
from coach.conversation import ConfigurationError
from coach.nearest import did_you_mean
from coach.resources import resource

SKILLS = ("letting_them_finish", "room_to_talk", "saying_it_back", "asking", "acknowledging", "seeing_it_through")
"""The listening skills, in the order that the report shows."""

KEEP = MappingProxyType(
    {
        "paraphrase": "saying_it_back",
        "echo": "saying_it_back",
        "empathy": "acknowledging",
        "reassurance": "acknowledging",
        "clarifying_question": "asking",
        "check_understanding": "asking",
        "recap": "seeing_it_through",
        "commitment": "seeing_it_through",
        "closing_question": "seeing_it_through",
        "hold": "seeing_it_through",
        "backchannel": "room_to_talk",
    }
)
"""Kinds of moment that may be kept, and the skill each belongs to."""

TRY = MappingProxyType(
    {
        "missed_paraphrase": "saying_it_back",
        "missed_empathy": "acknowledging",
        "owed_acknowledgement": "acknowledging",
        "forced_apology": "acknowledging",
        "interruption": "letting_them_finish",
        "monologue": "room_to_talk",
        "blame": "seeing_it_through",
        "dead_air": "seeing_it_through",
        "no_recap": "seeing_it_through",
        "no_close": "seeing_it_through",
    }
)
"""Kinds that may become advice, and the skill each belongs to. ``no_…`` is about the call as a whole."""

NUMBERS = MappingProxyType(
    {
        "sure": 1.0,
        "coach": 1.0,
        "heard": 1.0,
        "story_words": 1000.0,
        "turn_seconds": 60.0,
        "long_turn": 3600.0,
        "another": 10.0,
    }
)
"""Numbers that a rubric must give, and the most each may be."""

_TABLES = ("weights", "keep", "try", "quote", "topics", "call_types")
_MOST_WEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class CallType:
    """What is different for one type of call."""

    not_applicable: frozenset[str] = frozenset()
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Rubric:
    """What counts and how much.

    Attributes:
        name: As the report shows it.
        version: Of the file; reviews by different versions are compared only with a word about it.
        scores: Whether skills carry 0 to 100.
        sure: Confidence from which a moment is counted.
        coach: Confidence from which it becomes advice.
        heard: Share of speech that must be heard clearly before anything is called absent.
        story_words: Words from which a customer's turn is a story.
        turn_seconds: Shortest customer's turn that can be interrupted.
        long_turn: Seconds from which an agent's turn is an explanation.
        another: Most further things to try.
        weights: By skill.
        keep: Worth of a good moment by kind, 0 to 1.
        try_: Worth of a missed moment by kind, 0 to 1.
        avoid: Words that an example never gives back.
        things: What an example may name, the longest first.
        topics: Phrases by topic, the first match names the drill.
        call_types: What is different for a type of call.
    """

    name: str
    version: int
    scores: bool
    sure: float
    coach: float
    heard: float
    story_words: int
    turn_seconds: float
    long_turn: float
    another: int
    weights: Mapping[str, float]
    keep: Mapping[str, float]
    try_: Mapping[str, float]
    avoid: frozenset[str]
    things: tuple[str, ...]
    topics: Mapping[str, tuple[str, ...]]
    call_types: Mapping[str, CallType]

    def weight(self, skill: str, call_type: str | None = None) -> float:
        """Return a skill's weight in a type of call."""
        special = self.call_types.get(call_type or "", CallType())
        return special.weights.get(skill, self.weights[skill])

    def applies(self, skill: str, call_type: str | None = None) -> bool:
        """Whether a skill counts in a type of call."""
        return skill not in self.call_types.get(call_type or "", CallType()).not_applicable


def load_rubric(name: str = "support") -> Rubric:
    """Return a rubric by its name in ``models/rubrics``, or by the path of a file.

    Raises:
        ConfigurationError: There is none, or it says something that nothing reads.
    """
    path = rubric_file(name)
    return read_rubric(toml.load(path), path.name)


def rubric_file(name: str) -> Path:
    """Return where a rubric lies, by its name or by its path.

    Raises:
        ConfigurationError: There is none.
    """
    folder = resource("models", "rubrics")
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        names = [file.stem for file in folder.glob("*.toml")]
        raise ConfigurationError(f'There is no rubric "{name}"; {did_you_mean(name, names)}')
    return path


def read_rubric(table: toml.Table, where: str) -> Rubric:
    """Return a rubric from what its file says.

    Args:
        table: The file's content.
        where: The file's name, for messages.

    Raises:
        ConfigurationError: It says something that nothing reads, or leaves something out.
    """
    toml.known(table, ("name", "version", "scores", *NUMBERS, *_TABLES), where)
    name, version, scores = table.get("name"), table.get("version"), table.get("scores", False)
    if not isinstance(name, str) or isinstance(version, bool) or not isinstance(version, int):
        raise ConfigurationError(f'{where}: give it a name and a version, as in name = "support" and version = 1.')
    if not isinstance(scores, bool):
        raise ConfigurationError(f"{where}: scores should be true or false.")
    numbers = {key: toml.number(table, key, where, most=most) for key, most in NUMBERS.items()}
    quote = toml.section(table, "quote", where)
    toml.known(quote, ("avoid", "things"), f"{where} [quote]")
    topics = toml.section(table, "topics", where)
    return Rubric(
        name=name,
        version=version,
        scores=scores,
        sure=numbers["sure"],
        coach=numbers["coach"],
        heard=numbers["heard"],
        story_words=int(numbers["story_words"]),
        turn_seconds=numbers["turn_seconds"],
        long_turn=numbers["long_turn"],
        another=int(numbers["another"]),
        weights=_worths(table, "weights", SKILLS, where, most=_MOST_WEIGHT, all_of=SKILLS),
        keep=_worths(table, "keep", KEEP, where),
        try_=_worths(table, "try", TRY, where),
        avoid=frozenset(word.casefold() for word in toml.texts(quote, "avoid", f"{where} [quote]")),
        things=tuple(sorted(toml.texts(quote, "things", f"{where} [quote]"), key=lambda thing: (-len(thing), thing))),
        topics=MappingProxyType({topic: toml.texts(topics, topic, f"{where} [topics]") for topic in topics}),
        call_types=_call_types(toml.section(table, "call_types", where), where),
    )


def _worths(
    table: toml.Table,
    key: str,
    names: Collection[str],
    where: str,
    *,
    most: float = 1.0,
    all_of: Collection[str] = (),
) -> Mapping[str, float]:
    found, place = toml.section(table, key, where), f"{where} [{key}]"
    toml.known(found, names, place)
    return MappingProxyType({name: toml.number(found, name, place, most=most) for name in (*found, *all_of)})


def _call_types(table: toml.Table, where: str) -> Mapping[str, CallType]:
    types: dict[str, CallType] = {}
    for name in table:
        place = f"{where} [call_types.{name}]"
        special = toml.section(table, name, place)
        toml.known(special, ("not_applicable", "weights"), place)
        left_out = toml.texts(special, "not_applicable", place)
        toml.known(dict.fromkeys(left_out), SKILLS, place)
        types[name] = CallType(frozenset(left_out), _worths(special, "weights", SKILLS, place, most=_MOST_WEIGHT))
    return MappingProxyType(types)
