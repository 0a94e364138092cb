"""The outside world: where market data comes from, one decoder per venue.

A venue names the pieces of its history and decodes their bytes; :mod:`assay.sources.transport`, the one package that
opens a socket, brings them into a raw cache outside DVC; :mod:`assay.sources.rules` checks every row. With a warm cache
no network is needed.
"""
