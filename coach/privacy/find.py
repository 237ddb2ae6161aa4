"""Everything private in a call, whichever finder found it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from coach.privacy.addresses import find_addresses
from coach.privacy.banks import find_ibans
from coach.privacy.chains import Timed, hear
from coach.privacy.dates import find_dates
from coach.privacy.detect import Detector
from coach.privacy.emails import find_emails
from coach.privacy.hits import Heard, Hit
from coach.privacy.names import find_names
from coach.privacy.passwords import find_passwords


def find(parties: Sequence[Sequence[Timed]], kinds: Collection[str]) -> list[dict[int, str]]:
    """Return the kind of each private word: one mapping a party, from the word's index.

    Args:
        parties: Each party's words in order of time.
        kinds: Types to find.
    """
    heard = Heard(hear(*parties))
    marks: list[dict[int, str]] = [{} for _ in parties]
    for hit in _hits(heard, kinds):
        at = heard.lanes[hit.lane].atoms
        for atom in hit.atoms:
            marks[hit.lane].setdefault(at[atom].word, hit.kind)
    return marks


def _hits(heard: Heard, kinds: Collection[str]) -> Iterator[Hit]:
    """Yield what each finder found; where two claim a word, the first says what it is."""
    if "email" in kinds:
        yield from find_emails(heard)
    if "password" in kinds:
        yield from find_passwords(heard)
    if "bank" in kinds:
        yield from find_ibans(heard)
    yield from Detector(heard, kinds).find()
    yield from find_dates(heard, kinds)
    if "address" in kinds:
        yield from find_addresses(heard)
    if "name" in kinds:
        yield from find_names(heard)
