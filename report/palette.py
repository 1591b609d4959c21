"""The colours of the page and the picture, light and dark. Every text colour is at least 4.5:1 on
each ground it stands on (WCAG AA), which a test computes. Pure data."""

from __future__ import annotations

import re
from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#f7f6f2",
    "sheet": "#ffffff",
    "ink": "#1c2430",
    "muted": "#566070",
    "rule": "#d9d8d0",
    "accent": "#1d5699",
    "good": "#0c6144",
    "good-ground": "#e3f2ea",
    "bad": "#a81e1a",
    "bad-ground": "#fbe7e4",
    "doubt": "#7a4d00",
    "doubt-ground": "#fbf0d9",
    "quiet": "#566070",
    "quiet-ground": "#eeede8",
}
DARK: Mapping[str, str] = {
    "paper": "#12161c",
    "sheet": "#1a2028",
    "ink": "#e9ecf1",
    "muted": "#a7b0bd",
    "rule": "#333c48",
    "accent": "#8fbcf2",
    "good": "#7ad7ab",
    "good-ground": "#15352a",
    "bad": "#ffa49b",
    "bad-ground": "#46211f",
    "doubt": "#f0c674",
    "doubt-ground": "#3b3014",
    "quiet": "#a7b0bd",
    "quiet-ground": "#262e38",
}
# Of networks, in turn. Each is also written beside its line, so that no colour is needed, and has a
# number too where there are more networks than colours.
WIRES_LIGHT = ("#1d5699", "#8a3f8f", "#0f6f72", "#9a5410", "#4c5fb8", "#5d6b16")
WIRES_DARK = ("#8fbcf2", "#dd9fe2", "#6cd0d3", "#edb27a", "#a9b6f7", "#c2d06a")

ON_GROUNDS = {
    "ink": ("paper", "sheet", "quiet-ground"),
    "muted": ("paper", "sheet", "quiet-ground"),
    "accent": ("paper", "sheet"),
    **{tone: (f"{tone}-ground", "sheet") for tone in ("good", "bad", "doubt", "quiet")},
    "*wires": ("sheet", "paper"),
}


def variables(colours: Mapping[str, str], wires: tuple[str, ...]) -> str:
    """CSS custom properties."""
    named = {**colours, **{f"wire-{n}": wire for n, wire in enumerate(wires)}}
    return "".join(f"--{name}:{value};" for name, value in named.items())


def literal(css: str, colours: Mapping[str, str], wires: tuple[str, ...]) -> str:
    """CSS with the colours in the place of their names, for whatever knows no custom properties."""
    named = {**colours, **{f"wire-{n}": wire for n, wire in enumerate(wires)}}
    return re.sub(r"var\(--([\w-]+)\)", lambda found: named[found[1]], css)


def for_any_viewer(css: str) -> str:
    """The CSS of a picture alone: light, and dark where the viewer can ask for it."""
    dark = literal(css, DARK, WIRES_DARK)
    return (
        f":root{{color-scheme:light dark}}{literal(css, LIGHT, WIRES_LIGHT)}"
        f"@media screen and (prefers-color-scheme:dark){{{dark}}}"
    )


def style() -> str:
    """The custom properties of both, for a `<style>` of a page."""
    light, dark = variables(LIGHT, WIRES_LIGHT), variables(DARK, WIRES_DARK)
    return (
        f":root{{{light}color-scheme:light dark}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )
