"""A transcript that is edited again and again: no translation is lost, none stands under other words, no id wanders."""

from __future__ import annotations

import random
from collections import Counter

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from small import PARTICIPANTS

from publish import anchors, catalog, pairing, po, templates, updating
from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.interface import interface
from publish.model import Briefing, Paragraph, Text, Turn, paragraphs, plain

SETTINGS = Settings(title="River briefings")
SPEAKERS = tuple(person.speaker for person in PARTICIPANTS)
WORDS = (
    "water", "bridge", "evening", "captain", "window", "lantern", "harvest", "question", "quarry", "silver",
    "meadow", "orchestra", "kettle", "barrel", "violin", "thunder", "pasture", "engine", "mirror", "village",
    "compass", "feather", "granite", "whistle", "parcel", "chimney", "orchard", "ribbon", "shovel", "ladder",
    "pepper", "saddle", "turnip", "walnut", "anchor", "basket", "candle", "dragon", "eleven", "forest", "garden",
    "hammer", "island", "jacket", "kitten", "lemon", "market", "napkin", "oyster", "pillow", "rabbit", "summer",
    "ticket", "uncle", "velvet", "wagon", "yellow", "zebra",
)  # fmt: skip
SHORT = ("Thank you.", "Go ahead.", "Yes, sir.")
"""What is said again and again."""

LONG = 8
"""Words of a paragraph that is like no other, even after three of them were exchanged."""


def silent(_: Diagnostic) -> None: ...


