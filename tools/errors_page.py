# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/docsite/rst/errors.rst: each error text of the collection, with the section that says what to do.

`python tools/errors_page.py` writes it, `--check` tells whether it is up to date. A text goes where its class says,
else where its file says (SECTIONS); one that neither knows is refused here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from error_texts import ROOT, ErrorText, error_texts

PAGE = ROOT / "docs" / "docsite" / "rst" / "errors.rst"
TROUBLESHOOTING = PAGE.with_name("troubleshooting.rst")
LABEL = "ansible_collections.winlegacy.servicing.docsite.troubleshooting_"

SECTIONS: dict[str, str] = {
    "controller": "The controller or the inventory",
    "unreachable": "The host is not reached",
    "proxy": "A proxy stands between",
    "tls": "TLS",
    "login": "The login is refused",
    "service": "Something else answers",
    "silence": "Silence, and what breaks off",
    "answers": "Answers that cannot be read",
    "shells": "Shells and command lines",
    "options": "Options and variables",
    "rollout": "Rollouts, scope and windows",
    "packages": "Packages and signatures",
    "definitions": "Definitions and articles",
    "staging": "Staging and transfer",
    "installing": "Installing, removing and restarting",
    "reports": "Reports, filters and comparisons",
    "transcripts": "Transcripts",
}

BY_KIND: dict[str, str] = {
    **dict.fromkeys(("WrongConnection", "ChannelUnavailable", "BadAddress", "MissingLibrary"), "controller"),
    "Unreachable": "unreachable",
    "ProxyFailed": "proxy",
    "TLSFailed": "tls",
    "AuthenticationRefused": "login",
    **dict.fromkeys(("NotWSMan", "ServiceBusy", "NotHTTP"), "service"),
    **dict.fromkeys(
        ("Silent", "Unanswered", "ConnectionLost", "ConversationOver", "DeadlineExceeded", "ServiceFailed"), "silence"
    ),
    **dict.fromkeys(("BadInput", "InvalidRequest", "QueryError", "AnsibleFilterError", "msg"), "options"),
    **dict.fromkeys(("ShellBusy", "ShellQuotaError", "ShellUnsupportedError", "CommandError"), "shells"),
    **dict.fromkeys(("LockedError", "LockError", "LockLostError", "BusyError"), "installing"),
}
"""Where a class decides, whoever raises it."""

BY_PLACE: tuple[tuple[str, str], ...] = (
    ("_package/definition/", "definitions"),
    ("_package/", "packages"),
    ("_catalogue/", "definitions"),
    ("_report/", "reports"),
    ("_transcript/", "transcripts"),
    ("_rollout/", "rollout"),
    ("action/rollout_", "rollout"),
    ("_action/", "options"),
    ("_operations/transfer/", "staging"),
    ("_operations/stage.py", "staging"),
    ("_operations/manifest.py", "staging"),
    ("_operations/delivery.py", "packages"),
    ("_operations/", "installing"),
    ("_windows/", "staging"),
    ("_wsman/shell", "shells"),
    ("_wsman/", "answers"),
    ("_model/", "options"),
)
"""Else by the file, below plugins/ or plugins/plugin_utils/."""

_ABOUT = """..
  Copyright (c) 2026, winlegacy.servicing contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Written by tools/errors_page.py from the source: make errors.

.. _ansible_collections.winlegacy.servicing.docsite.errors:

Errors and what to do
=====================

What the collection says when something cannot be done, by where to look it up. An ellipsis stands for what is
filled in: a name, a number, another error's words. Most messages name their own cure behind what is listed here;
search this page for a few words of yours. For a host that cannot be worked on at all, run
``ansible-playbook winlegacy.servicing.doctor`` first.
"""


def section_of(one: ErrorText) -> str:
    """The section of troubleshooting.rst for a text. KeyError for one that no rule knows."""
    if one.kind in BY_KIND and not one.place.startswith(("action/rollout_", "_rollout/")):
        return BY_KIND[one.kind]
    for start, section in BY_PLACE:
        if one.place.startswith(start):
            return section
    raise KeyError(f"{one.place}: {one.kind}: no section is named for {one.text!r}: add a rule to tools/errors_page.py")


def page(texts: list[ErrorText]) -> str:
    """The whole page."""
    return "\n".join(_lines(texts)) + "\n"


def _lines(texts: list[ErrorText]) -> Iterator[str]:
    yield _ABOUT
    by_section: dict[str, dict[str, set[str]]] = {name: {} for name in SECTIONS}
    for one in texts:
        by_section[section_of(one)].setdefault(one.text, set()).add(one.place)
    for name, title in SECTIONS.items():
        if not by_section[name]:
            continue
        yield from (title, "-" * len(title), "", f"What to do: :ref:`{LABEL}{name}`.", "")
        yield from (".. list-table::", "   :header-rows: 1", "   :widths: 75 25", "", "   * - text", "     - said by")
        for text, places in sorted(by_section[name].items(), key=lambda item: (item[0].casefold(), item[0])):
            yield f"   * - {escaped(text)}"
            yield f"     - {escaped(', '.join(sorted(places)))}"
        yield ""


def escaped(text: str) -> str:
    """A text as reStructuredText shows it unchanged."""
    return re.sub(r"([\\*`|_<>])", r"\\\1", text)


def main() -> int:
    """Write the page, or look at it; the exit code."""
    wanted = page(error_texts())
    if sys.argv[1:] == ["--check"]:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted
        if not same:
            print(f"{PAGE.relative_to(ROOT)} is not what the source says: run make errors")
        return 0 if same else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
