# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How execution leaves the ordinary path: goto, exit, a batch file that another one takes over from."""

from __future__ import annotations


class Jump(Exception):  # noqa: N818 - not an error
    """`goto label`."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


class LeaveBatch(Exception):  # noqa: N818
    """`exit /b` or the end by `goto :eof`; the code is None when the errorlevel stays."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class AbortBatch(Exception):  # noqa: N818
    """A syntax error: every batch file under way ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class LeaveCmd(Exception):  # noqa: N818
    """`exit`: this cmd.exe ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Chain(Exception):  # noqa: N818
    """A batch file was started from another without `call`: the first never goes on."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
