# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One table in every form that articles have it: the rows are the same. The sentences and files are invented."""

from __future__ import annotations

from collections.abc import Sequence

import lxml.html
import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.article import read_article
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.rows import FileRow
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture

HEADER = ["File name", "File version", "File size", "Date", "Time", "Platform"]
ROWS = [
    ["Frobd.sys", "6.0.6001.22185", "12,288", "20-May-2008", "09:05", "x64"],
    ["Frobui.dll", "6.0.6001.22185", "1,081,856", "20-May-2008", "18:22", "x64"],
    ["Frob.mof", "Not applicable", "777", "02-Nov-2006", "08:42", "Not applicable"],
    ["Amd64_contoso-frob_31bf3856ad364e35_6.0.6001.22185_none_0123456789abcdef.manifest", "Not applicable", "2,049",
     "20-May-2008", "19:00", "Not applicable"],
]  # fmt: skip
CAPTION = "For all supported x64-based versions of Windows Vista"
Rows = Sequence[Sequence[str]]


def pipe(rows: Rows, indent: str = "", header: Sequence[str] = HEADER) -> str:
    table = [header, ["---"] * len(header), *rows, [""] * len(header)]
    return "\n".join(f"{indent}|{'|'.join(row)}|" for row in table)


def padded(rows: Rows) -> str:
    return pipe([[f" {cell:<40} " for cell in row] for row in rows], "  ")


def cards(rows: Rows) -> str:
    lines = [f"| {label}|{cell}|" for row in rows for label, cell in zip(HEADER, row, strict=True)]
    places = range(0, len(lines) + len(rows), len(HEADER) + 1)
    for place in places[1:]:
        lines.insert(place, "|---|---|" if place == 1 else "||")
    lines.insert(1, "|---|---|")
    return "\n".join(lines)


def html(rows: Rows, *, header: str = "", open_tags: bool = False, extra: str = "") -> str:
    end = "" if open_tags else "</td>"
    body = "".join(f"<tr>{''.join(f'<td>{cell}{end}' for cell in row)}</tr>\n" for row in rows)
    head = header or "".join(f"<th>{name}</th>" for name in HEADER)
    return f"<table class='table'><thead><tr>{head}</tr></thead><tbody>{extra}{body}</tbody></table>"


def page(caption: str, table: str) -> str:
    return (
        "<!DOCTYPE html><html><head><title>Frob stops - Support</title><script>var a = '<td>';</script></head><body>"
        f"<table><tr><td><div><h4>{caption}</h4><a>Collapse this table</a>{table}</div></td></tr></table></body></html>"
    )


def broken(rows: Rows) -> Rows:
    """Line breaks inside names and versions, and escapes."""
    return [
        [row[0].replace("_", "\\_").replace("35\\_6", "35\\_<br/>6"), row[1].replace(".6001", "<br/> .6001"), *row[2:]]
        for row in rows
    ]


def fixed(rows: Rows) -> str:
    lines = ["   Date         Time   Version            Size    File name", "-" * 60]
    for name, version, size, date, time, platform in rows:
        told = "" if platform == "Not applicable" else platform
        lines.append(f"   {date}  {time}  {version:<18} {size:>9}  {told}  {name}")
    return "\n".join(lines)


def separated(separator: str) -> Rows:
    return [[*row[:2], row[2].replace(",", separator), *row[3:]] for row in ROWS]


def spanned() -> str:
    """The date is one cell for the first two rows, a title goes over all columns, the header is two rows."""
    first, second, *others = ROWS
    cells = [
        "<tr><th colspan='2'>File</th><th rowspan='2'>File size</th><th colspan=3>Other</th></tr>",
        "<tr><th>name</th><th>version</th><th>Date</th><th>Time</th><th>Platform</th></tr>",
        f"<tr><td colspan='6'>{CAPTION}</td></tr>",
        f"<tr><td>{first[0]}<td rowspan=2>{first[1]}<td>{first[2]}<td rowspan=2>{first[3]}<td>{first[4]}"
        f"<td>{first[5]}</tr>",
        f"<tr><td>{second[0]}<td>{second[2]}<td>{second[4]}<td>{second[5]}</tr>",
        *("<tr>" + "".join(f"<td>{cell}" for cell in row) + "</tr>" for row in others),
    ]
    return f"<html><body><p>Files</p><table>{''.join(cells)}</table></body></html>"


def months(words: dict[str, str]) -> Rows:
    return [[*row[:3], "-".join(words.get(part, part) for part in row[3].split("-")), *row[4:]] for row in ROWS]


def dates(form: str) -> Rows:
    parts = {"May": 5, "Nov": 11}
    return [[*row[:3], form.format(d=int(row[3][:2]), m=parts[row[3][3:6]], y=row[3][7:]), *row[4:]] for row in ROWS]


def worded(nothing: str, rows: Rows = ROWS) -> Rows:
    return [[nothing if cell == "Not applicable" else cell for cell in row] for row in rows]


