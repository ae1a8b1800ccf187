# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file system: names, permissions, junctions, space, locks, and machines that do not disturb one another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from winhost.machine import security
from winhost.machine.accounts import Token
from winhost.machine.boot import rename_pending
from winhost.machine.content import Synthetic
from winhost.machine.errors import Win32Error
from winhost.machine.files import FileAttributes
from winhost.machine.machine import Machine
from winhost.machine.paths import normalise
from winhost.profiles import profile


def _machine(name: str = "vista_sp1_x64") -> Machine:
    return Machine("h", profile(name))


def _token(machine: Machine, name: str) -> Token:
    user = machine.accounts.find(name)
    assert user is not None
    return machine.accounts.token(user)


def _code(call: Callable[[], object]) -> int:
    with pytest.raises(Win32Error) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"c:\windows\.\system32\..\temp\\x.txt", r"C:\windows\temp\x.txt"),
        ("C:/Windows/", r"C:\Windows"),
        ("C:\\", "C:\\"),
        (r"\??\C:\a", r"C:\a"),
        (r"\\?\C:\a", r"C:\a"),
        (r"\\srv\share\a\..\b", r"\\srv\share\b"),
        (r"\x", r"C:\x"),
        ("rel. ", r"C:\cur\rel"),
        (r"C:\..\..\a", r"C:\a"),
    ],
)
def test_normal_paths(text: str, wanted: str) -> None:
    assert normalise(text, r"C:\cur") == wanted


@pytest.mark.parametrize("text", ["C:\\a<b", "C:\\a?b", "C:\\a:b", 'C:\\a"b'])
def test_names_that_cannot_be(text: str) -> None:
    assert _code(lambda: normalise(text)) == 123


def test_names_have_no_case_but_keep_it() -> None:
    files = _machine().files
    files.write(r"C:\WINDOWS\temp\Mixed.Txt", b"1")
    node = files.get(r"c:\windows\TEMP\mIXED.tXT")
    assert node is not None and node.name == "Mixed.Txt" and node.content() == b"1"
    assert files.resolve(r"c:\windows\temp\mixed.txt") == r"C:\Windows\Temp\Mixed.Txt"


def test_machines_of_one_profile_do_not_share_changes() -> None:
    one, two = _machine(), _machine()
    one.files.write(r"C:\Windows\System32\ntoskrnl.exe", b"x")
    one.files.delete(r"C:\Windows\explorer.exe")
    other = two.files.get(r"C:\Windows\System32\ntoskrnl.exe")
    assert other is not None and other.version is not None
    assert two.files.exists(r"C:\Windows\explorer.exe")
    one.registry.set("HKLM", "SOFTWARE\\x", "v", 1)
    assert two.registry.key("HKLM", "SOFTWARE\\x") is None


def test_codes_of_what_is_absent_or_in_the_way() -> None:
    files = _machine().files
    assert _code(lambda: files.read(r"C:\Windows\nothing")) == 2
    assert _code(lambda: files.read(r"C:\nowhere\nothing")) == 3
    assert _code(lambda: files.write(r"C:\nowhere\x", b"")) == 3
    assert _code(lambda: files.write(r"Z:\x", b"")) == 3
    assert _code(lambda: files.mkdir(r"C:\Windows")) == 183
    assert _code(lambda: files.delete(r"C:\Windows\Temp\..\Logs")) == 145
    assert _code(lambda: files.listdir(r"C:\Windows\explorer.exe")) == 267
    files.hold(r"C:\Windows\explorer.exe", "someone")
    assert _code(lambda: files.write(r"C:\Windows\explorer.exe", b"")) == 32
    files.release(r"C:\Windows\explorer.exe")
    files.set_attributes(r"C:\Windows\explorer.exe", FileAttributes.READONLY)
    assert _code(lambda: files.write(r"C:\Windows\explorer.exe", b"")) == 5


def test_move_replaces_only_when_told() -> None:
    files = _machine().files
    files.write(r"C:\Windows\Temp\a", b"a")
    files.write(r"C:\Windows\Temp\b", b"b")
    assert _code(lambda: files.move(r"C:\Windows\Temp\a", r"C:\Windows\Temp\b")) == 183
    files.move(r"C:\Windows\Temp\a", r"C:\Windows\Temp\b", replace=True)
    assert files.read(r"C:\Windows\Temp\B") == b"a"
    assert not files.exists(r"C:\Windows\Temp\a")


def test_appending_grows_and_space_is_counted() -> None:
    machine = _machine("vista_low_disk")
    files = machine.files
    free = files.free_space()
    files.write(r"C:\Windows\Temp\a", bytes(1000))
    files.append(r"C:\Windows\Temp\a", bytes(500))
    assert files.free_space() == free - 1500
    node = files.get(r"C:\Windows\Temp\a")
    assert node is not None and node.size == 1500
    assert _code(lambda: files.append(r"C:\Windows\Temp\a", bytes(free))) == 112
    files.delete(r"C:\Windows\Temp\a")
    assert files.free_space() == free


