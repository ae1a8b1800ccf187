# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one check of a host's paths."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.paths import (
    LONGEST,
    PathRefusedError,
    canonical,
    drive,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("told", "used"),
    [
        ("C:\\Windows", "C:\\Windows"),
        ("C:\\Windows\\", "C:\\Windows"),
        (" C:\\WINNT ", "C:\\WINNT"),
        ("c:/windows", "c:\\windows"),
        ("D:\\a\\b-c", "D:\\a\\b-c"),
        ("C:\\\u041e\u043a\u043d\u0430", "C:\\\u041e\u043a\u043d\u0430"),
        ("C:\\it's", "C:\\it's"),
    ],
)
def test_one_form(told: str, used: str) -> None:
    assert canonical(told) == used
    assert canonical(used) == used


@pytest.mark.parametrize(
    "told",
    [
        "", "C:", "C:\\", "Windows", "\\Windows", "\\\\srv\\share", "CD:\\Windows", "1:\\Windows", "C:\\..", "C:\\.",
        "C:\\a\\..\\b", "C:\\...", "C:\\\\Windows", "C:\\Windows\\\\x", "C:\\Windows.", "C:\\a \\b", "C:\\a:b",
        "C:\\a b", "C:\\a*", "C:\\a?b", "C:\\a|b", "C:\\a<b", 'C:\\a"b', "C:\\a%b", "C:\\a!b", "C:\\a^b", "C:\\a&b",
        "C:\\con", "C:\\NUL.txt", "C:\\com1\\x", "C:\\a\x01b", "C:\\a\x1b[2Jb", "C:\\a\u202eb", "C:\\a\nb",
        "C:\\" + "x" * LONGEST,
    ],
)  # fmt: skip
def test_refused_in_one_sentence(told: str) -> None:
    with pytest.raises(PathRefusedError) as caught:
        canonical(told)
    assert str(caught.value).startswith("the Windows folder ")
    assert "\x1b" not in str(caught.value)


@given(st.text(max_size=40))
def test_whatever_passes_can_be_quoted_and_stays_below_its_drive(text: str) -> None:
    try:
        found = canonical("C:\\" + text)
    except PathRefusedError:
        return
    assert found.startswith("C:\\")
    assert not set(found) & set('"%!\r\n\0*?<>|/')
    assert ".." not in found.split("\\")


def test_drives() -> None:
    assert [drive(one) for one in ("c:", "C:\\", " D: ", "", "C", "\\\\x", "C:\\x")] == [
        "C:", "C:", "D:", None, None, None, None,
    ]  # fmt: skip
