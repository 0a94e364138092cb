"""Regimes: hidden Markov models fitted on training bars only and filtered forward only."""
