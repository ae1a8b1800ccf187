# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of System32: their effect on the machine, their exit codes, their output."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cabarchive import CabArchive, CabFile
from unit.winhost.cmd.harness import Host
from winhost.machine import security
from winhost.machine.files import FileAttributes


def cabinet(**members: bytes) -> bytes:
    archive = CabArchive()
    for name, content in members.items():
        archive[name.replace("__", ".")] = CabFile(content)
    return archive.save(compress=True)


def test_expand_unpacks_real_cabinets(host: Host) -> None:
    host.file("C:\\x.msu", cabinet(a__cab=b"A" * 5000, b__xml=b"<x/>"))
    host.run("expand -f:* C:\\x.msu C:\\none")
    assert host.code == 1
    host.run("md C:\\d & expand -f:* C:\\x.msu C:\\d")
    assert host.code == 0
    assert (host.read("C:\\d\\a.cab"), host.read("C:\\d\\b.xml")) == (b"A" * 5000, b"<x/>")
    host.run("md C:\\e & expand -F:*.xml C:\\x.msu C:\\e & dir /b C:\\e")
    assert host.out.endswith("b.xml\n")
    assert not host.machine.files.exists("C:\\e\\a.cab")
    host.file("C:\\bad.cab", b"MSCF" + bytes(60))
    host.run("expand -f:* C:\\bad.cab C:\\d")
    assert host.code == 1


def test_certutil_hashes_in_the_old_form(host: Host) -> None:
    host.file("C:\\f.bin", b"hello")
    digest = hashlib.sha1(b"hello").hexdigest()
    lines = host.run("certutil -hashfile C:\\f.bin").splitlines()
    assert lines[0] == "SHA-1 hash of file C:\\f.bin:"
    assert lines[1] == " ".join(digest[index : index + 2] for index in range(0, 40, 2))
    host.run("certutil -hashfile C:\\f.bin SHA256")
    assert host.code == -2147024809
    host.run("certutil -hashfile C:\\none")
    assert host.code == -2147024894
    compact = Host(certutil_format="compact")
    compact.file("C:\\f.bin", b"hello")
    assert compact.run("certutil -hashfile C:\\f.bin").splitlines()[1] == digest
    later = Host("srv2008r2")
    later.file("C:\\f.bin", b"hello")
    assert hashlib.sha256(b"hello").hexdigest() in later.run("certutil -hashfile C:\\f.bin SHA256").replace(" ", "")


def test_certutil_decodes(host: Host) -> None:
    data = bytes(range(256)) * 10
    host.run(
        'findstr "^" > C:\\p.b64',
        stdin=b"".join(base64.b64encode(data[at : at + 48]) + b"\r\n" for at in range(0, len(data), 48)),
    )
    host.run("certutil -f -decode C:\\p.b64 C:\\p.bin")
    assert (host.code, host.read("C:\\p.bin")) == (0, data)
    host.run("certutil -decode C:\\p.b64 C:\\p.bin")
    assert host.code == -2147024816  # it is there, and -f was not given
    host.file("C:\\bad.b64", b"****")
    host.run("certutil -f -decode C:\\bad.b64 C:\\q.bin")
    assert (host.code, host.machine.files.exists("C:\\q.bin")) == (-2147024883, False)
    host.run("certutil -encode C:\\p.bin C:\\p.pem & certutil -f -decode C:\\p.pem C:\\r.bin")
    assert host.read("C:\\r.bin") == data


def test_copy_joins_bytes_only_with_b(host: Host) -> None:
    host.file("C:\\1", b"a\x1ab")
    host.file("C:\\2", b"c")
    host.run("copy /b C:\\1+C:\\2 C:\\3 /y")
    assert host.read("C:\\3") == b"a\x1abc"
    host.run("copy C:\\1 + C:\\2 C:\\4")
    assert host.read("C:\\4") == b"ac\x1a"
    assert host.run("copy C:\\none C:\\5") and host.code == 1


def test_copy_asks_before_it_overwrites(host: Host) -> None:
    host.file("C:\\1", "new")
    host.file("C:\\2", "old")
    host.run("copy C:\\1 C:\\2", stdin=b"n\r\n")
    assert host.read("C:\\2") == b"old"
    host.run("copy /y C:\\1 C:\\2")
    assert host.read("C:\\2") == b"new"


def test_files_that_may_not_be_touched(host: Host) -> None:
    host.file("C:\\ro.txt", "x")
    host.machine.files.set_attributes("C:\\ro.txt", FileAttributes.READONLY)
    host.run("echo y>C:\\ro.txt")
    assert (host.err, host.read("C:\\ro.txt")) == ("Access is denied.\n", b"x")
    host.run("del C:\\ro.txt & if exist C:\\ro.txt echo still")
    assert host.out == "still\n"
    host.run("del /f C:\\ro.txt & if not exist C:\\ro.txt echo gone")
    assert host.out == "gone\n"
    host.file("C:\\held.txt", "x")
    host.machine.files.hold("C:\\held.txt", "someone")
    assert host.run("type C:\\held.txt || echo no") == "no\n"
    assert "being used by another process" in host.err


def test_disk_full() -> None:
    host = Host("vista_low_disk")
    free = host.machine.files.free_space("C:")
    host.file("C:\\seed", b"x" * 4000)
    host.machine.files.drives["C:"].used_elsewhere += free - 10_000
    host.run("copy C:\\seed C:\\s2 & copy C:\\seed C:\\s3")
    assert host.code == 1
    assert "not enough space" in host.err