def reordered(rows: Rows) -> str:
    header = ["Folder", "Platform", "File name", "Size", "File version", "Time (UTC)", "Date (UTC)"]
    return pipe([["system32", row[5], row[0], row[2], row[1], row[4], row[3]] for row in rows], header=header)


GERMAN = ["Dateiname", "Dateiversion", "Gr\u00f6\u00dfe", "Datum", "Zeit", "Plattform"]
RUSSIAN = {"May": "\u043c\u0430\u0439", "Nov": "\u043d\u043e\u044f"}
FLOWED = " ".join(HEADER) + " " + " ".join(" ".join(row) for row in ROWS)
FORMS = {
    "pipes": f"##### {CAPTION}\n\n{pipe(ROWS)}",
    "pipes under a bullet": f"- {CAPTION}\n\n{padded(ROWS)}\n\n- Other\n",
    "pipes in a quotation": f"> {CAPTION}\n>\n{pipe(ROWS, '> ')}",
    "breaks and escapes": f"##### {CAPTION}\n\n{pipe(broken(ROWS))}",
    "bars between only": f"##### {CAPTION}\n\n{pipe(ROWS).replace('|' + chr(10) + '|', chr(10))[1:-1]}",
    "other columns": f"##### {CAPTION}\n\n{reordered(ROWS)}",
    "cards": f"##### {CAPTION}\n\n{cards(ROWS)}",
    "tabs": f"{CAPTION}\n" + "\n".join("\t".join(row) for row in [HEADER, *ROWS]),
    "one line": f"Text before.\n{CAPTION} Collapse this table Expand this table\n{FLOWED}\nText after.",
    "one line for all": f"Text before. {CAPTION} Collapse this table {FLOWED} Text after.",
    "a line for a cell": "\n".join([CAPTION, *HEADER, *(cell for row in ROWS for cell in row)]),
    "a line for a row": "\n".join([CAPTION, " ".join(HEADER), *(" ".join(row) for row in ROWS)]),
    "HTML": page(CAPTION, html(ROWS)),
    "HTML without ends": page(CAPTION, html(ROWS, open_tags=True)),
    "HTML breaks": page(CAPTION, html([[cell.replace("35_6", "35_<br>6") for cell in row] for row in ROWS])),
    "HTML text": f"<html><body><p>{CAPTION}</p><pre>{fixed(worded('', ROWS))}</pre></body></html>",
    "fixed width": f"## {CAPTION}\n```\n{fixed(worded('', ROWS))}\n```\n",
    "spans": spanned(),
    "1.777": f"##### {CAPTION}\n\n{pipe(separated('.'))}",
    "1 777": f"##### {CAPTION}\n\n{pipe(separated(' '))}",
    "1 777 in a line": f"{CAPTION}\n" + " ".join(" ".join(row) for row in separated(" ")),
    "1&nbsp;777": page(CAPTION, html(separated("&nbsp;"))),
    "9:05": f"##### {CAPTION}\n\n{pipe([[*row[:4], row[4].lstrip('0'), row[5]] for row in ROWS])}",
    "2008-05-20": f"##### {CAPTION}\n\n{pipe(dates('{y}-{m:02}-{d:02}'))}",
    "2008/5/20": f"{CAPTION}\n" + " ".join(" ".join(row) for row in dates("{y}/{m}/{d}")),
    "20.05.2008": f"##### {CAPTION}\n\n{pipe(dates('{d:02}.{m:02}.{y}'))}",
    "German": "##### F\u00fcr alle unterst\u00fctzten x64-basierten Versionen von Windows Vista\n\n"
    + pipe(worded("Nicht zutreffend", months({"May": "Mai"})), header=GERMAN),
    "Russian": "##### Windows Vista, 64-\u0440\u0430\u0437\u0440\u044f\u0434\u043d\u044b\u0435\n\n"
    + pipe(worded("\u041d\u0435\u043f\u0440\u0438\u043c\u0435\u043d\u0438\u043c\u043e", months(RUSSIAN))),
    "Japanese": page(
        "Windows Vista 64 \u30d3\u30c3\u30c8\u7248",
        html(worded("\u8a72\u5f53\u306a\u3057", dates("{y}\u5e74{m}\u6708{d}\u65e5"))),
    ),
    "nothing for no version": f"##### {CAPTION}\n\n{pipe(worded(''))}",
    "X64": f"##### {CAPTION}\n\n{pipe([[*row[:5], row[5].upper() if row[5] == 'x64' else row[5]] for row in ROWS])}",
}  # fmt: skip


def as_cells(row: FileRow) -> list[str]:
    return [row.name, str(row.version) if row.version else "Not applicable", f"{row.size:,}",
            f"{row.time:%d-%b-%Y}" if row.time else "?", f"{row.time:%H:%M}" if row.time else "?",
            row.platform.value if row.platform else "Not applicable"]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_rows_are_the_same_in_every_form(form: str) -> None:
    facts = read_article(FORMS[form].encode(), "article")
    assert [as_cells(row) for row in facts.rows] == ROWS
    assert {row.architecture for row in facts.rows} == {Architecture.X64}
    assert facts.unread == ()


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252"])
def test_encodings(codec: str) -> None:
    text = FORMS["German"]
    data = ("\ufeff" + text).encode("utf-16-le") if codec.endswith("bom") else text.encode(codec)
    assert [row.name for row in read_article(data, "article").rows] == [row[0] for row in ROWS]


