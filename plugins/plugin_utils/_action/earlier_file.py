# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of an earlier report to compare with: read once in a run, since each batch may write its report over it."""

from __future__ import annotations

from pathlib import Path

from .._report.compare import Earlier, earlier_file
from .._report.errors import ReportError
from .._text.visible import visible
from .controller import display
from .local_files import local
from .run_record import RunRecord
from .variables import BadInput

_LARGEST = 512 * 1024 * 1024
"""Bytes of an earlier report: 100,000 hosts with their assessments."""


def earlier_in(setting: str, text: str, kb: str) -> Earlier | None:
    """The verdicts as they were when this run read the file first; None, with a notice, where there was no file yet.

    setting: what the file is the value of, for sentences. Raises BadInput where it is no report of this hotfix.
    """
    record, path = RunRecord(), local(text)
    noted = record.get("compare", str(path), kb)
    if noted is None:
        found = _read(setting, path, kb)
        noted = {} if found is None else {"statuses": dict(found.statuses), "made": found.made}
        record.put(noted, "compare", str(path), kb)
    if not noted:
        display.warning(visible(f"There is no earlier report yet to compare with: {path}"))
        return None
    return Earlier(**noted)


def _read(setting: str, path: Path, kb: str) -> Earlier | None:
    try:
        if not path.exists():
            return None
        if not path.is_file():  # a pipe could be waited for without an end
            raise BadInput(f"{setting}: {path} is no regular file")
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{setting}: {path} is larger than any report: at most {_LARGEST // 1024**2} MiB")
        with path.open("rb") as file:
            return earlier_file(file, kb, f"{setting}: {path}")
    except OSError as error:
        raise BadInput(f"{setting}: {path} cannot be read: {error.strerror or error}") from None
    except ReportError as error:
        raise BadInput(str(error)) from None
