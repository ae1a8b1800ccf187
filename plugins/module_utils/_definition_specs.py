# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hotfix is meant, and where its definition is: the options of all modules that take one.

Private: for this collection alone, and may change in any release.
"""

from __future__ import annotations

DEFINITION_OPTIONS = {
    "kb": {"type": "str"},
    "definition": {"type": "path"},
    "definition_dir": {"type": "path"},
}

ONE_SOURCE = ["definition", "definition_dir"]
"""Of these at most one is given."""
