"""Commitments as documents to brief from: a workbook and a text document, both made to be printed.

Each has a title and a date line, the sources, an empty column for one's own note, and nothing in
it that follows from the day on which it was made.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kg.commitments.table import later_reports

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOTE = "Note"
# heading and width: characters in the workbook, shares of the page in the document
COLUMNS = (
    ("No.", 5), ("Bearer", 22), ("Side", 13), ("With", 16), ("What", 22), ("Words", 34),
    ("Modality", 12), ("Status", 11), ("By when", 14), ("Where", 24), ("Follow-up", 24),
    (NOTE, 26),
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# the earliest day that a zip file can hold, so that a file does not tell when it was made
_NO_TIME = datetime(1980, 1, 1)
# what XML 1.0 has no place for (§2.2)
_CONTROL = {code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if code not in (9, 10, 13)}
_CONTROL |= dict.fromkeys((65534, 65535, *range(55296, 57344)), "�")


def clean(text: str) -> str:
    """Text that an XML document can hold."""
    return text.translate(_CONTROL)


def cells(number: int, row: Mapping[str, Any]) -> list[str]:
    """What stands under each heading of COLUMNS; the note is empty."""
    names = {key: "; ".join(one["label"] for one in row[key]) for key in ("bearers", "sides")}
    words = f"“{row['quote']}”"
    if row["other_readings"]:
        words += " Other reading: " + " / ".join(row["other_readings"])
    due = row["deadline"]["words"] if row["deadline"] else ""
    if row["window"]:
        due += f" ({row['window']})"
    written = [
        str(number), names["bearers"], names["sides"],
        "; ".join(one["label"] for one in row["counterparts"]), row["what"], words,
        row["modality"]["label"], row["status"]["label"], due, row["citation"],
        row["follow_up"]["said"], "",
    ]  # fmt: skip
    return [clean(one) for one in written]


def sources_said(record: Mapping[str, Any]) -> list[str]:
    """The sources, and the later reports that are known, a line each."""
    lines = [
        ", ".join(
            part
            for part in (one["title"], one["date"]["words"] if one["date"] else "", one["url"])
            if part
        )
        for one in record["sources"]
    ]
    known = sorted({said for row in record["commitments"] for said in later_reports(row)})
    return [*lines, *(f"Known and not modelled: {one}" for one in known)]


def remarks(record: Mapping[str, Any]) -> list[str]:
    """How the columns are to be read, and what was asked for."""
    said = [
        f"Status is the {record['status_is'].removeprefix('status ')}.".replace("the by", "by"),
        "Modality is the wording; wordings are not ranked.",
        f"{record['total']} commitments, {record['dated']} with a deadline or window.",
    ]
    if record["filters"]:
        said.append("Only: " + "; ".join(f"{k} {v}" for k, v in record["filters"].items()) + ".")
    return [*said, f"Release {record['release']}."]


def parts(record: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The rows under the heading of their group; all under none where none was asked for."""
    if not record["group"]:
        return [("", list(record["commitments"]))]
    rows = {one["iri"]: one for one in record["commitments"]}
    return [(one["label"], [rows[iri] for iri in one["commitments"]]) for one in record["groups"]]


