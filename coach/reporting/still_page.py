"""What a page without script or sound is made with: a template and a style by its hash, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from coach.reporting.templates import Filter, digest, fill, policy, source


def render(
    template: str,
    values: Mapping[str, object],
    *,
    styles: tuple[str, ...],
    filters: Mapping[str, Filter] = {},
) -> str:
    """Return a page.

    Args:
        template: Name of the file in ``reports/templates``.
        values: What it is filled with, besides ``style`` and ``policy``.
        styles: Files that make up its one style.
        filters: What the template writes values with besides the usual, or in their place.

    Raises:
        ConfigurationError: A template was edited so that it no longer works, or is missing.
    """
    style = source(*styles)
    own = {"style": Markup(style), "policy": policy(f"style-src {digest(style)}")}  # noqa: S704  (our own files, hashed in the policy)
    return fill(template, {**own, **values}, filters=filters)
