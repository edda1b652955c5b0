"""Commitments as documents to brief from: a workbook and a text document, both made to be printed.

Each has a title and a date line, the sources, an empty column for one's own note, and nothing in
it that follows from the day on which it was made.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kg.commitments.texts import TEXTS, Said

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# heading in English and width: characters in the workbook, shares of the page in the document
_WIDTHS = (5, 22, 13, 16, 22, 34, 12, 11, 14, 24, 24, 26)
COLUMNS = tuple(zip(TEXTS["en"]["columns"].split("|"), _WIDTHS, strict=True))
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# the earliest day that a zip file can hold, so that a file does not tell when it was made
_NO_TIME = datetime(1980, 1, 1)
# what XML 1.0 has no place for (§2.2)
_CONTROL = {code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if code not in (9, 10, 13)}
_CONTROL |= dict.fromkeys((65534, 65535, *range(55296, 57344)), "�")


def clean(text: str) -> str:
    """Text that an XML document can hold."""
    return text.translate(_CONTROL)


def cells(number: int, row: Mapping[str, Any], said: Said) -> list[str]:
    """What stands under each heading: of what the source does not say, that; the note is empty."""
    names = {
        key: "; ".join(one["label"] for one in row[key])
        for key in ("bearers", "sides", "counterparts")
    }
    words = f"“{row['quote']}”"
    if row["other_readings"]:
        words += said.text("reading", readings=" / ".join(row["other_readings"]))
    due = said.day(row["deadline"]["edtf"]) if row["deadline"] else ""
    if row["window"]:
        due += said.text("within", text=said.text(row["window"]))
    written = [
        str(number), names["bearers"], names["sides"], names["counterparts"], row["what"], words,
        row["modality"]["label"], row["status"]["label"], due, row["citation"],
        said.follow_up(row),
    ]  # fmt: skip
    return [*(clean(one) or said.text("silent") for one in written), ""]


def sources_said(said: Said) -> list[str]:
    """The sources, and the later reports that are known, a line each."""
    lines = [
        ", ".join(
            part
            for part in (
                one["title"],
                said.day(one["date"]["edtf"]) if one["date"] else "",
                one["url"],
            )
            if part
        )
        for one in said.record["sources"]
    ]
    return [*lines, *said.later_reports()]


def remarks(said: Said) -> list[str]:
    """How the columns are to be read."""
    record = said.record
    return [
        said.text("account"),
        said.text("wording"),
        said.text("deadlines", total=record["total"], dated=record["dated"]),
        said.text("release", digest=record["release"]),
    ]


def parts(record: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The rows under the heading of their group; all under none where none was asked for."""
    if not record["group"]:
        return [("", list(record["commitments"]))]
    rows = {one["iri"]: one for one in record["commitments"]}
    none = f"no {record['group']}"
    said = Said(record)
    return [
        (
            said.text("silent") if one["label"] == none else one["label"],
            [rows[iri] for iri in one["commitments"]],
        )
        for one in record["groups"]
    ]


def to_xlsx(record: Mapping[str, Any]) -> bytes:
    """The workbook: the commitments on one sheet, the sources on another.

    Every text is written as text, so that none is taken for a formula or an address.
    """
    import xlsxwriter

    said = Said(record)
    sink = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(sink, {"in_memory": True, **plain})
    book.set_properties({"title": said.text("title"), "created": _NO_TIME})
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
    sheet = book.add_worksheet(said.text("sheet"))
    sheet.write_string(0, 0, said.text("title"), forms["title"])
    sheet.write_string(1, 0, clean(said.date_line()), forms["line"])
    sheet.write_string(2, 0, clean(said.count_line()), forms["line"])
    for place, (heading, width) in enumerate(zip(said.columns, _WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(3, place, heading, forms["head"])
    line = _rows(sheet, said, forms)
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
    about = book.add_worksheet(said.text("sources"))
    about.set_column(0, 0, 120)
    about.set_paper(9)
    about.fit_to_pages(1, 0)
    for place, text in enumerate([*sources_said(said), "", *remarks(said)]):
        about.write_string(place, 0, clean(text), forms["long"])
    book.close()
    return sink.getvalue()


def _rows(sheet: Any, said: Said, forms: Mapping[str, Any]) -> int:
    """Write the rows under their groups; the line after the last."""
    line, number = 4, 0
    for label, rows in parts(said.record):
        if label:
            sheet.write_string(line, 0, clean(f"{label} ({len(rows)})"), forms["group"])
            line += 1
        for row in rows:
            number += 1
            for place, text in enumerate(cells(number, row, said)):
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

    said = Said(record)
    made = Document()
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(12)
    section.top_margin = section.bottom_margin = Mm(14)
    made.styles["Normal"].font.size = Pt(9)
    made.core_properties.title = said.text("title")
    made.core_properties.author = "Comity"
    made.core_properties.comments = ""
    made.core_properties.created = made.core_properties.modified = _NO_TIME
    made.add_heading(said.text("title"), level=1)
    for line in (said.date_line(), said.count_line()):
        made.add_paragraph(clean(line)).runs[0].italic = True
    number = 0
    for label, rows in parts(record):
        if label:
            made.add_heading(clean(f"{label} ({len(rows)})"), level=2)
        number = _table(made, rows, number, said)
    made.add_heading(said.text("sources"), level=2)
    for text in (*sources_said(said), *remarks(said)):
        made.add_paragraph(clean(text))
    _page_number(section.footer.paragraphs[0])
    sink = io.BytesIO()
    made.save(sink)
    return _without_time(sink.getvalue())


def _table(made: Any, rows: Sequence[Mapping[str, Any]], number: int, said: Said) -> int:
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    table = made.add_table(rows=1, cols=len(COLUMNS))
    table.style = "Table Grid"
    table.autofit = False
    widths = [Mm(273 * width / sum(_WIDTHS)) for width in _WIDTHS]

    def write(line: Any, texts: Sequence[str], bold: bool) -> None:
        for cell, text, width in zip(line.cells, texts, widths, strict=True):
            cell.width = width
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(7.5), bold
        # a commitment is not torn apart at the end of a page
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    write(table.rows[0], said.columns, True)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        number += 1
        write(table.add_row(), cells(number, row, said), False)
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