def to_xlsx(record: Mapping[str, Any]) -> bytes:
    """The workbook: the commitments on one sheet, the sources on another.

    Every text is written as text, so that none is taken for a formula or an address.
    """
    import xlsxwriter

    sink = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(sink, {"in_memory": True, **plain})
    book.set_properties({"title": record["title"], "created": _NO_TIME})
    base = {"text_wrap": True, "valign": "top"}
    boxed = {**base, "border": 1, "border_color": "#999999", "font_size": 9}
    forms = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "line": book.add_format({"italic": True}),
        "head": book.add_format({**boxed, "bold": True, "bg_color": "#E6E6E6"}),
        "group": book.add_format({"bold": True, "font_size": 11, "top": 1}),
        "text": book.add_format(boxed),
        # kept as text even by who opens the cell and leaves it
        "guarded": book.add_format({**boxed, "quote_prefix": True}),
        "long": book.add_format(base),
    }
    sheet = book.add_worksheet("Commitments")
    sheet.write_string(0, 0, clean(record["title"]), forms["title"])
    sheet.write_string(1, 0, clean(record["date_line"]), forms["line"])
    for place, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(3, place, heading, forms["head"])
    line = _rows(sheet, record, forms)
    sheet.freeze_panes(4, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
    sheet.print_area(0, 0, max(line - 1, 3), len(COLUMNS) - 1)
    sheet.set_footer("&L&8&A&R&8&P / &N")
    if line > 4 and not record["group"]:
        sheet.autofilter(3, 0, line - 1, len(COLUMNS) - 1)
    about = book.add_worksheet("Sources")
    about.set_column(0, 0, 120)
    about.set_paper(9)
    about.fit_to_pages(1, 0)
    for place, said in enumerate([*sources_said(record), "", *remarks(record)]):
        about.write_string(place, 0, clean(said), forms["long"])
    book.close()
    return sink.getvalue()


def _rows(sheet: Any, record: Mapping[str, Any], forms: Mapping[str, Any]) -> int:
    """Write the rows under their groups; the line after the last."""
    line, number = 4, 0
    for label, rows in parts(record):
        if label:
            sheet.write_string(line, 0, clean(f"{label} ({len(rows)})"), forms["group"])
            line += 1
        for row in rows:
            number += 1
            for place, text in enumerate(cells(number, row)):
                form = forms["guarded" if text.startswith(_FORMULA) else "text"]
                if text:
                    sheet.write_string(line, place, text, form)
                else:
                    sheet.write_blank(line, place, None, form)
            line += 1
    return line


def to_docx(record: Mapping[str, Any]) -> bytes:
    """The text document: a table (one a group), landscape, with the head repeated on each page."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    made = Document()
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(12)
    section.top_margin = section.bottom_margin = Mm(14)
    made.styles["Normal"].font.size = Pt(9)
    made.core_properties.title = clean(record["title"])
    made.core_properties.author = "Comity"
    made.core_properties.comments = ""
    made.core_properties.created = made.core_properties.modified = _NO_TIME
    made.add_heading(clean(record["title"]), level=1)
    made.add_paragraph(clean(record["date_line"])).runs[0].italic = True
    number = 0
    for label, rows in parts(record):
        if label:
            made.add_heading(clean(f"{label} ({len(rows)})"), level=2)
        number = _table(made, rows, number)
    made.add_heading("Sources", level=2)
    for said in sources_said(record):
        made.add_paragraph(clean(said))
    for said in remarks(record):
        made.add_paragraph(clean(said))
    _page_number(section.footer.paragraphs[0])
    sink = io.BytesIO()
    made.save(sink)
    return _without_time(sink.getvalue())


def _table(made: Any, rows: Sequence[Mapping[str, Any]], number: int) -> int:
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    table = made.add_table(rows=1, cols=len(COLUMNS))
    table.style = "Table Grid"
    table.autofit = False
    whole = sum(width for _, width in COLUMNS)
    widths = [Mm(273 * width / whole) for _, width in COLUMNS]

    def write(line: Any, texts: Sequence[str], bold: bool) -> None:
        for cell, text, width in zip(line.cells, texts, widths, strict=True):
            cell.width = width
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(7.5), bold
        # a commitment is not torn apart at the end of a page
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    write(table.rows[0], [heading for heading, _ in COLUMNS], True)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        number += 1
        write(table.add_row(), cells(number, row), False)
    return number


def _page_number(paragraph: Any) -> None:
    """A field that the reader's program fills with the number of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _without_time(data: bytes) -> bytes:
    """A zip file with every time in it set to none, so that the same content is the same bytes."""
    sink = io.BytesIO()
    moment = _NO_TIME.timetuple()[:6]
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return sink.getvalue()