class Said:
    """A paragraph through all its edits."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.id = ""
        self.string = ""
        """Its translation; empty: none."""
        self.of = ""
        """The words that this is a translation of."""
        self.final = False
        self.among = False
        """It was removed together with other edits, and may have been taken for one of them."""


class Edits(RuleBasedStateMachine):
    """The transcript, and what its catalogue has to hold."""

    least = LONG
    """Words of a paragraph that is edited."""
    batches = True
    """Whether several edits may come before one update."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.rows, self.po = "talk", "", ""
        self.stale = False
        self.touched: set[Said] = set()
        """Edited or put in since everything was brought up to date; of several, one may be taken for another."""
        self.turns: list[tuple[str, list[Said]]] = []
        self.removed: list[Said] = []
        self.twins: Counter[str] = Counter()
        """How often words stood in the transcript before."""
        self.left: set[str] = set()
        """The translations of all that was ever removed."""
        self.back: Said | None = None
        """What has just come back."""
        self.made: dict[str, str] = {}
        """Every translation that was ever written: the words that it is of."""

    # -- what happens to the transcript --------------------------------------------------------------------------------

    @initialize(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 3), min_size=2, max_size=6))
    def begin(self, seed: int, sizes: list[int]) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # words, no secrets
        self.turns = [(self.chance.choice(SPEAKERS), [self.fresh() for _ in range(size)]) for size in sizes]
        self.brought()
        for said in self.all():
            if self.chance.random() < 0.8:
                self.translate(said)
        self.brought()

    def fresh(self) -> Said:
        if self.chance.random() < 0.15:
            said = Said(self.chance.choice(SHORT))
        else:
            said = Said(f"{' '.join(self.chance.sample(WORDS, self.length())).capitalize()}.")
        self.touched.add(said)
        return said

    def length(self) -> int:
        """Of a paragraph, in words."""
        return self.chance.randint(LONG, 18)

    def all(self) -> list[Said]:
        return [said for _, line in self.turns for said in line]

    def some(self, where: float) -> tuple[int, int]:
        """A turn and a place in it."""
        places = [(at, place) for at, (_, line) in enumerate(self.turns) for place in range(len(line))]
        return places[int(where * len(places)) % len(places)]

    WHERE = st.floats(0, 0.999)

    @rule(where=WHERE, later=st.booleans())
    def insert(self, where: float, *, later: bool) -> None:
        at, place = self.some(where)
        self.turns[at][1].insert(place, self.fresh())
        self.brought(later=later)

    @rule(where=WHERE, later=st.booleans())
    def insert_a_turn(self, where: float, *, later: bool) -> None:
        at, _ = self.some(where)
        self.turns.insert(at, (self.chance.choice(SPEAKERS), [self.fresh()]))
        self.brought(later=later)

    @rule(where=WHERE, count=st.integers(1, 3), later=st.booleans())
    def edit(self, where: float, count: int, *, later: bool) -> None:
        at, place = self.some(where)
        said = self.turns[at][1][place]
        words = said.text.split()
        if len(words) < self.least:
            return
        for number in self.chance.sample(range(len(words)), count if len(words) >= LONG else 1):
            words[number] = self.chance.choice(WORDS)
        said.text = " ".join(words)
        said.final = said.final and said.text == said.of
        self.touched.add(said)
        self.brought(later=later)

    @rule(where=WHERE, to=WHERE, later=st.booleans())
    def move(self, where: float, to: float, *, later: bool) -> None:
        """A paragraph to another place, of the same speaker."""
        at, place = self.some(where)
        speaker, line = self.turns[at]
        said = line.pop(place)
        if not line:
            del self.turns[at]
        index = int(to * (len(self.turns) + 1))
        self.turns.insert(index, (speaker, [said]))
        self.brought(later=later)

    @rule(where=WHERE, to=WHERE, later=st.booleans())
    def move_a_turn(self, where: float, to: float, *, later: bool) -> None:
        turn = self.turns.pop(self.some(where)[0])
        self.turns.insert(int(to * (len(self.turns) + 1)), turn)
        self.brought(later=later)

    @precondition(lambda self: len(self.all()) > 2)
    @rule(where=WHERE, later=st.booleans())
    def delete(self, where: float, *, later: bool) -> None:
        at, place = self.some(where)
        said = self.turns[at][1].pop(place)
        said.among = self.batches and (self.stale or later)
        self.removed.append(said)
        if not self.turns[at][1]:
            del self.turns[at]
        self.brought(later=later)

    @precondition(lambda self: self.removed)
    @rule(to=WHERE, later=st.booleans())
    def bring_back(self, to: float, *, later: bool) -> None:
        """What was removed last comes back in its old words."""
        back = self.removed.pop()
        back.id = ""
        self.back = back
        self.touched.add(back)
        self.turns.insert(int(to * (len(self.turns) + 1)), (self.chance.choice(SPEAKERS), [back]))
        self.brought(later=later)

    @rule(where=WHERE, speaker=st.sampled_from(SPEAKERS), later=st.booleans())
    def attribute_to_another(self, where: float, speaker: str, *, later: bool) -> None:
        at, _ = self.some(where)
        self.turns[at] = (speaker, self.turns[at][1])
        self.brought(later=later)

    @rule()
    def rename(self) -> None:
        self.name = "renamed" if self.name == "talk" else "talk"
        self.brought()

    @rule(where=WHERE)
    def lose_the_ids(self, where: float) -> None:
        del where
        self.rows = ""
        for said in self.all():
            said.id = ""
        self.brought()

    @rule(where=WHERE)
    def split(self, where: float) -> None:
        if self.stale:
            self.brought()
        at, place = self.some(where)
        whole = self.turns[at][1][place]
        words = whole.text.split()
        if len(words) < 12 or not whole.string:
            return
        half = len(words) // 2
        first, second = Said(f"{' '.join(words[:half])}."), Said(" ".join(words[half:]).capitalize())
        self.turns[at][1][place : place + 1] = [first, second]
        found = self.bring()
        entries = [found[f"{self.name}/{said.id}"] for said in (first, second)]
        assert all(entry.fuzzy for entry in entries)
        assert {entry.strings[0] for entry in entries} == {whole.string}
        assert whole.id in {first.id, second.id} or not whole.id
        first.string = second.string = whole.string
        first.of = second.of = whole.of
        self.check(found)

    @rule(where=WHERE)
    def join(self, where: float) -> None:
        if self.stale:
            self.brought()
        at, place = self.some(where)
        line = self.turns[at][1]
        if place + 1 >= len(line) or min(len(line[place].text), len(line[place + 1].text)) < 40:
            return
        first, second = line[place : place + 2]
        if not (first.string and second.string):
            return
        whole = Said(f"{first.text} {second.text}")
        line[place : place + 2] = [whole]
        found = self.bring()
        entry = found[f"{self.name}/{whole.id}"]
        assert entry.fuzzy
        halves = first.string == second.string and not (first.final or second.final)
        assert entry.strings[0] == (first.string if halves else f"{first.string} {second.string}")
        assert whole.id in {first.id, second.id} or not (first.id and second.id)
        whole.string, whole.of = entry.strings[0], entry.previous[1] or ""
        self.made[whole.string] = whole.of
        self.check(found)

    @rule(where=WHERE, count=st.integers(1, 4))
    def translate_some(self, where: float, count: int) -> None:
        if self.stale:
            self.brought()
        left = [said for said in self.all() if not said.final]
        begin = int(where * len(left))
        for said in left[begin : begin + count]:
            self.translate(said)
        self.brought()

    # -- what a translator does ----------------------------------------------------------------------------------------

    def translate(self, said: Said) -> None:
        """Write a translation, and take the mark fuzzy away; what was offered from a removed paragraph is replaced."""
        for one in self.removed:
            if one.string == said.string:
                one.string, one.final, one.among = "", False, True
        said.string, said.of, said.final = f"<{len(self.made)}: {said.text}>", said.text, True
        self.made[said.string] = said.text
        context = f"{self.name}/{said.id}"
        self.po = po.serialise(
            msgspec.structs.replace(entry, strings=(said.string,), flags=(), previous=(None, None, None))
            if entry.context == context and not entry.obsolete
            else entry
            for entry in po.parse(self.po, "fr.po").entries
        )

    # -- what has to hold ----------------------------------------------------------------------------------------------

    def brought(self, *, later: bool = False) -> None:
        """Bring everything up to date, or do so with the next edit."""
        self.single = not (later or self.stale)
        self.stale = later
        if not later:
            self.check(self.bring())
            self.touched.clear()

    def briefing(self) -> Briefing:
        turns = tuple(
            Turn(tuple(Paragraph((Text(said.text),)) for said in line), speaker, opens=speaker == "q")
            for speaker, line in self.turns
        )
        return Briefing(self.name, "Talk", turns, PARTICIPANTS, date="2031-04-02")

    def bring(self) -> dict[str, po.Entry]:
        """Bring ids and catalogue up to date; the messages by context."""
        self.known, self.rows = anchors.identify(self.briefing(), self.rows, "talk.tsv", silent)
        before = {said: said.id for said in self.all()}
        for said, paragraph in zip(self.all(), paragraphs(self.known), strict=True):
            said.id = paragraph.id
        counts = Counter(said.text for said in self.all())
        for said, old in before.items():
            alone = max(counts[said.text], self.twins[said.text]) == 1
            if old and alone and (self.single or said not in self.touched):
                assert said.id == old, said.text
        self.twins = counts
        template = templates.template(self.known, SETTINGS)
        self.po = updating.updated(template, self.po, "fr", "fr.po", silent)
        assert updating.updated(template, self.po, "fr", "fr.po", silent) == self.po
        entries = po.parse(self.po, "fr.po").entries
        self.obsolete = [entry for entry in entries if entry.obsolete]
        return {entry.context or "": entry for entry in entries if not entry.obsolete}

    def check(self, found: dict[str, po.Entry]) -> None:
        counts = Counter(said.text for said in (*self.all(), *self.removed))
        for said in self.all():
            entry = found[f"{self.name}/{said.id}"]
            assert entry.id == said.text
            if entry.translated:
                assert self.made[entry.strings[0]] == said.text
            if counts[said.text] > 1 or said.text in SHORT or self.unsure(said):
                self.adopt(said, entry)
                continue
            assert entry.strings[0] == said.string
            assert entry.translated == said.final, said.text
            if said.string and not said.final:
                assert entry.fuzzy
                assert entry.previous[1] == said.of
        self.back = None
        self.check_removed(found)
        self.check_edition(found)

    def unsure(self, said: Said) -> bool:
        """Whether it may be taken for another."""
        if said is self.back and (said.among or not self.single or len(said.text) < pairing.SHORT):
            return True
        return said in self.touched and (not self.single or len(said.text) < pairing.SHORT)

    def adopt(self, said: Said, entry: po.Entry) -> None:
        """One of several with these words, or edited among others: whichever translation it has, it is safe."""
        said.string, said.final = entry.strings[0], entry.translated
        said.of = self.made.get(said.string, entry.previous[1] or "")
        assert entry.translated or entry.fuzzy or not said.string

    def check_removed(self, found: dict[str, po.Entry]) -> None:
        """What was removed, and only that, is obsolete; whatever was written is there still, or was replaced."""
        gone = {entry.strings[0] for entry in self.obsolete}
        standing = {entry.strings[0] for entry in found.values()}
        texts = Counter(said.text for said in (*self.all(), *self.removed))
        for said in self.removed:
            if said.string and texts[said.text] == 1:
                assert any(said.string in string for string in gone | standing)
        self.left |= {said.string for said in self.removed}
        for said in self.all():
            if said.string and texts[said.text] == 1 and said.string not in self.left:
                assert said.string not in gone

    def check_edition(self, found: dict[str, po.Entry]) -> None:
        read = catalog.parse("fr.po", self.po, "fr", silent)
        edition = catalog.edition(self.known, "fr", (read,), (), SETTINGS, interface("fr"), silent)
        for of in paragraphs(edition.briefing):
            entry = found[f"{self.name}/{of.id}"]
            assert plain(of.parts) == (entry.strings[0] if entry.translated else entry.id)
            assert of.language == ("fr" if entry.translated else "en")


