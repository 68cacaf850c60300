"""A small briefing, written by hand, that holds every kind of inline part; for tests of writers and passes."""

from __future__ import annotations

from publish.model import (
    Briefing,
    Code,
    Coverage,
    Deleted,
    Edition,
    Editorial,
    Emphasis,
    Foreign,
    Image,
    Inaudible,
    Inserted,
    Link,
    PageBreak,
    Paragraph,
    Participant,
    Person,
    Phrase,
    Text,
    Turn,
    Vocal,
)

PARTICIPANTS = (
    Participant("mara-lindqvist", "Mara Lindqvist", role="moderator", title="Press officer"),
    Participant("q", "Q", kind="unnamed", role="journalist"),
    Participant("samir-haddad", "Samir Haddad", role="official", title="Flood engineer", affiliation="River Authority"),
)


def _paragraph(key: str, *parts: object, language: str = "") -> Paragraph:
    texts = tuple(Text(part) if isinstance(part, str) else part for part in parts)
    return Paragraph(texts, id=key, language=language)  # type: ignore[arg-type]  # strings became Text above


def small_briefing(language: str = "en") -> Briefing:
    """Opening, a stage direction, two exchanges; ids given."""
    turns = (
        Turn(
            (
                _paragraph(
                    "p0000001", "Good morning, & welcome to <the> river hall. Mind the step. ", Vocal("(Laughter.)")
                ),
                _paragraph(
                    "p0000002",
                    "We begin ",
                    Emphasis((Text("now"),)),
                    ", see ",
                    Link("https://example.org/a?b=1&c=2", (Text("the plan"),)),
                    ".",
                ),
            ),
            "mara-lindqvist",
            "MS. LINDQVIST",
            "t0000001",
            time="10:02",
        ),
        Turn((_paragraph("p0000003", "(The lights go out.)"),), id="p0000003"),
        Turn((_paragraph("p0000004", "With that, questions."),), "mara-lindqvist", "", "t0000002", continued=True),
        Turn(
            (
                _paragraph(
                    "p0000005",
                    "Thank you. How high will the water rise on ",
                    Deleted((Text("Monday"),)),
                    " ",
                    Inserted((Text("[Tuesday]"),)),
                    " night?",
                ),
            ),
            "q",
            "Q",
            "t0000003",
            opens=True,
        ),
        Turn(
            (
                _paragraph(
                    "p0000006",
                    "Two metres. ",
                    Foreign("ar", (Text("الماء يرتفع."),)),
                    " As they say",
                    Editorial((Text(" [in Arabic]"),)),
                    ".",
                ),
                _paragraph(
                    "p0000007",
                    "The command is ",
                    Code("gate --close"),
                    "; ",
                    Inaudible("(inaudible)"),
                    PageBreak("2"),
                    " and the map: ",
                    Image("Map of the lower river"),
                    ".",
                ),
            ),
            "samir-haddad",
            "MR. HADDAD",
            "t0000004",
        ),
        Turn((_paragraph("p0000008", "And who pays for the new gates?"),), "q", "Q", "t0000005", opens=True),
        Turn((_paragraph("p0000009", "The Authority does."),), "samir-haddad", "MR. HADDAD", "t0000006"),
    )
    return Briefing(
        "2031-04-02-river",
        "River briefing, 2 April",
        turns,
        PARTICIPANTS,
        language=language,
        date="2031-04-02",
        date_text="2 April 2031",
        venue="River hall",
        start="10:00 A.M.",
    )


def small_edition(language: str = "en") -> Edition:
    """The edition in the source's language, or one in Arabic, half translated."""
    briefing = small_briefing()
    translated = language != "en"
    arabic = {
        "p0000001": "صباح الخير، وأهلا بكم.",
        "p0000005": "شكرا. إلى أي ارتفاع سيصل الماء؟",
        "p0000009": "الهيئة تدفع.",
    }

    def text(paragraph: Paragraph) -> Paragraph:
        words = arabic.get(paragraph.id) if translated else None
        if words is None:
            return Paragraph(paragraph.parts, paragraph.id, "en", paragraph.level)
        return Paragraph((Text(words),), paragraph.id, language, paragraph.level)

    turns = tuple(
        Turn(tuple(map(text, t.paragraphs)), t.speaker, t.label, t.id, t.continued, t.headings, t.opens, t.time)
        for t in briefing.turns
    )
    people = {
        p.speaker: Person(
            Phrase(p.name, "en"),
            p.kind,
            p.role,
            Phrase(p.title, "en") if p.title else None,
            Phrase(p.affiliation, "en") if p.affiliation else None,
        )
        for p in briefing.participants
    }
    headings = {
        "t0000003": Phrase(arabic["p0000005"][6:], "ar")
        if translated
        else Phrase("How high will the water rise on [Tuesday] night?", "en"),
        "t0000005": Phrase("And who pays for the new gates?", "en"),
    }
    return Edition(
        language,
        "en",
        Phrase("River briefings", "en"),
        Phrase("River Authority", "en"),
        Phrase("إحاطة النهر", "ar") if translated else Phrase(briefing.title, "en"),
        Phrase("River hall", "en"),
        Briefing(
            briefing.name,
            briefing.title,
            turns,
            briefing.participants,
            briefing.language,
            briefing.date,
            briefing.date_text,
            briefing.venue,
            briefing.start,
        ),
        people,
        headings,
        Coverage(11, 5 if translated else 11, 1 if translated else 0),
    )
