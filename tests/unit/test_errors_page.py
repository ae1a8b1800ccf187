# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each error text of the source is in docs/docsite/rst/errors.rst, and leads to a section of troubleshooting.rst."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Check

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import error_texts  # noqa: E402
import errors_page  # noqa: E402

GUIDE = errors_page.TROUBLESHOOTING.read_text(encoding="utf-8")
Texts = list[error_texts.ErrorText]


@pytest.fixture(scope="module")
def texts() -> Texts:
    """A fixture, since every process that collects the tests would look through the source."""
    return error_texts.error_texts()


def test_the_page_is_what_the_source_says(texts: Texts) -> None:
    """Where this fails: make errors."""
    page = errors_page.PAGE.read_text(encoding="utf-8")
    missing = [one for one in texts if f"   * - {errors_page.escaped(one.text)}\n" not in page]
    assert not missing, f"run make errors: {missing[:5]}"
    assert page == errors_page.page(texts), "run make errors"


def test_every_room_and_the_words_that_people_see_are_found(texts: Texts) -> None:
    """What a scan that has gone blind would lack."""
    assert {one.place.split("/")[0] for one in texts} >= {
        *(
            "_action",
            "_catalogue",
            "_operations",
            "_package",
            "_report",
            "_rollout",
            "_windows",
            "_wsman",
            "action",
            "filter",
        )
    }
    said = {one.text for one in texts}
    for text in (
        "HTTP 401: the credentials or the authentication method were refused",
        "TLS is spoken at this port, and plain HTTP was sent",
        "the connection plugin is …, but WS-Management needs winrm or psrp",
        "the host does not tell the free space of … (Win32_LogicalDisk); nothing was written",
        "… has … MB free, … MB are needed; nothing was written",
        "no connection: the name … is not known (…)",
        "no connection: …",
    ):
        assert text in said, text


@pytest.mark.parametrize("section", errors_page.SECTIONS)
def test_every_section_has_its_anchor(section: str) -> None:
    assert f".. _{errors_page.LABEL}{section}:" in GUIDE


def test_troubleshooting_has_no_section_that_no_error_leads_to(texts: Texts) -> None:
    anchors = re.findall(rf"^\.\. _{re.escape(errors_page.LABEL)}(\w+):$", GUIDE, re.MULTILINE)
    assert sorted(anchors) == sorted(errors_page.SECTIONS)
    assert {errors_page.section_of(one) for one in texts} == set(errors_page.SECTIONS)


@pytest.mark.parametrize("check", Check)
def test_every_check_of_the_doctor_is_named_where_its_cure_is(check: Check) -> None:
    if check is not Check.CODE_PAGE:  # which is never more than a fact
        assert f"``{check.value}``" in GUIDE


SOURCES = {
    'raise BadInput("there is no such thing")': {"there is no such thing"},
    'raise BadInput(f"the port {port!r} is none of {a} to {b}")': {"the port … is none of … to …"},
    'raise mine.BadInput("one part " "and another")': {"one part and another"},
    'return BadInput("is returned and not raised")': {"is returned and not raised"},
    'came = f"{who} answered" if who else "nobody answered"\nraise BadInput(came)': {"… answered", "nobody answered"},
    'raise BadInput(f"at {place}: " + "it cannot be read")': {"at …: it cannot be read"},
    'class Mine(BadInput):\n    pass\nraise Mine("of a class of its own")': {"of a class of its own"},
    'why = "it is empty"\nraise BadInput(f"the name cannot be used: {why}")': {"the name cannot be used: it is empty"},
    'return {"failed": True, "msg": "said by a task itself"}': {"said by a task itself"},
    "raise BadInput(str(error))": set(),
    'raise BadInput(f"{name}: {error}")': set(),
    'print("this is no error at all")': set(),
    'raise KeyError("this is no error of ours")': set(),
}


@pytest.mark.parametrize("source", SOURCES)
def test_the_scan(source: str) -> None:
    body = "\n".join(f"    {line}" for line in source.splitlines())
    tree = ast.parse(f"class BadInput(ValueError):\n    pass\n\ndef f():\n{body}\n")
    found = {text for _kind, text in error_texts.texts_of(tree, error_texts.error_classes([tree]))}
    assert found == SOURCES[source]


def test_a_text_that_no_rule_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="add a rule"):
        errors_page.section_of(error_texts.ErrorText("elsewhere/new.py", "NewError", "something is wrong"))
