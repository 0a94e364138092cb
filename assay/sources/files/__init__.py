"""Files of your own: CSV and its kin, Parquet, Feather and JSON; what is not named in params is found out and said.

What is there (:mod:`listing`, :mod:`raw`) -> a reader per format (:mod:`delimited`, :mod:`documents`,
:mod:`columnar`) -> what the columns hold (:mod:`roles`, :mod:`headless`, :mod:`names`) -> times (:mod:`clocks`,
:mod:`forms`, :mod:`times`) -> rows of a table (:mod:`tables`). Where two readings fit, none is chosen.
"""

from assay.sources.files.source import kind, ticks

__all__ = ["kind", "ticks"]
