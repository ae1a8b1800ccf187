# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages quote for whoever begins is what is really printed, and what they run is installed before."""

from __future__ import annotations

import inspect
import os
import re
import socket
import sys
from errno import ECONNREFUSED, EHOSTUNREACH
from pathlib import Path

import pages
import pytest
from ansible.plugins.action import ActionBase
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.reasons import ReasonCode, reason
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, http_status, sockets
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.fault_codes import AccessDenied
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_errors import translate
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.place import LastAnswer, Place
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.watchdog import Watch
from requests.exceptions import ReadTimeout

ROOT = Path(__file__).resolve().parents[2]
PLACE = Place("http://host.example/wsman", last=LastAnswer(server="Microsoft-HTTPAPI/2.0"))
GATHERING = "The module ansible.legacy.setup was redirected to ansible.windows.setup"


def _answered(status: int) -> errors.WSManError:
    with pytest.raises(errors.WSManError) as caught:
        http_status.accept(status, "", b"", PLACE)
    return caught.value


def _connecting(failure: OSError, monkeypatch: pytest.MonkeyPatch) -> errors.WSManError:
    def fail(*_arguments: object) -> None:
        raise failure

    monkeypatch.setattr(socket.socket, "connect", fail)
    watch = Watch()
    with watch.within(5), pytest.raises(errors.WSManError) as caught:
        sockets.connect(watch, "127.0.0.1", 80, 5)
    return caught.value


def test_the_page_quotes_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each quotation of the table is in a message that the code makes, and each of these messages is quoted."""
    table = pages.guide("guide_target").partition("* - it says")[2]
    rows = pages.cells(f"   * - it says{table}")[1:]
    quoted = [quote for row in rows for quote in re.findall(r"``(.+?)``", row[0]) if quote != "unknown"]
    printed = [
        *(_connecting(OSError(code, os.strerror(code)), monkeypatch) for code in (ECONNREFUSED, EHOSTUNREACH)),
        _connecting(TimeoutError("timed out"), monkeypatch),
        translate(ReadTimeout("x"), PLACE),
        *(_answered(status) for status in (401, 403, 500)),
        AccessDenied("Access is denied.", code=5, subcode="AccessDenied"),
        reason(ReasonCode.FILTERED_TOKEN).text,
        f"{GATHERING}, which could not be loaded.",
    ]
    texts = [str(one) for one in printed]
    assert not [quote for quote in quoted if not any(quote in text for text in texts)]
    assert not [text for text in texts if not any(quote in text for quote in quoted)]


def test_what_gathered_facts_end_with_is_ansibles_own_sentence() -> None:
    sentence = GATHERING.replace("ansible.legacy.setup", "{0}").replace("ansible.windows.setup", "{1}")
    source = Path(inspect.getfile(ActionBase)).read_text(encoding="utf-8")
    assert f"{sentence}, which could not be loaded." in source
    assert f"`{GATHERING}, which could not be loaded.`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_says_where_its_password_comes_from() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    name = re.search(r"ansible_password: '\{\{ (\w+) \}\}'", readme)
    assert name is not None
    line = next(line for line in readme.splitlines() if line.startswith(f"`{name[1]}` is yours"))
    told = readme[readme.index(line) :][:400]
    assert "ansible-vault create group_vars/legacy/vault.yml" in told
    assert "--ask-vault-pass" in told


def test_the_simulated_hosts_page_says_what_they_need() -> None:
    page = (ROOT / "tests" / "winhost" / "README.md").read_text(encoding="utf-8")
    assert "pip install -r requirements-test.txt" in page.partition("## Rooms")[0]
    wanted = (ROOT / "requirements-test.txt").read_text(encoding="utf-8").split()
    own = {path.stem for path in (ROOT / "tests").iterdir()} | sys.stdlib_module_names
    names = {"yaml": "PyYAML", "spnego": "pyspnego"}
    imported = {
        found
        for path in (ROOT / "tests" / "winhost").rglob("*.py")
        for found in re.findall(r"^(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"h11", "lxml"} <= imported
    assert not [one for one in imported - own if names.get(one, one) not in wanted]
