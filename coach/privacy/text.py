"""Private numbers taken out of a line of text that has no times: file names, stems, error messages."""

from __future__ import annotations

import re
from collections.abc import Collection

from coach.privacy.banks import ibans_in
from coach.privacy.chains import luhn
from coach.privacy.find import find
from coach.privacy.kinds import DEFAULT
from coach.privacy.phones import telephone

_KEPT = re.compile(
    r"\b(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{32,}\b"
    r"|(?<![0-9a-fA-F-])(?=[0-9-]*[a-fA-F])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-fA-F-])"
    r"|(?<![\d-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:[ T_-]+(?:[01]\d|2[0-3])[.:_-]?[0-5]\d(?:[.:_-]?[0-5]\d)?Z?)?(?![\d-])"
)
"""What tells recordings apart and is nobody's number: hashes, UUIDs, dates with their time."""
_FORMS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"),
    "ssn": re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    "phone": re.compile(
        r"(?<![\d-])(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}([-.]))\d{3}(?(1)\1|[-. ])\d{4}(?![\d-])|\+\d{9,14}(?!\d)"
    ),
}
_RUN = re.compile(r"(?<!\d)\d{13,19}(?!\d)")
_GROUPED = re.compile(r"(?<!\d)\d{4}(?:([-_. ])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|([-_. ])\d{6}\2\d{4,5})(?!\d)")
_STAMP = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\d*")
_EPOCH = re.compile(r"1[5-9]\d{11}(?:\d{3}){0,2}")
_BARE = re.compile(r"(?<![0-9A-Za-z])\d{10,12}(?![0-9A-Za-z])")
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])"
_SHORT_STAMP = re.compile(rf"(?:19|20)\d\d{_DAY}(?:[0-5]\d)?|\d\d{_DAY}[0-5]\d(?:[0-5]\d)?")
"""Year to hour or minute, and the same with two digits of a year to minute or second."""
_SECONDS = 0.35


def mask_text(text: str, kinds: Collection[str] = DEFAULT) -> str:
    """Return a text with everything private replaced.

    Time stamps of 13 digits and more (``20261122143000``, milliseconds since 1970) stay, so that
    recordings keep names that can be told apart.

    Args:
        text: A line without times.
        kinds: Types to mask.

    >>> mask_text("pay-4111-1111-1111-1111.wav"), mask_text("q-20261122143000.wav")
    ('pay-[card].wav', 'q-20261122143000.wav')
    """
    kept = _KEPT.findall(text)
    pieces = _KEPT.split(text)
    masked = [_mask_plain(piece, kinds) for piece in pieces]
    return "".join(a + b for a, b in zip(masked, [*kept, ""], strict=True))


def mask_name(text: str, kinds: Collection[str] = DEFAULT) -> str:
    """Return a file's name, or a line that tells of one, with everything private replaced.

    Phone systems call recordings by the customer's number, so ten bare digits and more that have the form of a
    telephone number go here, between what is neither letter nor digit. What may as well be a date with its hour stays.

    Args:
        text: A line without times.
        kinds: Types to mask.

    >>> mask_name("2125550188-call.wav"), mask_name("2026031509-call.wav"), mask_name("call-1772460843.wav")
    ('[phone]-call.wav', '2026031509-call.wav', 'call-1772460843.wav')
    """
    text = mask_text(text, kinds)
    if "phone" not in kinds or not _BARE.search(text):
        return text
    kept = _KEPT.findall(text)
    pieces = [_BARE.sub(_bare, piece) for piece in _KEPT.split(text)]
    return "".join(a + b for a, b in zip(pieces, [*kept, ""], strict=True))


def _bare(found: re.Match[str]) -> str:
    digits = found.group()
    number = telephone(digits, (3, 3, 4)) and _SHORT_STAMP.fullmatch(digits) is None
    return "[phone]" if number else digits


def _mask_plain(text: str, kinds: Collection[str]) -> str:
    if "bank" in kinds:
        for start, end in reversed(list(ibans_in(text))):
            text = f"{text[:start]}[bank]{text[end:]}"
    if "card" in kinds:
        text = _GROUPED.sub("[card]", text)
        text = _RUN.sub(lambda found: found.group() if _stamp(found.group()) else "[card]", text)
    for kind, pattern in _FORMS.items():
        text = pattern.sub(f"[{kind}]", text) if kind in kinds else text
    return _mask_spoken(text, kinds)


def _stamp(digits: str) -> bool:
    if _STAMP.fullmatch(digits):
        return not (len(digits) == 16 and luhn(digits))
    return _EPOCH.fullmatch(digits) is not None and not luhn(digits)


def _mask_spoken(text: str, kinds: Collection[str]) -> str:
    """Mask numbers in words, as the detector finds them with even times."""
    found = list(re.finditer(r"\S+", text))
    if len(found) < 2:
        return text
    [marks] = find([[(m.group(), k * _SECONDS, (k + 1) * _SECONDS) for k, m in enumerate(found)]], kinds)
    marks = {word: kind for word, kind in marks.items() if not _stamp(re.sub(r"\D", "", found[word].group()))}
    out, at = [], 0
    for word, match in enumerate(found):
        if word not in marks:
            continue
        joined = marks.get(word - 1) == marks[word]
        out.append("" if joined else text[at : match.start()] + f"[{marks[word]}]")
        at = match.end()
    return "".join(out) + text[at:]
