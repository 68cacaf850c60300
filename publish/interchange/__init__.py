"""Catalogues in the formats of other tools: one module a format, each a reader and a writer of the same messages."""
