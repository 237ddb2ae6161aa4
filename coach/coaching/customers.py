"""Customers to practise with: a starter set in a file that may be edited, and what answers are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from coach.coaching import toml
from coach.coaching.drills import ANY, SUFFIX
from coach.conversation import ConfigurationError
from coach.nearest import did_you_mean
from coach.resources import resource

CALLS = ("said_back", "acknowledged", "room")
"""What a customer's words may call for; those that call for none of it ask a plain question."""

CALLS_FOR: Mapping[str, str] = MappingProxyType(
    {"said-back": "said_back", "acknowledged": "acknowledged", "let-finish": "room"}
)
"""What a drill that a review names calls for, by its last part (``SUFFIX``)."""

_KEYS = frozenset("id topic scene customer calls_for screen might feelings begin answer".split())
_TABLES = frozenset({"words", "feelings", "formulas", "room", "thanks", "drill"})


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody to answer.

    Attributes:
        id: As ``coach practice`` takes it.
        topic: What the call is about.
        scene: What is known before they speak; in a call of one's own, what they had told earlier in it.
        says: Their words; masked.
        calls_for: Some of ``CALLS``; empty for a plain question.
        screen: What the agent can see.
        might: One view of what they may feel and cannot do.
        feelings: Families that their words tell of; ``None`` where nobody has said, as in a call of one's own.
        begin: One way to begin an answer; empty where it is made from their words.
        answer: An answer to be heard from their chair.
        call: Name of the review that it is from; empty for the starter set.
        at: Where in that call, in seconds.
        page: The report to listen in; empty where there is none.
    """

    id: str
    topic: str
    scene: str
    says: str
    calls_for: tuple[str, ...]
    screen: str = ""
    might: str = ""
    feelings: frozenset[str] | None = None
    begin: str = ""
    answer: str = ""
    call: str = ""
    at: float = 0.0
    page: str = ""

    @property
    def own(self) -> bool:
        """Whether it is from a call of the person's own."""
        return bool(self.call)

    @property
    def plain(self) -> bool:
        """Whether a plain answer is all that is wanted."""
        return not self.calls_for


@dataclass(frozen=True, slots=True)
class Guide:
    """What answers are held against, besides what the detectors hear.

    Attributes:
        longest: Words of an answer after which it is long.
        plain: The same where a plain answer is wanted.
        feelings: Words for feelings by family.
        formulas: Sentences of a script, in plain words.
        room: Words that leave somebody room to go on.
        thanks: What thanks are for that acknowledge something.
    """

    longest: int
    plain: int
    feelings: Mapping[str, tuple[str, ...]]
    formulas: tuple[str, ...]
    room: tuple[str, ...]
    thanks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Starters:
    """The file of customers."""

    guide: Guide
    customers: tuple[Customer, ...]

    def find(self, name: str) -> Customer | None:
        """Return the customer that a name means: their own, or that of a drill which a review names.

        A review names what a call was about and what is practised: ``high-bill-said-back``. Where nobody here is of
        that topic and calls for that, it is somebody who calls for it.
        """
        for customer in self.customers:
            if customer.id == name:
                return customer
        for suffix in SUFFIX.values():
            topic = name.removesuffix(f"-{suffix}")
            if topic == name:
                continue
            fitting = [customer for customer in self.customers if CALLS_FOR[suffix] in customer.calls_for]
            return next((c for wanted in (topic, ANY) for c in fitting if c.topic == wanted), next(iter(fitting), None))
        return None


@cache
def load_starters() -> Starters:
    """Return the customers of ``models/drills/starter.toml``.

    Raises:
        ConfigurationError: The file is damaged, or says something that cannot be.
    """
    path = resource("models", "drills", "starter.toml")
    return read_starters(toml.load(path), path.name)


def read_starters(table: toml.Table, where: str) -> Starters:
    """Return customers from what their file says.

    Args:
        table: The file's content.
        where: The file's name, for messages.

    Raises:
        ConfigurationError: Something is missing, unknown, twice there, or of another kind than it should be.
    """
    toml.known(table, _TABLES, where)
    words = toml.section(table, "words", where)
    feelings = toml.section(table, "feelings", where)
    guide = Guide(
        longest=int(toml.number(words, "longest", where, most=1000)),
        plain=int(toml.number(words, "plain", where, most=1000)),
        feelings=MappingProxyType({name: toml.texts(feelings, name, where) for name in feelings}),
        formulas=toml.texts(toml.section(table, "formulas", where), "said", where),
        room=toml.texts(toml.section(table, "room", where), "said", where),
        thanks=toml.texts(toml.section(table, "thanks", where), "said", where),
    )
    drills = table.get("drill", [])
    if not isinstance(drills, list) or not drills or not all(isinstance(drill, Mapping) for drill in drills):
        raise ConfigurationError(f"{where}: there should be drills, each under [[drill]].")
    customers: dict[str, Customer] = {}
    for number, drill in enumerate(drills, 1):
        customer = _customer(drill, guide, f"{where}: drill {number}")
        if customer.id in customers:
            raise ConfigurationError(f'{where}: two drills are called "{customer.id}". Give one another id.')
        customers[customer.id] = customer
    return Starters(guide, tuple(customers.values()))


def _customer(drill: toml.Table, guide: Guide, where: str) -> Customer:
    toml.known(drill, _KEYS, where)
    calls_for, feelings = toml.texts(drill, "calls_for", where), toml.texts(drill, "feelings", where)
    for name, known in [*((c, CALLS) for c in calls_for), *((f, tuple(guide.feelings)) for f in feelings)]:
        if name not in known:
            raise ConfigurationError(f'{where} names "{name}"; {did_you_mean(name, known)}')
    return Customer(
        id=_text(drill, "id", where),
        topic=_text(drill, "topic", where),
        scene=_text(drill, "scene", where),
        says=_text(drill, "customer", where),
        calls_for=calls_for,
        screen=_text(drill, "screen", where, needed=False),
        might=_text(drill, "might", where, needed=False),
        feelings=frozenset(feelings),
        begin=_text(drill, "begin", where, needed=False),
        answer=_text(drill, "answer", where),
    )


def _text(drill: toml.Table, key: str, where: str, *, needed: bool = True) -> str:
    value = drill.get(key, "")
    if not isinstance(value, str) or (needed and not value.strip()):
        raise ConfigurationError(f'{where}: {key} should be some text, as in {key} = "…".')
    return value.strip()
