"""Files as pages: their order, and what is missing."""

from __future__ import annotations

import pytest

from publish.diagnostics import Diagnostic
from publish.pages import number, ordered, report_missing
from publish.work import Source


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("a/page-2.txt", 2),
        ("a/2020-03-28-page.txt", 0),
        ("a/2020-03-28.txt", 0),
        ("a/2020-03-28-07.txt", 7),
        ("a/20200328_p12.md", 12),
        ("a/briefing part 3.txt", 3),
        ("a/briefing (4).txt", 4),
        ("a/5.txt", 5),
        ("a/page 3 of 16.txt", 3),
        ("a/covid19.txt", 0),
        ("a/room2031.txt", 0),
    ],
)
def test_a_page_is_numbered_by_the_end_of_its_files_name(file: str, expected: int) -> None:
    assert number(file) == expected


def pages(*files: str) -> tuple[list[tuple[str, int]], list[str]]:
    findings: list[Diagnostic] = []
    found = ordered([Source(file, "x") for file in files], findings.append)
    report_missing(found, 0, findings.append)
    return [(page.source.file, page.number) for page in found], [finding.code for finding in findings]


def test_pages_are_in_the_order_of_their_numbers_and_not_of_their_letters() -> None:
    assert pages("page-1.txt", "page-10.txt", "page-2.txt")[0] == [
        ("page-1.txt", 1),
        ("page-2.txt", 2),
        ("page-10.txt", 10),
    ]


def test_each_missing_page_is_told_and_very_many_at_once() -> None:
    assert pages("page-1.txt", "page-4.txt")[1] == ["R014", "R014"]
    assert pages("page-1.txt", "page-900.txt")[1] == ["R014"]


def test_a_file_without_a_number_is_the_first_page() -> None:
    assert pages("a-2.txt", "a.txt") == ([("a.txt", 1), ("a-2.txt", 2)], ["R015"])


def test_files_without_numbers_are_taken_in_their_order_and_that_is_told_once() -> None:
    assert pages("a.txt", "b.txt", "c.txt") == ([("a.txt", 1), ("b.txt", 2), ("c.txt", 3)], ["R015"])


def test_two_files_of_one_number_are_both_used_and_told() -> None:
    assert pages("a-1.txt", "b-1.txt") == ([("a-1.txt", 1), ("b-1.txt", 1)], ["R022"])


@pytest.mark.parametrize(
    ("file", "expected"), [("a/covid-19.txt", 0), ("a/page-7.txt", 7), ("a/2031-05-07-part-2.md", 2)]
)
def test_a_file_alone_is_a_page_only_when_its_name_says_so(file: str, expected: int) -> None:
    assert pages(file) == ([(file, expected)], [])
