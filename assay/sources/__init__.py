"""The outside world: where ticks come from, one decoder per venue.

A source reads local bytes only: the packaged sample, a raw cache in the venue's own paths, a folder of files, or a
generator. Nothing here opens a socket; a download belongs in a module of its own that fills the raw cache, so that a
warm cache needs no network.
"""
