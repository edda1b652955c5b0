"""Finding things by what they are called, in any script, width and case, and claims by their words.

The index is a file of the snapshot (`kg.search.index`). It is opened read-only, and a text never
reaches SQLite but as a bound value whose words stand in quotation marks.
"""

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

from kg.errors import SnapshotError, UsageError
from kg.names import compact
from kg.search import index
from kg.search.folding import fold, match, runs
from kg.search.identifiers import external, iri_of
from kg.snapshot import Snapshot

MAX_LENGTH = 200
MAX_LIMIT = 1_000
MAX_OFFSET = 100_000
SECONDS = 2.0
# as many threads as may search at once
CONNECTIONS = 4

LEVELS = ("exact", "acronym", "prefix", "word", "quote")

# names are compared folded; a quote is a quote, also where it is the text letter for letter
_SEARCH = """
WITH hit AS (
  SELECT name.thing, name.id, name.kind, name.text, name.lang, length(name.folded) AS size,
    CASE WHEN name.kind = :quote THEN 4
         WHEN name.folded = :folded THEN CASE WHEN name.kind = :acronym THEN 1 ELSE 0 END
         WHEN substr(name.folded, 1, length(:folded)) = :folded THEN 2
         ELSE 3 END AS level
  FROM words JOIN name ON name.id = words.rowid
  WHERE words MATCH :match AND name.kind <= :worst
  UNION ALL
  SELECT id, 0, :identifier, iri, '', 0, 0 FROM thing WHERE iri = :iri
  UNION ALL
  SELECT thing, 0, :identifier, value, '', 0, 0 FROM fact
  WHERE property = :property AND value = :value
), best AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY thing ORDER BY level, kind, size, id) AS place FROM hit
)
SELECT COUNT(*) OVER () AS total, level, kind, best.text AS matched, best.lang AS matched_lang,
  thing.id, iri, family, type, en, ja, other, passage, citation
FROM best JOIN thing ON thing.id = best.thing
WHERE best.place = 1
AND (:families IS NULL OR family IN (SELECT value FROM json_each(:families)) OR thing.id IN (
  SELECT thing FROM thing_type WHERE type IN (SELECT value FROM json_each(:classes))))
AND (:topics IS NULL OR thing.id IN (
  SELECT thing FROM thing_topic WHERE topic IN (SELECT value FROM json_each(:topics))))
ORDER BY level, kind, thing.place, size, best.text, iri LIMIT :limit OFFSET :offset
"""


@dataclass(frozen=True)
class Hit:
    """One thing that a text finds, and why.

    `level` is exact, acronym, prefix, word or quote; `by` is the kind of name that matched and
    `matched` that name, which is None for a hidden form such as a misprint: it finds, unshown.
    """

    iri: str
    label: str
    family: str
    type: str
    level: str
    by: str
    matched: str | None
    matched_lang: str
    passage: str | None = None
    citation: str | None = None

    @property
    def curie(self) -> str:
        """The thing's IRI as a CURIE."""
        return compact(self.iri)

    @property
    def reason(self) -> str:
        """Why the thing was found, in words."""
        if self.matched is None:
            return "a form that is not shown, such as a misprint"
        how = {"prefix": " begins so", "word": " holds the words"}.get(self.level, "")
        return f"{self.by}{how}: {self.matched}"


@dataclass(frozen=True)
class Found:
    """One page of what a text finds; `total` counts all that it finds."""

    hits: tuple[Hit, ...]
    total: int


