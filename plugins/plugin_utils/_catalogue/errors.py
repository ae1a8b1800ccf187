# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root of what this room raises."""

from __future__ import annotations


class CatalogueError(ValueError):
    """A hotfix is not known, or its definition is broken. The text says which file and field, and why."""


class ArticleError(CatalogueError):
    """A Knowledge Base article cannot be read, or no definition can be made of it. The text says what and where."""
