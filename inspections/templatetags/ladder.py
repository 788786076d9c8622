"""The many points of a ladder, written in one go: a template loop over 500 of them takes longer than all the rest."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from inspections.charts.ladder import Mark, Picture

register = template.Library()


@register.simple_tag
def ladder_marks(picture: Picture) -> SafeString:
    """A link to the inspection per batch, with the range of its units and its point; a cross where it is stopped, an
    arrow where it lies outside of the picture. The newest is the one stop of the Tab key: arrows go to the others."""
    last = len(picture.marks) - 1
    marks = (_mark(mark, picture.radius, is_stop=index == last) for index, mark in enumerate(picture.marks))
    return mark_safe("".join(marks))  # noqa: S308 texts are escaped


def _mark(mark: Mark, radius: float, *, is_stop: bool) -> str:
    tone = f' class="tone-{mark.tone}"' if mark.tone else ""
    extent = "" if mark.top == mark.bottom else f'<path class="ladder__range" d="M{mark.x} {mark.top}V{mark.bottom}"/>'
    if mark.beyond:
        point = f'<path class="ladder__beyond" d="{beyond(mark.x, mark.y, mark.beyond)}"/>'
    elif mark.tone == "stopped":
        point = f'<path class="ladder__out" d="M{mark.x} {mark.y}m-4 -4l8 8m0 -8l-8 8"/>'
    else:
        point = f'<circle class="ladder__point" cx="{mark.x}" cy="{mark.y}" r="{radius}"/>'
    if mark.is_flagged:
        point += f'<path class="ladder__flag" d="M{mark.x} {mark.y - 7}l-4 -7h8z"/>'
    stop = "" if is_stop else ' tabindex="-1"'
    return f'<a href="{escape(mark.url)}"{tone}{stop}><title>{escape(mark.label)}</title>{extent}{point}</a>'


@register.simple_tag
def beyond(x: float, y: float, where: str) -> str:
    """The path of an arrow at an edge of the picture, towards what lies beyond it."""
    return f"M{x:g} {y:g}l5 9h-10z" if where == "above" else f"M{x:g} {y:g}l5 -9h-10z"


@register.simple_tag
def ladder_rows(rows: list[dict], keys: str) -> SafeString:
    """The rows of the figures: batch, day and the named columns, all of them text or numbers."""
    names = keys.split()
    return mark_safe("".join(_row(row, names) for row in rows))  # noqa: S308 texts are escaped


def _row(row: dict, names: list[str]) -> str:
    cells = "".join(f'<td class="num nowrap">{escape(row.get(name) or "–")}</td>' for name in names)
    link = f'<a href="{escape(row["url"])}">{escape(row["rung"].number)}</a>'
    return f'<tr><th scope="row" class="nowrap">{link}</th><td class="nowrap">{row["day"]}</td>{cells}</tr>'
