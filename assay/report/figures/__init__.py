"""Figures as SVG text: drawn in colours that stand for roles, small, and the same bytes everywhere."""
