# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may write to a folder: descriptors as WMI and icacls give them."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.security import (
    ADMINISTRATORS,
    SYSTEM,
    TRUSTED_INSTALLER,
    DescriptorError,
    from_sddl,
    from_wmi,
)

GOOD = "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"


def ace(sid: str, mask: int, flags: int = 0, kind: int = 0) -> dict[str, object]:
    return {"AccessMask": str(mask), "AceFlags": str(flags), "AceType": str(kind), "Trustee": {"SIDString": sid}}


def descriptor(owner: str, dacl: object) -> dict[str, object]:
    return {"ControlFlags": "32772", "Owner": {"SIDString": owner, "Name": None}, "DACL": dacl}


def test_administrators_and_system_alone_are_fine() -> None:
    assert from_sddl(GOOD).problems() == ()
    assert from_wmi(descriptor(ADMINISTRATORS, [ace(SYSTEM, 0x1F01FF), ace(ADMINISTRATORS, 0x1F01FF)])).problems() == ()


def test_the_list_that_the_windows_folder_hands_down_is_fine() -> None:
    inherited = [
        ace(TRUSTED_INSTALLER, 0x1F01FF),
        ace(SYSTEM, 0x1F01FF),
        ace(ADMINISTRATORS, 0x1F01FF),
        ace("S-1-5-32-545", 0x1200A9),
        ace("S-1-3-0", 0x10000000, flags=0x1B),
    ]
    assert from_wmi(descriptor(SYSTEM, inherited)).problems() == ()


@pytest.mark.parametrize(
    "mask", [0x2, 0x4, 0x40, 0x10000, 0x40000, 0x80000, 0x10000000, 0x40000000, 0x1301BF], ids=hex
)
def test_any_right_to_write_of_another_account_is_named(mask: int) -> None:
    problems = from_wmi(descriptor(SYSTEM, [ace("S-1-5-32-545", mask)])).problems()
    assert problems == ("S-1-5-32-545 may write to it",)


@pytest.mark.parametrize("sid", ["S-1-5-21-1-2-3-1001", "S-1-5-32-545"])
def test_another_owner_is_named(sid: str) -> None:
    assert from_wmi(descriptor(sid, [])).problems() == (f"its owner is {sid}",)


def test_no_access_list_at_all_is_refused() -> None:
    assert from_wmi(descriptor(SYSTEM, None)).problems() == ("it has no access list, so that anyone can write",)
    assert from_sddl("D:NO_ACCESS_CONTROL").problems()


def test_creator_owner_counts_when_it_is_not_inherit_only() -> None:
    assert from_sddl("D:(A;OICI;FA;;;CO)").problems()
    assert not from_sddl("D:(A;OICIIO;FA;;;CO)").problems()


def test_a_denial_is_no_permission() -> None:
    assert from_sddl(GOOD + "(D;OICI;FA;;;WD)").problems() == ()


def test_sddl_of_other_trustees_and_masks() -> None:
    assert from_sddl("D:AI(A;ID;0x1301bf;;;AU)").problems() == ("S-1-5-11 may write to it",)
    assert from_sddl("D:(A;;FW;;;S-1-5-21-1-2-3-500)").problems()
    assert from_sddl("D:(A;;FR;;;WD)").problems() == ()


def test_an_alias_that_is_not_known_is_not_trusted() -> None:
    assert from_sddl("D:(A;;FA;;;ZZ)").problems() == ("ZZ may write to it",)


@pytest.mark.parametrize(
    "text", ["", "nothing", "D:(A;;QQ;;;BA)", "D:(A;;FA)", "D:(Q;;FA;;;BA)", "D:(A;;FA;;;BA)(A;;FA;;;WD"]
)
def test_what_cannot_be_read_is_an_error_and_never_harmless(text: str) -> None:
    with pytest.raises(DescriptorError):
        from_sddl(text)


@pytest.mark.parametrize(
    "row",
    [
        None,
        {},
        {"Owner": None, "DACL": []},
        descriptor("", []),
        descriptor(SYSTEM, [{"AccessMask": "1", "AceFlags": "0", "AceType": "0"}]),
        descriptor(SYSTEM, [{"AceFlags": "0", "AceType": "0", "Trustee": {"SIDString": SYSTEM}}]),
    ],
)
def test_a_wmi_descriptor_with_a_part_missing_is_an_error(row: object) -> None:
    with pytest.raises(DescriptorError):
        from_wmi(row)
