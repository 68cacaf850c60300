"""The archive of a book that may be anybody's: what is in it, read within limits.

Format: the OCF ZIP container of EPUB 3.3, section 4.2. Nothing is unpacked to a path, no name is believed, no size is
reached that the limits do not allow, and whatever is wrong is a :class:`BookError` or an InputError, never anything
else. What a member unpacks to ends at the size that the directory declares, so the limits can be held against that.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, BinaryIO, Self

from publish import xml_safe
from publish.archive import END, END64, LOCATOR
from publish.diagnostics import Diagnostic, Place, refuse

if TYPE_CHECKING:
    from lxml import etree

MIMETYPE = b"application/epub+zip"
MOST_MEMBERS = 65_535
"""As many as an archive can hold without ZIP64."""
MOST_DIRECTORY = 32 << 20
"""Bytes of the directory."""
MOST_RATIO = 100
"""How many times the archive's own size all that is in it may have; text shrinks to a tenth or a twentieth."""
MOST_MEMBER_RATIO = 200
"""The same for one member of more than :data:`SMALL` bytes."""
SMALL = 1 << 20
FREE = 64 << 20
"""Bytes that an archive may unpack to whatever its own size is."""
MOST_DOCUMENT = 16 << 20
"""Bytes of one XML document."""
MOST_TEXT = 256 << 20
"""Bytes of all documents of a book."""
MOST_MARKS = 500_000
"""Elements and attributes of one XML document, by the signs that begin them."""
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
"""What reading a damaged archive raises."""
_OBFUSCATIONS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways of hiding fonts from copying, which are no encryption (EPUB 3.3, section 4.4)."""
_ENCRYPTION = "META-INF/encryption.xml"


class BookError(ValueError):
    """A member of a book cannot be used. Its text is a clause about the member."""

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        """Keep what makes a finding of it."""
        super().__init__(message)
        self.code = code
        self.line = line


class Container:
    """An archive, open for reading; to be used in a ``with`` statement."""

    def __init__(self, path: Path, name: str) -> None:
        """Open the archive; ``name`` stands for it in findings.

        Raises:
            InputError: It is no archive, is not whole, or would unpack to more than any book.
        """
        self.name = name
        self._left = MOST_TEXT
        try:
            self._stream: BinaryIO = path.open("rb")
        except OSError as error:
            refuse("K030", f"this cannot be opened: {error.strerror}", Place(name))
        with ExitStack() as refused:
            refused.callback(self._stream.close)
            self._size = _measure(self._stream, name)
            self._archive = self._opened()
            self._weigh()
            refused.pop_all()
        self._members = {info.filename: info for info in self._archive.infolist() if not info.is_dir()}
        self._hidden: frozenset[str] = frozenset()  # its own list is read while nothing is known to be hidden
        self._hidden = self._encrypted()

    def _opened(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._stream)
        except _BROKEN as error:
            refuse("K030", f"the archive's directory is broken ({error}); get the book again", Place(self.name))

    def _weigh(self) -> None:
        total = sum(info.file_size for info in self._archive.infolist())
        if total > max(FREE, MOST_RATIO * self._size):
            message = f"its {self._size} bytes would unpack to {total}, as no book's do; nothing of it was unpacked"
            refuse("K032", message, Place(self.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()
        self._stream.close()

    @property
    def names(self) -> frozenset[str]:
        """Of every file in it."""
        return frozenset(self._members)

    def place(self, member: str, line: int = 0) -> Place:
        """Where something stands: ``book.epub!EPUB/text-1.xhtml:12``."""
        return Place(f"{self.name}!{member}", line)

    def is_encrypted(self, member: str) -> bool:
        """Whether its content is hidden, by the archive or by the book's own list."""
        info = self._members.get(member)
        return member in self._hidden or bool(info and info.flag_bits & 1)

    # --- Read ---------------------------------------------------------------------------------------------------------

    def entry(self, member: str) -> zipfile.ZipInfo:
        """Where it stands in the archive.

        Raises:
            BookError: It is not there.
        """
        if member not in self._members:
            raise BookError("K036", f"{member!r} is not in the archive")
        return self._members[member]

    @contextmanager
    def open(self, member: str) -> Iterator[IO[bytes]]:
        """The content as a stream.

        Raises:
            BookError: It is not there, encrypted, too large or damaged; also while the block reads.
        """
        info = self.entry(member)
        if self.is_encrypted(member):
            raise BookError("K033", "this is encrypted")
        if info.file_size > max(SMALL, MOST_MEMBER_RATIO * info.compress_size):
            raise BookError("K032", f"its {info.compress_size} bytes would unpack to {info.file_size}")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BookError("K030", "this is compressed in a way that books do not allow")
        try:
            with self._archive.open(info) as stream:
                yield stream
        except BookError:
            raise
        except _BROKEN as error:
            raise BookError("K030", f"this is damaged in the archive: {error}") from error

    def read(self, member: str) -> bytes:
        """A document, whole.

        Raises:
            BookError: As for :meth:`open`, or it is larger than any document.
        """
        with self.open(member) as stream:
            content = stream.read(MOST_DOCUMENT + 1)
        if len(content) > MOST_DOCUMENT:
            raise BookError("K032", f"this is a document of more than {MOST_DOCUMENT >> 20} MiB; divide it")
        self._left -= len(content)
        if self._left < 0:
            raise BookError("K032", f"this and what follows was not read: {MOST_TEXT >> 20} MiB of text were before it")
        return content

    def tree(self, member: str) -> etree._Element:
        """The root of an XML document.

        Raises:
            BookError: It cannot be read or is not well-formed, or it declares entities.
        """
        return parsed(self.read(member))

    # --- What is wrong with it as an archive --------------------------------------------------------------------------

    def findings(self) -> Iterator[Diagnostic]:
        """Names that must not be, what is encrypted, and a type that is not a book's."""
        yield from self._names()
        hidden = sorted(name for name in self._members if self.is_encrypted(name))
        if hidden:
            count = f"and {len(hidden) - 1} more are" if len(hidden) > 1 else "is"
            message = f"this {count} encrypted; no part of it could be checked, and no assistive technology reads it"
            yield Diagnostic("K033", message, self.place(hidden[0]))
        yield from self._type()

    def _names(self) -> Iterator[Diagnostic]:
        seen: dict[str, str] = {}
        for info in self._archive.infolist():
            name = info.orig_filename
            shown = name.encode("unicode_escape").decode() if not name.isprintable() else name
            key = unicodedata.normalize("NFC", name).casefold()
            if _unsafe(name):
                yield Diagnostic("K031", f"the name {shown!r} leads out of the book; rename it", self.place(shown))
            elif key in seen:
                alike = "stands twice" if seen[key] == name else f"differs from {seen[key]!r} by its capitals alone"
                yield Diagnostic("K031", f"the name {shown!r} {alike}; rename one", self.place(shown))
            seen[key] = name

    def _type(self) -> Iterator[Diagnostic]:
        try:
            with self.open("mimetype") as stream:
                content = stream.read(100)
        except BookError as error:
            yield Diagnostic(error.code if error.code != "K036" else "K035", str(error), self.place("mimetype"))
            return
        if content != MIMETYPE:
            message = f"this is {content[:40]!r} and has to be {MIMETYPE.decode()!r} alone"
            yield Diagnostic("K035", message, self.place("mimetype"))

    def _encrypted(self) -> frozenset[str]:
        """What the book itself lists as encrypted, without fonts that are only obfuscated."""
        if _ENCRYPTION not in self._members:
            return frozenset()
        try:
            root = self.tree(_ENCRYPTION)
        except BookError:
            return frozenset({_ENCRYPTION})
        found = set()
        for data in root.iter("{*}EncryptedData"):
            methods = [one.get("Algorithm") for one in data.iter("{*}EncryptionMethod")]
            if not any(method in _OBFUSCATIONS for method in methods):
                found |= {one.get("URI", "") for one in data.iter("{*}CipherReference")}
        return frozenset(found)


