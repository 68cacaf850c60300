"""Transcripts of a briefing series become accessible pages, read-along EPUBs, catalogues for translators and speech."""

__version__ = "0.1.0"
