"""Names and addresses of recordings as they may be shown: customers' numbers, passwords and signatures taken out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from coach.privacy.kinds import DEFAULT
from coach.privacy.text import mask_name
from coach.reporting.text import clean
from coach.speech.importing import untrusted

CUSTOMER = "[customer]"
_FEWEST_DIGITS = 6
"""Digits from which a number may be a customer's; an extension has fewer."""
_NATIONAL = 10
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_CONTAINED: Final = frozenset({"abfs", "abfss", "wasb", "wasbs"})
"""Systems in whose addresses a container stands where others have a user."""
_HOST = re.compile(r"(?:\[[^\]@]*\]|[^:@]*(?:@[^:@]*)?)(?::\d*)?")
_CODED = r"(?:%[0-9A-Fa-f]{2}|[-. ()])*"  # what may stand between the digits of one number in a name


def is_address(text: str) -> bool:
    """Return whether a text is an address (``s3://…``) and no path; a drive's letter is none."""
    return _ADDRESS.match(text) is not None


def bare(address: str) -> str:
    """Return an address as it may be kept: without user, password, token and signature.

    >>> bare("sftp://ann:secret@host:22/reports?sig=abc")
    'sftp://host:22/reports'
    >>> bare("abfs://calls@account.example/reports")
    'abfs://calls@account.example/reports'
    """
    scheme, _, rest = address.partition("://")
    host, slash, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    who, _, server = host.rpartition("@")
    if who and scheme.casefold() in _CONTAINED and ":" not in who:
        server = host
    if not _HOST.fullmatch(server):  # what was written wrongly may be anything, a password too
        return f"{scheme}://…"
    return f"{scheme}://{server}{slash}{path}"


def folder_shown(address: str) -> str:
    """Return the address of a folder in one line, without what opens it; its numbers are hosts', and stay."""
    return clean(bare(address))


def hide(text: str, private: Iterable[str] = (), kinds: Collection[str] = DEFAULT) -> str:
    """Return a text in one line with what is private in it replaced.

    Args:
        text: A path, an address, a sentence.
        private: Numbers and names of customers, however they are written.
        kinds: Types of private data to replace besides.

    >>> hide("q-600-2125550188-20260302.wav", ["+1 (212) 555-0188"])
    'q-600-[customer]-20260302.wav'
    """
    if is_address(text):
        text = bare(text)
    for one in private:
        text = _without(text, one)
    return clean(mask_name(clean(text), kinds))


def is_private(text: str) -> bool:
    """Return whether a caller's or called number is a person's, and no extension, ``unknown`` or ``anonymous``."""
    return sum(char.isdigit() for char in text) >= _FEWEST_DIGITS


def last_part(shown: str) -> str:
    r"""Return what stands after the last slash of a path or an address, of whatever system.

    >>> last_part("C:\\calls\\a.wav"), last_part("s3://bucket/2026/")
    ('a.wav', '2026')
    """
    return shown.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def tidy(text: str) -> str:
    """Return text in one line without control characters, quickly where there are none, as in most fields."""
    return text.strip() if text.isprintable() and "  " not in text else untrusted.clean(text)


def _without(text: str, private: str) -> str:
    digits, words = _digits(private), tidy(private)
    if len(words) > 2 and any(char.isalpha() or (char.isdecimal() and not char.isascii()) for char in words):
        text = re.sub(re.escape(words), CUSTOMER, text, flags=re.IGNORECASE)
    if len(digits) < _FEWEST_DIGITS:
        return text
    for number in dict.fromkeys((digits, digits[-_NATIONAL:])):
        if number in _digits(_ESCAPED.sub("", text)):  # most names hold none, and this look costs less than the next
            spelt = _CODED.join(number)
            text = re.sub(rf"(?<!\d)(?:\+|%2[Bb])?(?:(?:00)?1{_CODED})?{spelt}(?!\d)", CUSTOMER, text)
    return text


def _digits(text: str) -> str:
    return "".join(char for char in text if "0" <= char <= "9")