def _unsafe(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return not name or ".." in parts or not parts[0] or ":" in parts[0] or not name.isprintable()


def _measure(stream: BinaryIO, name: str) -> int:
    """The archive's size; what is none, and a directory larger than any book's, is refused before anything reads it."""
    size = stream.seek(0, 2)
    start = max(0, size - (1 << 16) - END.size - END64.size - LOCATOR.size)
    stream.seek(0)
    head = stream.read(4)
    stream.seek(start)
    tail = stream.read()
    at = len(tail) - END.size
    if tail[at : at + 4] != b"PK\5\6" or tail[-2:] != b"\0\0":
        at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < END.size:
        whole = "the end of this archive is missing; get the book again" if head == b"PK\3\4" else "this is no book"
        refuse("K030", whole if size else "this file is empty", Place(name))
    count, length = END.unpack_from(tail, at)[4:6]
    wide = at - LOCATOR.size - END64.size
    if wide >= 0 and tail[at - LOCATOR.size :].startswith(b"PK\6\7") and tail[wide:].startswith(b"PK\6\6"):
        count, length = END64.unpack_from(tail, wide)[7:9]
    if count > MOST_MEMBERS or length > MOST_DIRECTORY:
        refuse("K032", f"{count} files in {length} bytes of directory are more than any book has", Place(name))
    return size


_ENTITY = re.compile(rb"<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y")
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")


def parsed(content: bytes) -> etree._Element:
    """The root of an XML document, without entities, network, external declarations, and what nobody reads of it.

    Raises:
        BookError: It is not well-formed, it declares entities, or has more in it than any document.
    """
    if content.count(b"<") + content.count(b"=") > MOST_MARKS:
        raise BookError("K032", f"this document has more than {MOST_MARKS} elements and attributes; divide it")
    if _DOCTYPE.search(content) and _ENTITY.search(content):
        raise BookError("K034", "this document declares entities, and was not read; write the characters instead")
    try:
        return xml_safe.parsed(content, bare=True)
    except xml_safe.MalformedError as error:
        raise BookError("K034", str(error), error.line) from error
