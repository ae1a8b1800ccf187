# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documented behaviour of cmd.exe, command line by command line and batch file by batch file."""

from __future__ import annotations

import pytest
from unit.winhost.cmd.harness import Host

LINES = [
    ("echo a & echo b", "a \nb\n", 0),
    ("echo a&&echo b||echo c", "a\nb\n", 0),
    ("ver>nul&& echo yes|| echo no", "yes\n", 0),
    ("type missing 2>nul || echo no", "no\n", 0),
    ("type missing 2>nul && echo yes", "", 1),
    ('echo a^&b ^^ ^| "c^&d"', 'a&b ^ | "c^&d"\n', 0),
    ("echo %UNDEFINED_VARIABLE%", "%UNDEFINED_VARIABLE%\n", 0),
    ("echo %%a%%", "%%a%%\n", 0),
    ("set X=1&& echo [%X%]", "[%X%]\n", 0),
    ("echo.& echo(x& echo:y", "\nx\ny\n", 0),
    ("if 1==1 (echo t) else echo f", "t\n", 0),
    ("if 1==2 echo a & echo b", "", 0),
    ("if not 1==2 (echo t) else (echo f)", "t\n", 0),
    ("if /i ABC==abc echo same", "same\n", 0),
    ("if ABC==abc (echo same) else echo other", "other\n", 0),
    ("if 10 gtr 9 echo more", "more\n", 0),
    ('if "10" gtr "9" (echo more) else echo less', "less\n", 0),
    ("if 0x10 equ 16 echo hex", "hex\n", 0),
    ("if 010 equ 8 echo octal", "octal\n", 0),
    ("if exist C:\\Windows\\nul echo folder", "folder\n", 0),
    ("if exist C:\\Windows\\System32\\cmd.ex? echo wild", "wild\n", 0),
    ("if defined PATH echo path", "path\n", 0),
    ("(if errorlevel 1 (echo bad) else echo good)", "good\n", 0),
    ("for %i in (a,b;c=d e) do @echo %i", "a\nb\nc\nd\ne\n", 0),
    ("for /l %i in (3,-1,1) do @echo %i", "3\n2\n1\n", 0),
    ('for /f "tokens=1,3* delims=;" %a in ("1;2;3;4;5") do @echo %a-%b-%c', "1-3-4;5\n", 0),
    ("for /f \"usebackq tokens=2\" %a in ('one two') do @echo %a", "two\n", 0),
    ("for /f \"skip=1\" %a in ('echo x^&echo y') do @echo %a", "y\n", 0),
    ('for /f "tokens=2" %a in ("single") do @echo never', "", 0),
    ("for /f \"delims=\" %a in ('set /a 6*7') do @echo %a", "42\n", 0),
    ("for /f \"eol=# delims=\" %a in ('echo #c^& echo d') do @echo [%a]", "[d]\n", 0),
    (
        "for %i in (C:\\Windows\\System32\\cmd.exe) do @echo %~nxi %~di %~pi %~ni %~xi",
        "cmd.exe C: \\Windows\\System32\\ cmd .exe\n",
        0,
    ),
    ("set /a 7/2", "3", 0),
    ("set /a -7/2", "-3", 0),
    ("set /a (1+2)*3-4%5", "5", 0),
    ('set /a "1<<4|3"', "19", 0),
    ("set /a 0x7fffffff+1", "-2147483648", 0),
    ("set /a x=5,x*=3", "15", 0),
    ("set /a !0", "1", 0),
    ('echo x|find "x"', "x\n", 0),
    ('echo x|find "y"', "", 1),
    ("(echo b& echo a)|sort", "a\nb\n", 0),
    ("exit 42", "", 42),
    ("exit /b 43", "", 43),
    ("cmd /c exit 44", "", 44),
    ('cmd /c "exit 45"', "", 45),
    ('cmd /v:on /c "set Y=6&& echo !Y!"', "6\n", 0),
    ('cmd /s /c ""echo" q"', "", 9009),
    ("cd \\Windows & cd", "C:\\Windows\n", 0),
    ("pushd C:\\Windows\\System32 & cd & popd & cd", "C:\\Windows\\System32\nC:\\\n", 0),
    ("start /b /w cmd /c exit 9 & if errorlevel 9 echo nine", "nine\n", 0),
    ('start "title" /b /wait cmd /c echo started', "started\n", 0),
    ("rem comment & echo no", "", 0),
    ("echo on 2>nul >nul & echo done", "done\n", 0),
    ("@echo x", "x\n", 0),
    ("hostname", "HOST\n", 0),
    ("dir /b C:\\Windows\\System32\\cmd.exe", "cmd.exe\n", 0),
]


