# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every format of the report. One more is a file of its own and its line here; docs/architecture.md says what else."""

from __future__ import annotations

from .format import Format
from .format_csv import Csv
from .format_html import Html
from .format_json import Json
from .format_junit import Junit
from .format_markdown import Markdown
from .format_text import Text

_ALL: tuple[Format, ...] = (Html(), Csv(), Json(), Junit(), Text(), Markdown())
FORMATS = {one.name: one for one in _ALL}
"""By name, in the order of the documentation."""
