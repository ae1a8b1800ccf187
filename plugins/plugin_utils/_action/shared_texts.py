# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object for texts that are the same in the results of many hosts: names of keys, verdicts, sentences, versions.

What comes out of a pickle has each of them anew. Of ten thousand hosts that is more memory than what tells them apart,
here and, as a pickle keeps what is one object one, in whoever is handed the results.
"""

from __future__ import annotations

from typing import Any

_LONGEST = 500
"""Characters of a text that is looked up; a longer one is a host's own."""

_MOST = 10_000
"""Different texts that are kept."""


class SharedTexts:
    """Of plain values: dictionaries, lists, texts, numbers."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, value: Any) -> Any:
        """An equal value, made of the texts of those before it."""
        if value.__class__ is str:
            return self._text(value)
        if value.__class__ is dict:
            return {self._text(key): self.of(item) for key, item in value.items()}
        return [self.of(item) for item in value] if value.__class__ is list else value

    def _text(self, text: str) -> str:
        if len(text) > _LONGEST:
            return text
        return self._known.setdefault(text, text) if len(self._known) < _MOST else self._known.get(text, text)
