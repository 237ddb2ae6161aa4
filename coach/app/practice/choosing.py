"""Who comes next: one's own calls, the starter set, and plain questions, mixed so that nobody knows what to expect."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from coach.coaching.customers import Customer, Starters
from coach.coaching.drills import SUFFIX
from coach.conversation import UsageError
from coach.nearest import did_you_mean

PLAIN = 3
"""One customer of so many, on average, asks a plain question."""


def named(name: str, own: Sequence[Customer], starters: Starters) -> Customer:
    """Return the customer that a name means, of one's own calls before all others.

    Raises:
        UsageError: Nobody is called that.
    """
    for customer in own:
        if customer.id == name:
            return customer
    found = starters.find(name)
    if found is None:
        known = [customer.id for customer in (*own, *starters.customers)]
        known += [f"{customer.topic}-{suffix}" for customer in starters.customers for suffix in SUFFIX.values()]
        raise UsageError(f'There is no drill "{name}"; {_near(name, known)} `coach practice --list` names them.')
    return found


def _near(name: str, known: Sequence[str]) -> str:
    near = did_you_mean(name, known)
    return near if near.startswith("did") else "it may be of a review that is not here."


def following(own: Sequence[Customer], starters: Starters, practised: Sequence[str]) -> Customer:
    """Return the next customer: one that was practised least, of a kind that cannot be guessed.

    Args:
        own: From the person's own calls.
        starters: All others.
        practised: Ids of those who were answered before, in order.
    """
    often, round_ = Counter(practised), len(practised)
    plain = [customer for customer in starters.customers if customer.plain]
    telling = [customer for customer in starters.customers if not customer.plain]
    # Half of those with something to tell are the person's own, where there are any.
    pools = [pool for pool in (own if _draw(f"{round_} own") % 2 else telling, own or telling, telling, plain) if pool]
    pool = plain if plain and _draw(f"{round_} plain") % PLAIN == 0 else pools[0]
    last = practised[-1] if practised else ""
    return min(pool, key=lambda c: (c.id == last, often[c.id], _draw(f"{round_} {c.id} {c.call} {c.at}")))


def _draw(text: str) -> int:
    """Return a number that looks random and is the same each time, so that leaving and coming back changes nothing."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:4], "big")