@pytest.mark.parametrize(("line", "out", "code"), LINES, ids=[line for line, *_unused in LINES])
def test_command_line(host: Host, line: str, out: str, code: int) -> None:
    assert (host.run(line), host.code) == (out, code)


BATCHES = [
    ("echo %1-%~2-%*", 'a "b c" d', 'a-b c-a "b c" d\n', 0),
    ("echo 100%% %UNDEFINED%.", "", "100% .\n", 0),
    ("set x=hello\necho %x:~1,3% %x:~-2% %x:l=L% %x:*l=Z%", "", "ell lo heLLo Zlo\n", 0),
    ("set x=\necho [%x:~0,2%]", "", "[~0,2]\n", 0),
    ("set x=1\nif 1==1 (\nset x=2\necho %x%\n)\necho %x%", "", "1\n2\n", 0),
    ("setlocal enabledelayedexpansion\nset x=1\nif 1==1 (\nset x=2\necho !x! !x:~0,1! ^^!\n)", "", "2 2 !\n", 0),
    ("setlocal\nset x=in\nendlocal\necho [%x%]", "", "[]\n", 0),
    ("call :f 3\necho %errorlevel%\ngoto :eof\n:f\nexit /b %1", "", "3\n", 3),
    ("goto missing\necho no", "", "", 1),
    ("goto a\n:b\necho b\nexit /b 0\n:a\necho a\ngoto b", "", "a\nb\n", 0),
    ("shift\necho %1", "x y", "y\n", 0),
    ("for %%i in (1 2) do (\nfor %%j in (a b) do echo %%i%%j\n)", "", "1a\n1b\n2a\n2b\n", 0),
    ("echo one ^\ntwo", "", "one two\n", 0),
    ("(\necho a\necho b\n) > C:\\o.txt\ntype C:\\o.txt", "", "a\nb\n", 0),
    ("echo a>C:\\o.txt\necho b>>C:\\o.txt\ntype C:\\o.txt", "", "a\nb\n", 0),
    ("type missing >nul 2>&1\necho %errorlevel%", "", "1\n", 0),
    ("echo a 1>&2 2>nul", "", "", 0),
    ('set x=a b\nset "y=%x% c" ignored\necho [%y%]', "", "[a b c]\n", 0),
    ("set /p v=<C:\\in.txt\necho [%v%]", "", "[first]\n", 0),
    ("verify>nul\nrd nothing 2>nul\necho %errorlevel%", "", "0\n", 0),
    ("rd nothing 2>nul || echo failed\n", "", "failed\n", 0),
    ("nosuch 2>nul\necho %errorlevel%\necho %errorlevel%", "", "9009\n9009\n", 0),
    ("cmd /c exit 5\nset x=1\necho %errorlevel%", "", "0\n", 0),  # a .cmd file: set clears it
    ("cmd /c exit 5\nver >nul\necho %errorlevel%", "", "0\n", 0),
    ("cmd /c exit -5\nif errorlevel 0 (echo positive) else echo negative", "", "negative\n", 0),
    ('if "%~1"=="" (\n  echo none\n) else (\n  echo some\n)', "", "none\n", 0),
    ("if exist C:\\in.txt (echo y) else (\necho n\n)", "", "y\n", 0),
    ('echo ( | find "("', "", "( \n", 0),
    ("call C:\\sub.cmd & echo back %errorlevel%", "", "sub\nback 0\n", 0),
    ("C:\\sub.cmd\necho never", "", "sub\n", 7),
    ("call echo %%PROCESSOR_ARCHITECTURE%%", "", "x86\n", 0),
    ("echo %~dp0 %~nx0", "", "C:\\ t.cmd\n", 0),
    ("call :s\nexit /b\n:s\necho %~f0 %0", "", "C:\\t.cmd :s\n", 0),
    ('del "%~f0"\necho never', "", "", 1),
    (":: comment\n:label\necho x", "", "x\n", 0),
    ("if 1==1 if 2==2 echo both", "", "both\n", 0),
    ("set a=1& set b=2\necho %a%%b%", "", "12\n", 0),
    ("pause <nul >nul\necho done", "", "done\n", 0),
    ("if a equ", "", "", 255),
    ("if (a)==(a) echo x", "", "x\n", 0),
]