def test_an_old_page_says_its_encoding() -> None:
    data = page("Windows Vista, 64-\u0431\u0438\u0442", html(months({"May": "\u043c\u0430\u0439"})))
    data = data.replace("<head>", "<head><meta charset=windows-1251>")
    assert [row.time for row in read_article(data.encode("cp1251"), "article").rows].count(None) == 0


@pytest.mark.parametrize("form", [name for name, text in FORMS.items() if "<table" in text and name != "spans"])
def test_a_parser_that_shares_nothing_with_ours_finds_the_same_cells(form: str) -> None:
    """lxml's, on the same page."""
    rows = lxml.html.fromstring(FORMS[form].encode()).xpath("//tbody/tr")
    theirs = ["".join("".join(row[0].itertext()).split()) for row in rows]
    assert [row.name for row in read_article(FORMS[form].encode(), "article").rows] == theirs


def test_branch_and_requirement_belong_to_the_row() -> None:
    header = [*HEADER, "SP requirement", "Service branch"]
    rows = [
        ["Frobd.sys", "6.0.6001.18075", "12,288", "20-May-2008", "09:05", "x86", "SP1", "SP1GDR"],
        ["Frobd.sys", "6.0.6001.22185", "12,288", "20-May-2008", "09:05", "x86", "SP1", "SP1QFE"],
        ["Frobd.sys", "6.0.6002.22185", "12,288", "20-May-2008", "09:05", "x86", "SP2", "LDR"],
        ["Wfrob.dll", "6.0.6002.22185", "12,288", "20-May-2008", "09:05", "x86", "Not Applicable", "WOW"],
    ]
    for text in (pipe(rows, header=header), " ".join(" ".join(row) for row in rows)):
        found = read_article(f"#### 32-bit\n{text}".encode(), "article").rows
        assert [(row.requirement, row.branch) for row in found] == [
            ("SP1", "gdr"), ("SP1", "ldr"), ("SP2", "ldr"), (None, "wow")]  # fmt: skip


def test_a_table_without_platform_and_version() -> None:
    rows = [row[:1] + row[2:5] for row in ROWS]
    header = [HEADER[0], *HEADER[2:5]]
    for text in (pipe(rows, header=header), " ".join(" ".join(row) for row in rows)):
        found = read_article(f"#### {CAPTION}\n{text}".encode(), "article").rows
        assert [(row.name, f"{row.size:,}", row.version) for row in found] == [(row[0], row[1], None) for row in rows]


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"Frobd.sys": "Frobd sys"}, "no file name"),
        ({"6.0.6001.22185": "6.0.6001"}, "no file version"),
        ({"6.0.6001.22185": "6.0.600l.22185"}, "no file version"),
        ({"12,288": "12,28"}, "no size"),
        ({"20-May-2008": "20-Xyz-2008"}, "no date"),
        ({"20-May-2008": "05/06/2008"}, "no date"),
        ({"20-May-2008": "31-Feb-2008"}, "no date"),
    ],
)
def test_what_cannot_be_read_is_told(change: dict[str, str], lost: str) -> None:
    row = [change.get(cell, cell) for cell in ROWS[0]]
    facts = read_article(f"##### {CAPTION}\n{pipe([row, *ROWS[1:]])}".encode(), "article")
    told = [problem for one in facts.rows for problem in one.problems] + list(facts.unread)
    assert len(told) == 1
    assert lost in told[0]


def test_a_row_that_ran_together_and_cannot_be_read_is_told() -> None:
    text = FORMS["one line"].replace("Frobui.dll", "Frobui dll")
    facts = read_article(text.encode(), "article")
    assert [row.name for row in facts.rows] == [row[0] for row in ROWS if row[0] != "Frobui.dll"]
    (told,) = facts.unread
    assert "20-May-2008" in told


def test_a_caption_that_the_files_deny() -> None:
    text = f"##### For all supported x86-based versions\n{pipe(ROWS)}"
    rows = read_article(text.encode(), "article").rows
    assert {row.architecture for row in rows} == {None}
    assert all("caption says x86, the files in it x64" in row.problems[-1] for row in rows)


@pytest.mark.parametrize(
    "table",
    [
        pipe([["6.0.600<br/>1.<br/>18 **xxx**", "Windows Vista", "SP1", "GDR"]], header=["A", "For", "Pack", "B"]),
        pipe([["All x64-based versions of Windows Vista", "[Get](https://a.example/a.exe)"]], header=["For", "Update"]),
        pipe([["Windows6.0-KB999999-x86.msu", "0123456789ABCDEF0123456789ABCDEF01234567"]], header=["File", "SHA1"]),
    ],
)  # fmt: skip
def test_other_tables_are_no_file_tables(table: str) -> None:
    facts = read_article(f"# Title\n\n{table}\n".encode(), "article")
    assert (facts.rows, facts.unread) == ((), ())
