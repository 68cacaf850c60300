"""stub"""

from publish.said import Lexicon


def lexicon_of(settings, pls):  # type: ignore
    return Lexicon()


def parse_pls(file, text, report):  # type: ignore
    return Lexicon()