@pytest.mark.parametrize(("text", "arguments", "out", "code"), BATCHES, ids=[text[:40] for text, *_unused in BATCHES])
def test_batch_file(host: Host, text: str, arguments: str, out: str, code: int) -> None:
    host.file("C:\\in.txt", "first\nsecond\n")
    host.file("C:\\sub.cmd", "@echo sub\n@exit /b 7\n")
    assert (host.batch(text, arguments), host.code) == (out, code)


def test_echo_is_on_until_it_is_put_off(host: Host) -> None:
    host.file("C:\\loud.cmd", "ver >nul\n@echo off\nver >nul\n")
    assert host.run("C:\\loud.cmd") == "\nC:\\>ver >nul\n"


def test_long_lines_are_refused(host: Host) -> None:
    assert host.run("echo " + "x" * 8186) == "x" * 8186 + "\n"
    host.run("echo " + "x" * 8187)
    assert (host.out, host.code, host.err) == ("", 1, "The command line is too long.\n")


def test_an_unknown_program_is_9009_and_says_so_on_stderr(host: Host) -> None:
    host.run("powershell -command x")
    assert (host.out, host.code) == ("", 9009)
    assert "'powershell' is not recognized" in host.err


def test_syntax_errors(host: Host) -> None:
    for line, token in (
        ("a & & b", "& was"),
        ("|x", "| was"),
        ("if 1==1", "syntax"),
        ("for %i in (1) echo", "echo was"),
        ("(echo", ""),
    ):
        host.run(line)
        assert host.code == 1, line
        assert token in host.err


def test_localised_messages_and_code_pages() -> None:
    german = Host("vista_de")
    german.run("nosuch")
    assert german.err.startswith('Der Befehl "nosuch"')
    german.file("C:\\x.txt", b"")
    german.run("dir C:\\Windows\\System32\\cmd.exe")
    assert "Bytes frei" in german.out
    german.run("fsutil reparsepoint")
    assert german.machine.code_page == 850
    german.file("C:\\u.cmd", "@echo \u00fc".encode("cp850"))
    german.run("C:\\u.cmd")
    assert german.raw == b"\x81\r\n"
    german.session.code_page = 437
    assert german.run("echo \u65e5") == "?\n"
    japanese = Host("vista_ja")
    japanese.run("nosuch")
    assert "認識されていません" in japanese.err
    assert japanese.run("echo 日本") == "日本\n"


def test_batch_files_do_nothing_under_65001_on_nt60(host: Host) -> None:
    host.session.code_page = 65001
    assert (host.batch("echo hello"), host.code) == ("", 0)
    later = Host("srv2008r2")
    later.session.code_page = 65001
    assert later.batch("echo hello") == "hello\n"


def test_each_command_line_starts_afresh(host: Host) -> None:
    host.run("set X=1& cd \\Windows")
    assert host.run("echo %X%%CD%") == "%X%C:\\\n"


def test_every_process_start_is_logged(host: Host) -> None:
    host.run("whoami /user & hostname|more")
    assert [line.split("\\")[-1] for line in host.started] == [
        'cmd.exe /c "whoami /user & hostname|more"',
        "whoami /user",
        'cmd.exe /S /D /c" ... "',
        'cmd.exe /S /D /c" ... "',
        "hostname",
        "more",
    ] or {"whoami /user", "hostname", "more"} <= set(host.started)
    assert not [process for process in host.machine.processes.all() if process.pid > 2200]
