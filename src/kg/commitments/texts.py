"""What documents to brief from say beside the data, in every language they can be had in.

Labels come from the graph; another language than these has English around its labels.
"""

import re
from collections.abc import Mapping
from typing import Any

from kg.commitments.following import OPEN, UNMENTIONED
from kg.periods import Period

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Comity: commitments", "sheet": "Commitments", "sources": "Sources",
        "columns": "No.|Bearer|Side|With|What|Words|Modality|Status|By when|Where|Follow-up|Note",
        "bearer": "bearer", "side": "side", "counterpart": "counterpart", "topic": "topic",
        "modality": "modality", "status": "status", "source": "source", "section": "section",
        "dated": "with a deadline or window", "due_from": "due from", "due_to": "due to",
        "count": "{total} of {all} commitments.", "only": " Only: {filters}.",
        "pair": "{name} {value}",
        "between": "; ", "silent": "not said", "reading": " Other reading: {readings}",
        "ahead": "ahead", "running": "running", "closed": "closed", "within": " ({text})",
        "stated": "As stated in: {sources}.", "held": "As stated in the sources held.",
        "upto": " Sources and later reports up to {day}.", "dates": "{label}, {date}",
        "open": "not followed up in the sources held (latest: {date})", "undated": "undated",
        "unmentioned": "not mentioned in {source}", "known": "Known and not modelled: {report}",
        "reported": "{status}, by the account of {citation}",
        "account": "Status is by the participants' own account.",
        "wording": "Modality is the wording; wordings are not ranked.",
        "deadlines": "{total} commitments, {dated} with a deadline or window.",
        "release": "Release {digest}.",
    },
    "ja": {
        "title": "Comity：コミットメント", "sheet": "コミットメント", "sources": "出典",
        "columns": "番号|主体|国|相手|内容|文言|表現|状況|期限|箇所|その後の記載|メモ",
        "bearer": "主体", "side": "国", "counterpart": "相手", "topic": "分野",
        "modality": "表現", "status": "状況", "source": "出典", "section": "節",
        "dated": "期限または期間のあるもの", "due_from": "期限（始）", "due_to": "期限（終）",
        "count": "全{all}件のうち{total}件。", "only": "条件：{filters}。",
        "pair": "{name}：{value}",
        "between": "、", "silent": "記載なし", "reading": " 別の解釈：{readings}",
        "ahead": "到来前", "running": "期間中", "closed": "経過", "within": "（{text}）",
        "stated": "次の出典の記載による：{sources}。", "held": "収録した出典の記載による。",
        "upto": "{day}までの出典と後続の報告。", "dates": "{label}（{date}）",
        "open": "収録した出典（最新：{date}）にその後の記載なし", "undated": "日付なし",
        "unmentioned": "{source}に記載なし", "known": "存在は把握、内容は未収録：{report}",
        "reported": "{citation}の記載では{status}",
        "account": "状況は当事者自身の記載によります。",
        "wording": "「表現」は原文の言い回しによる分類で、序列ではありません。",
        "deadlines": "コミットメント{total}件、うち期限または期間のあるもの{dated}件。",
        "release": "リリース {digest}。",
    },
}  # fmt: skip


class Said:
    """The texts of one listing's record, in its language."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = record
        self.lang = record.get("lang", "en") if record.get("lang") in TEXTS else "en"
        self._texts = TEXTS[self.lang]

    def text(self, name: str, /, **values: object) -> str:
        """One text, with what stands in it."""
        return self._texts[name].format(**values)

    @property
    def columns(self) -> list[str]:
        """The headings of the table."""
        return self._texts["columns"].split("|")

    def day(self, edtf: str) -> str:
        """A date or period in words."""
        if self.lang != "ja":
            return Period(edtf).spelled
        return "～".join(_japanese(one) for one in edtf.split("/"))

    def date_line(self) -> str:
        """Of which day the listing is: that of the sources, and the one it was asked for."""
        dated = [
            self.text("dates", label=one["label"], date=self.day(one["date"]["edtf"]))
            for one in self.record["sources"]
            if one["date"]
        ]
        between = self.text("between")
        line = self.text("stated", sources=between.join(dated)) if dated else self.text("held")
        as_of = self.record["as_of"]
        return line + (self.text("upto", day=self.day(as_of)) if as_of else "")

    def count_line(self) -> str:
        """How many of how many there are, and what was asked for."""
        record = self.record
        line = self.text("count", total=record["total"], all=record.get("all", record["total"]))
        chosen = [
            self.text(name)
            if value is True
            else self.text("pair", name=self.text(name), value=value)
            for name, value in {**record["filters"], **record.get("chosen", {})}.items()
        ]
        only = self.text("only", filters=self.text("between").join(chosen))
        return line + (only if chosen else "")

    def follow_up(self, row: Mapping[str, Any]) -> str:
        """What the sources held say of a commitment since."""
        found = row["follow_up"]
        if self.lang == "en":
            return str(found["said"])
        if found["kind"] == OPEN:
            dates = [one["date"]["edtf"] for one in self.record["sources"] if one["date"]]
            latest = self.day(max(dates)) if dates else self.text("undated")
            return self.text("open", date=latest)
        if found["kind"] == UNMENTIONED:
            parts = [one.removeprefix("not mentioned in ") for one in found["said"].split("; ")]
            return self.text("unmentioned", source=self.text("between").join(parts))
        last = found["status_reports"][-1]
        told = self.text("reported", status=last["status"]["label"], citation=last["citation"])
        day = self.text("within", text=self.day(last["date"]["edtf"])) if last["date"] else ""
        return told + day

    def later_reports(self) -> list[str]:
        """The later reports that are known and not modelled, each with its date."""
        found = {
            one["label"]
            + (self.text("within", text=self.day(one["date"]["edtf"])) if one["date"] else "")
            for row in self.record["commitments"]
            for one in row["follow_up"]["later_reports"]
        }
        return [self.text("known", report=one) for one in sorted(found)]


def _japanese(edtf: str) -> str:
    """A date in Japanese.

    >>> _japanese("2024-01-16"), _japanese("2024-33"), _japanese("2023-05"), _japanese("2023")
    ('2024年1月16日', '2024年第1四半期', '2023年5月', '2023年')
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", edtf)
    if found is None:
        return edtf
    year, month, day = found.groups()
    if month is None:
        return f"{year}年"
    if 33 <= int(month) <= 36:
        return f"{year}年第{int(month) - 32}四半期"
    return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")
