"""Who is the agent, as a person put it right in an earlier review: that stays when the call is reviewed anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from coach.app.item import Request
from coach.app.naming import Output, read_review
from coach.app.unchanged import told_since
from coach.speech.sidecar import LANES

FROM_SETTINGS = "agent_channel is set to"
"""How the reason begins where the settings said who is the agent: they are asked anew, and may say otherwise now."""


def as_put_right(request: Request, output: Output) -> Request:
    """Return a request with the agent whom a person named for this call in the review that is there, if one did.

    What a list or a note says of the call's channel since then counts before it.

    Args:
        request: One recording; of one file a party the names of the files tell.
        output: Where its review is.
    """
    review = read_review(output.path("json")) if request.recording is not None else None
    roles = review.get("roles") if review is not None else None
    if review is None or not isinstance(roles, Mapping) or _said_since(request, output, review):
        return request
    agent, why = roles.get("agent"), str(roles.get("why"))
    if roles.get("source") != "option" or not isinstance(agent, str) or why.startswith(FROM_SETTINGS):
        return request
    return replace(request, agent_label=agent)


def _said_since(request: Request, output: Output, review: Mapping[str, object]) -> bool:
    """Return whether it was told which channel is the agent's after the review was made."""
    channel = request.known.agent_channel if request.known is not None else None
    if channel is None:
        return False
    recipe = review.get("recipe")
    before = recipe.get("known") if isinstance(recipe, Mapping) else None
    told = before.get("agent_channel") if isinstance(before, Mapping) else None
    if told is not None and told not in (str(channel), LANES[channel]):
        return True
    return told_since(request, output.path("json").stat().st_mtime)