TestEdits = Edits.TestCase
TestEdits.settings = settings(
    max_examples=100, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


class OneByOne(Edits):
    """The same, where everything is brought up to date after each edit: then nothing is taken for another."""

    least = 3
    batches = False

    def __init__(self) -> None:
        super().__init__()
        self.was: dict[Said, tuple[str, str]] = {}
        """Id and words of all that stood there before."""
        self.gone: set[tuple[str, tuple[str, ...]]] = set()

    def length(self) -> int:
        return self.chance.randint(3, 18)

    def brought(self, *, later: bool = False) -> None:
        del later
        super().brought()

    def unsure(self, said: Said) -> bool:
        return said is self.back and (said.among or len(said.text) < pairing.SHORT)

    def bring(self) -> dict[str, po.Entry]:
        self.was = self.was if self.rows else {}
        return super().bring()

    def check(self, found: dict[str, po.Entry]) -> None:
        self.check_the_others(found)
        self.check_the_obsolete(found)
        super().check(found)
        self.was = {said: (said.id, said.text) for said in self.all()}
        self.gone = {(entry.id, entry.strings) for entry in self.obsolete}

    def check_the_others(self, found: dict[str, po.Entry]) -> None:
        """What was not edited is as it was; of equal words only where nothing happened to any of them."""
        now = self.all()
        changed = {said for said in now if said not in self.was or self.was[said][1] != said.text}
        hot = {text for said, (_, text) in self.was.items() if said in changed or said not in now}
        hot |= {said.text for said in changed}
        if [said for said in self.was if said in now] != [said for said in now if said in self.was]:
            hot |= {text for text, count in Counter(said.text for said in now).items() if count > 1}
        for said, (key, text) in self.was.items():
            if text not in hot:
                entry = found[f"{self.name}/{said.id}"]
                assert said.id == key
                assert not said.string or (entry.strings[0], entry.translated) == (said.string, said.final)

    def check_the_obsolete(self, found: dict[str, po.Entry]) -> None:
        """Nothing has become obsolete but what was removed, and nothing obsolete has disappeared but what came back."""
        now = {(entry.id, entry.strings) for entry in self.obsolete}
        vanished = {text for said, (_, text) in self.was.items() if said not in self.all()}
        assert {words for words, _ in now - self.gone} <= vanished
        assert {strings[0] for _, strings in self.gone - now} <= {entry.strings[0] for entry in found.values()}


TestOneByOne = OneByOne.TestCase
TestOneByOne.settings = TestEdits.settings