class Index:
    """The index of one snapshot, opened read-only, for several threads at once."""

    def __init__(self, source: Path | bytes, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._free: LifoQueue[sqlite3.Connection] = LifoQueue()
        for _ in range(CONNECTIONS):
            self._free.put(_connect(source))

    def close(self) -> None:
        """Close what is open; searches that still run keep theirs until they end."""
        while True:
            try:
                self._free.get_nowait().close()
            except Empty:
                return

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one question; SnapshotError when the time for it is over."""
        try:
            one = self._free.get(timeout=self._seconds)
        except Empty:
            raise SnapshotError(f"search: no turn within {self._seconds:g} s") from None
        over = time.monotonic() + self._seconds
        one.set_progress_handler(lambda: time.monotonic() > over, 10_000)
        try:
            yield one
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise SnapshotError(f"search: not done within {self._seconds:g} s") from error
            raise SnapshotError(f"search index: {error}") from error
        except sqlite3.DatabaseError as error:
            raise SnapshotError(f"search index: {error}") from error
        finally:
            self._free.put(one)

    def rows(self, sql: str, values: dict[str, Any]) -> list[sqlite3.Row]:
        """The rows of one question."""
        with self.connection() as connection:
            return connection.execute(sql, values).fetchall()

    def search(
        self,
        text: str,
        types: Sequence[str] = (),
        topics: Sequence[str] = (),
        lang: str = "en",
        limit: int = 20,
        offset: int = 0,
        quotes: bool = True,
    ) -> Found:
        """Things that a text finds, the best first; UsageError for unknown types and topics.

        `types` are classes or families (actor, topic, claim …), of which a thing must have one, and
        `topics` likewise: a thing has the topics of the claims that speak of it, and wider ones.
        """
        words, limit, offset = _words(text), _bound(limit, MAX_LIMIT), _bound(offset, MAX_OFFSET)
        values: dict[str, Any] = {"limit": limit, "offset": offset}
        values |= self._filters(types, topics)
        if not words:
            return Found((), 0)
        property_, value = external(text) or (None, None)
        values |= {
            "match": match(words), "folded": " ".join(words),
            "iri": iri_of(text), "property": property_, "value": value,
            "identifier": index.IDENTIFIER, "quote": index.QUOTE, "acronym": index.ACRONYM,
            "worst": index.QUOTE if quotes else index.HIDDEN,
        }  # fmt: skip
        # a page of none, and one past the end, still have a total
        rows = self.rows(_SEARCH, {**values, "limit": limit or 1})
        total = rows[0]["total"] if rows else 0
        if not rows and offset:
            first = self.rows(_SEARCH, {**values, "limit": 1, "offset": 0})
            total = first[0]["total"] if first else 0
        return Found(tuple(_hit(row, lang) for row in rows[:limit]), total)

    def _filters(self, types: Sequence[str], topics: Sequence[str]) -> dict[str, str | None]:
        """The values of the filters, as arrays in JSON, which is one bound value each."""
        known = [self.type(one) for one in types]
        return {
            "families": json.dumps([x for x in known if x in index.FAMILIES]) if types else None,
            "classes": json.dumps([x for x in known if x not in index.FAMILIES]),
            "topics": json.dumps([self.topic(one) for one in topics]) if topics else None,
        }

    def type(self, text: str) -> str:
        """A family's name, or the IRI of a class, from IRI, CURIE, local name or label."""
        if text.casefold() in index.FAMILIES:
            return text.casefold()
        wanted = {"iri": iri_of(text), "folded": f"\n{fold(text[:MAX_LENGTH])}\n"}
        sql = (
            "SELECT iri FROM type WHERE iri = :iri OR instr(folded, :folded)"
            " ORDER BY iri <> :iri, iri NOT LIKE 'https://w3id.org/comity/%', iri"
        )
        rows = self.rows(sql, wanted)
        if not rows:
            raise UsageError(
                f"no type {text[:80]!r} here: choose {', '.join(index.FAMILIES)}, or a class such"
                " as Ministry"
            )
        return str(rows[0]["iri"])

    def topic(self, text: str) -> str:
        """The IRI of a topic, from IRI, CURIE, label or acronym."""
        found = self.search(text, ("topic",), limit=2, quotes=False).hits
        first = [one for one in found if one.level in ("exact", "acronym")]
        if not first:
            # its own part of the IRI, as in topic:open-ran
            own = self.search(f"topic:{text}", ("topic",), limit=1).hits
            first = [one for one in own if one.level == "exact"]
        if not first:
            near = f": {', '.join(one.curie for one in found)}?" if found else ""
            raise UsageError(f"no topic {text[:80]!r} here{near}")
        return first[0].iri

    def suggest(
        self, text: str, types: Sequence[str] = (), lang: str = "en", limit: int = 10
    ) -> list[Hit]:
        """What a reader who has typed so far may mean: names only, no quotes."""
        return list(self.search(text, types, lang=lang, limit=limit, quotes=False).hits)


def open_file(folder: Path) -> Index | None:
    """The index in a snapshot's folder; None where there is none, or none that can be read."""
    try:
        opened = Index(folder / index.FILE)
        version = opened.rows("SELECT user_version AS version FROM pragma_user_version", {})
        if version[0]["version"] == index.SCHEMA_VERSION:
            return opened
        opened.close()
    except SnapshotError:
        pass  # what it held can be made again
    return None


def open_index(snapshot: Snapshot) -> Index:
    """The index of a snapshot: its file, or one made in memory where it has none of our version."""
    found = None if snapshot.path is None else open_file(snapshot.path)
    return found or Index(index.build(snapshot.quads()))


def search(
    snapshot: Snapshot,
    text: str,
    types: Sequence[str] = (),
    topics: Sequence[str] = (),
    lang: str = "en",
    limit: int = 20,
) -> list[Hit]:
    """Things and claims that a text finds in a snapshot, the best first."""
    opened = open_index(snapshot)
    try:
        return list(opened.search(text, types, topics, lang, limit).hits)
    finally:
        opened.close()


def _connect(source: Path | bytes) -> sqlite3.Connection:
    """A read-only connection that any one thread at a time may use."""
    try:
        if isinstance(source, bytes):
            one = sqlite3.connect(":memory:", check_same_thread=False)
            one.deserialize(source)
            one.execute("PRAGMA query_only = 1")
        else:
            # a snapshot is never written to, so there is nothing to lock
            address = f"{source.resolve().as_uri()}?mode=ro&immutable=1"
            one = sqlite3.connect(address, uri=True, check_same_thread=False)
            one.execute("SELECT 1 FROM thing LIMIT 1")
    except sqlite3.Error as error:
        raise SnapshotError(f"search index: {error}") from error
    one.row_factory = sqlite3.Row
    return one


def _words(text: str) -> list[str]:
    """The folded words of a text; UsageError for a text that is too long."""
    if len(text) > MAX_LENGTH:
        raise UsageError(f"a text to search for has at most {MAX_LENGTH} characters")
    return runs(text)


def _bound(number: int, most: int) -> int:
    if not 0 <= number <= most:
        raise UsageError(f"a number from 0 to {most:,} is wanted, not {number}")
    return number


def shown(row: sqlite3.Row, lang: str) -> str:
    """A thing's label in a language, else in English, Japanese, any."""
    wanted = row["ja"] if lang.lower().startswith("ja") else row["en"]
    return str(wanted or row["en"] or row["ja"] or row["other"])


def _hit(row: sqlite3.Row, lang: str) -> Hit:
    return Hit(
        iri=row["iri"],
        label=shown(row, lang),
        family=row["family"],
        type=compact(row["type"]) if row["type"] else "",
        level=LEVELS[row["level"]],
        by=index.KINDS[row["kind"]],
        matched=None if row["kind"] == index.HIDDEN else row["matched"],
        matched_lang=row["matched_lang"],
        passage=row["passage"],
        citation=row["citation"],
    )
