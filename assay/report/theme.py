"""Colours by role: one table for the page, the figures and the printed summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Tone:
    """One role's colour on a light and on a dark page."""

    light: str
    dark: str


TONES: Mapping[str, Tone] = {
    "paper": Tone("#fbfaf7", "#14171c"),
    "card": Tone("#ffffff", "#1b1f26"),
    "ink": Tone("#1d232b", "#e6e8eb"),
    "muted": Tone("#5c6672", "#9ba5b1"),
    "line": Tone("#e2e0d9", "#2f3640"),
    "accent": Tone("#1f5fa8", "#7db2ec"),
    "gross": Tone("#8a8f98", "#7f8893"),
    "signals": Tone("#a4531f", "#e39a62"),
    "selected": Tone("#1f5fa8", "#7db2ec"),
    "gain": Tone("#2b7a54", "#6cc199"),
    "loss": Tone("#b13c3c", "#ec8a86"),
    "state0": Tone("#5b9aa0", "#4f9298"),
    "state1": Tone("#d9a441", "#c9963a"),
    "state2": Tone("#a8506a", "#b4607a"),
    "state3": Tone("#6a6fb0", "#7479bd"),
    "state4": Tone("#7c8c4a", "#8b9b57"),
    "state5": Tone("#8a6f5a", "#97806d"),
}
"""Chosen for contrast of 4.5 or more against the page where they carry text (WCAG 2.2, 1.4.3)."""

SENTINELS: Mapping[str, str] = {role: f"#0a00{index:02x}" for index, role in enumerate(TONES)}
"""What figures are drawn with: colours that stand for roles and are replaced when the figure is used."""

N_STATES = 6


def state(index: int) -> str:
    """Return the role of a regime; beyond the sixth they repeat."""
    return f"state{index % N_STATES}"


def for_page(svg: str) -> str:
    """Return a figure whose colours are the page's variables, so that it follows light and dark."""
    for role, sentinel in SENTINELS.items():
        svg = svg.replace(sentinel, f"var(--{role})")
    return svg


def for_print(svg: str) -> str:
    """Return a figure in the light colours on white paper, as a document of its own."""
    svg = svg.replace(SENTINELS["paper"], "#ffffff")
    for role, sentinel in SENTINELS.items():
        svg = svg.replace(sentinel, TONES[role].light)
    return svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def css_variables(*, dark: bool) -> str:
    """Return the declarations of the page's colour variables."""
    return " ".join(f"--{role}: {tone.dark if dark else tone.light};" for role, tone in TONES.items())
