"""What a speaker's name says of their role."""

from __future__ import annotations

import re

from coach.conversation import Role

_AGENT = frozenset(
    "agent rep representative csr advisor adviser operator associate specialist technician consultant support "
    "helpdesk receptionist dispatcher staff employee assistant".split()
)
_CUSTOMER = frozenset(
    "customer caller client member patient guest consumer subscriber policyholder claimant buyer user cardholder "
    "tenant shopper passenger".split()
)
_DEPARTMENT = frozenset("service services support care desk success relations helpline hotline team".split())
"""What turns "Customer" into whoever serves the customer."""

_JOB = _AGENT | _DEPARTMENT


def role_of_name(name: str) -> Role | None:
    """Return the role that a speaker's name states, ``None`` for a person's name or a bare label.

    >>> [role_of_name(name) for name in ("Agent 2", "Customer Service", "CALLER", "Member", "Maria", "spk_0")]
    ['agent', 'agent', 'customer', 'customer', None, None]
    """
    words = re.findall(r"[^\W\d_]+", name.casefold())
    if not words:
        return None
    if words[0] in _CUSTOMER and any(word in _JOB for word in words[1:]):
        return "agent"
    if words[0] in _CUSTOMER:
        return "customer"
    if words[0] in _AGENT or words[-1] in _AGENT | _DEPARTMENT - {"team"}:
        return "agent"
    return "customer" if words[-1] in _CUSTOMER else None