def test_users_may_make_folders_in_the_root_and_files_in_temp_but_not_in_windows() -> None:
    machine = _machine()
    user = _token(machine, "guest-user")
    machine.files.mkdir(r"C:\mine", user)
    assert _code(lambda: machine.files.write(r"C:\x", b"", user)) == 5
    machine.files.write(r"C:\mine\x", b"", user)
    assert machine.files.security_of(r"C:\mine").owner == user.sid
    machine.files.write(r"C:\Windows\Temp\t", b"", user)
    assert _code(lambda: machine.files.mkdir(r"C:\Windows\mine", user)) == 5
    assert _code(lambda: machine.files.write(r"C:\Windows\x", b"", user)) == 5
    assert _code(lambda: machine.files.delete(r"C:\Windows\explorer.exe", user)) == 5
    admin = _token(machine, "operator")
    machine.files.mkdir(r"C:\Windows\ours", admin)
    assert machine.files.security_of(r"C:\Windows\ours").owner == security.ADMINISTRATORS


def test_system_files_belong_to_the_installer_and_even_administrators_cannot_write_them() -> None:
    machine = _machine()
    admin = _token(machine, "Administrator")
    kernel = r"C:\Windows\System32\ntoskrnl.exe"
    assert machine.files.security_of(kernel).owner == security.TRUSTED_INSTALLER
    assert _code(lambda: machine.files.write(kernel, b"x", admin)) == 5


def test_entries_are_inherited_until_a_folder_is_protected() -> None:
    machine = _machine()
    admin, user = _token(machine, "operator"), _token(machine, "guest-user")
    machine.files.mkdir(r"C:\open", user)
    machine.files.write(r"C:\open\f", b"secret", admin)
    assert machine.files.read(r"C:\open\f", user) == b"secret"
    machine.files.set_security(r"C:\open", security.from_sddl("O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"))
    assert _code(lambda: machine.files.read(r"C:\open\f", user)) == 5
    effective = machine.files.security_of(r"C:\open\f").dacl or ()
    assert {ace.sid for ace in effective} == {security.SYSTEM, security.ADMINISTRATORS}
    assert all(ace.flags & security.INHERITED for ace in effective)


def test_sddl_round_trip() -> None:
    text = "O:BAG:SYD:PAI(D;;FW;;;WD)(A;OICI;FA;;;BA)(A;;0x1301bf;;;S-1-5-21-1-2-3-1001)"
    assert security.from_sddl(text).to_sddl() == text
    with pytest.raises(ValueError, match="descriptor"):
        security.from_sddl("nonsense")


def test_denials_come_before_grants_and_a_filtered_group_only_denies() -> None:
    machine = _machine("vista_uac_filtered")
    filtered = _token(machine, "operator")
    assert filtered.filtered and not filtered.administrator
    denied = security.from_sddl("O:SYG:SYD:P(D;;FR;;;BA)(A;;FA;;;WD)")
    assert not denied.grants(filtered, security.FILE_READ)
    granted = security.from_sddl("O:SYG:SYD:P(A;;FA;;;BA)")
    assert not granted.grants(filtered, security.FILE_READ)
    assert granted.grants(_token(machine, "Administrator"), security.FILE_READ)


def test_junctions_lead_elsewhere_and_deleting_one_spares_its_target() -> None:
    files = _machine().files
    files.mkdir(r"C:\real")
    files.write(r"C:\real\f", b"1")
    files.make_junction(r"C:\link", r"C:\real")
    assert files.read(r"C:\link\F") == b"1"
    node = files.get(r"C:\link", follow=False)
    assert node is not None and node.attributes & FileAttributes.REPARSE_POINT
    assert files.resolve(r"C:\link\f") == r"C:\real\f"
    files.delete(r"C:\link")
    assert files.exists(r"C:\real\f")
    files.make_junction(r"C:\loop", r"C:\loop")
    assert files.get(r"C:\loop\x") is None


def test_pending_renames_are_executed_at_the_boot() -> None:
    machine = _machine()
    manager = r"SYSTEM\CurrentControlSet\Control\Session Manager"
    machine.files.write(r"C:\Windows\Temp\new", b"new")
    machine.files.write(r"C:\Windows\Temp\gone", b"")
    pairs = [r"\??\C:\Windows\Temp\new", r"!\??\C:\Windows\explorer.exe", r"\??\C:\Windows\Temp\gone", ""]
    machine.registry.set("HKLM", manager, "PendingFileRenameOperations", pairs)
    rename_pending(machine)
    assert machine.files.read(r"C:\Windows\explorer.exe") == b"new"
    assert not machine.files.exists(r"C:\Windows\Temp\gone")
    assert machine.registry.value("HKLM", manager, "PendingFileRenameOperations") is None


def test_a_synthetic_body_is_always_the_same_and_of_its_size() -> None:
    assert Synthetic("a", 5000).read() == Synthetic("a", 5000).read()
    assert len(Synthetic("a", 5001).read()) == 5001
    assert Synthetic("a", 100).read() != Synthetic("b", 100).read()


def test_a_share_of_another_computer() -> None:
    machine = _machine()
    machine.files.make_root(r"\\files\pub")
    machine.files.write(r"\\files\pub\a.msu", b"MSU")
    user = _token(machine, "guest-user")
    assert machine.files.read(r"\\FILES\Pub\A.msu", user) == b"MSU"
    machine.files.make_root(r"\\files\shut", security.from_sddl("O:BAG:SYD:P(A;OICI;FA;;;BA)"))
    assert _code(lambda: machine.files.listdir(r"\\files\shut", user)) == 5
    assert _code(lambda: machine.files.write(r"\\files\nothing\x", b"", user)) == 3
