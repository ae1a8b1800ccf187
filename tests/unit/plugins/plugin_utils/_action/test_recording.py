# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option transcript, before anything is asked."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.transcript import Recording
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput


def test_none_is_none_and_an_empty_name_is_refused() -> None:
    assert Recording.of({"transcript": None}) is None
    assert Recording.of({}) is None
    for named in ("", " "):
        with pytest.raises(BadInput, match="transcript is empty: name a file, or leave the option out"):
            Recording.of({"transcript": named})
