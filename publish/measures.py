"""Sizes and ages, as the command line takes them."""

from __future__ import annotations

from typing import Any

import click


class Measure(click.ParamType[int]):
    """A size or an age, by the function of :mod:`publish.clean` that reads it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401  # click's
        """Bytes or seconds."""
        from publish import clean  # noqa: PLC0415

        try:
            return clean.size(value) if self.name == "size" else clean.age(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