def test_a_user_without_rights_is_refused() -> None:
    host = Host(user="guest-user")
    for line in (
        "echo x>C:\\Windows\\System32\\evil.cmd",
        "md C:\\Windows\\x",
        "copy C:\\Windows\\System32\\cmd.exe C:\\Windows\\System32\\c.exe",
        "del /q C:\\Windows\\System32\\hal.dll",
    ):
        host.run(line)
        assert "Access is denied" in host.err, line
    assert host.machine.files.exists("C:\\Windows\\System32\\hal.dll")


def test_icacls_grants_by_sid_and_saves_sddl(host: Host) -> None:
    host.run("md C:\\safe & icacls C:\\safe /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F")
    assert host.code == 0, host.err
    host.run("icacls C:\\safe /save C:\\acl.txt")
    name, sddl = host.read("C:\\acl.txt").decode("utf-16-le").split("\r\n")[:2]
    assert name == "safe"
    assert sddl.startswith("D:P")
    entries = {(ace.sid, ace.mask, ace.flags) for ace in security.from_sddl(sddl).dacl or ()}
    assert entries == {("S-1-5-18", security.FILE_ALL, 3), ("S-1-5-32-544", security.FILE_ALL, 3)}
    assert "BUILTIN\\Administrators:(OI)(CI)(F)" in host.run("icacls C:\\safe")
    host.run("icacls C:\\safe /grant *S-1-5-32-545:(OI)(CI)RX & icacls C:\\safe /setowner *S-1-5-18")
    assert host.machine.files.security_of("C:\\safe").owner == "S-1-5-18"
    assert any(ace.sid == security.USERS for ace in host.machine.files.security_of("C:\\safe").dacl or ())
    host.run("icacls C:\\safe /reset")
    assert not host.machine.files.security_of("C:\\safe").protected


@pytest.mark.parametrize(
    ("profile", "choice", "known"),
    [
        ("vista_rtm_x86", "from_6001", False),
        ("vista_sp1_x86", "from_6001", True),
        ("vista_sp1_x86", "absent", False),
        ("vista_rtm_x86", "present", True),
    ],
)
def test_icacls_inheritance_is_a_doubt(profile: str, choice: str, known: bool) -> None:
    host = Host(profile, icacls_inheritance=choice)
    host.run("md C:\\safe & icacls C:\\safe /inheritance:r /grant *S-1-5-18:F")
    assert host.code == (0 if known else 87)
    assert host.machine.files.security_of("C:\\safe").protected is known


def test_icacls_errors(host: Host) -> None:
    host.run("icacls C:\\none")
    assert host.code == 2
    host.run("icacls C:\\Windows /grant Nobody:F")
    assert host.code == 1332
    host.run("icacls C:\\Windows /bogus")
    assert host.code == 87


def test_reg(host: Host) -> None:
    host.run("reg add HKLM\\SOFTWARE\\T /v N /t REG_DWORD /d 0x10 /f & reg query HKLM\\SOFTWARE\\T /v N")
    assert "N    REG_DWORD    0x10" in host.out
    assert host.machine.registry.value("HKLM", "SOFTWARE\\T", "N") == 16
    host.run("reg delete HKLM\\SOFTWARE\\T /f & reg query HKLM\\SOFTWARE\\T")
    assert host.code == 1


def test_shutdown_codes(host: Host) -> None:
    async def scenario() -> list[int]:
        codes = []
        for line in (
            "shutdown /a",
            "shutdown /r /t 600 /d p:2:17 /c why",
            "shutdown /r /t 10",
            "shutdown /a",
            "shutdown /r /d p:x",
            "shutdown /r /s",
        ):
            await host.run_async(line)
            codes.append(host.code)
        return codes

    import asyncio

    assert asyncio.run(scenario()) == [1116, 0, 1190, 0, 1, 1]


def test_shutdown_needs_the_privilege() -> None:
    host = Host(user="guest-user")
    host.run("shutdown /r /t 0")
    assert host.code == 5
    assert host.machine.power.pending is None


def test_stopping_tcpipreg_hangs_where_the_fault_is() -> None:
    services = Host("vista_sp1_x86").machine.services
    services.change("tcpipreg").hangs_at_stop = True
    services.change("tcpipreg").state = "Running"
    services.stop("tcpipreg")
    service = services.get("tcpipreg")
    assert service is not None
    assert service.state == "Stop Pending"


def test_whoami_is_localised_but_its_sids_are_not() -> None:
    host = Host("vista_de")
    host.run("whoami /groups /fo csv")
    assert "VORDEFINIERT\\Administratoren" in host.out
    assert "S-1-5-32-544" in host.out


def test_findstr_and_where(host: Host) -> None:
    host.file("C:\\l.txt", "alpha\nbeta 12\ngamma\n")
    assert host.run('findstr /r /c:"^be.* [0-9]*$" C:\\l.txt') == "beta 12\n"
    assert host.run('findstr /n /c:"a 1" C:\\l.txt') == "2:beta 12\n"
    assert host.run("findstr /v a C:\\l.txt") == "" and host.code == 1
    assert host.run("where cmd") == "C:\\Windows\\system32\\cmd.exe\n"


def test_reparse_points(host: Host) -> None:
    host.run(
        "md C:\\real & mklink /j C:\\link C:\\real & echo x>C:\\link\\f.txt & type C:\\real\\f.txt & fsutil reparsepoint query C:\\link"  # noqa: E501
    )
    assert "\nx \n" in host.out
    assert "0xa0000003" in host.out
    host.run("rd C:\\link & type C:\\real\\f.txt")
    assert host.out == "x \n"


def test_missing_and_empty_programs() -> None:
    host = Host("pkgmgr_missing")
    host.run("pkgmgr /quiet")
    assert host.code == 9009
    empty = Host("pkgmgr_empty")
    empty.run("start /w pkgmgr /ip /m:C:\\none.cab /quiet /norestart")
    assert (empty.code, empty.out, empty.err) == (0, "", "")
