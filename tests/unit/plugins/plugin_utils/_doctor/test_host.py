# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about a host that was logged in to, from its answers; and the closing table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor import host
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Finding
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.seen import ClockSeen
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.table import table
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import (
    Architecture,
    Driver,
    Facts,
    OperatingSystem,
    RebootIndicator,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VISTA = Answer.known(OperatingSystem((6, 0, 6001), "Vista", 1, 1, 6, "C:\\Windows", "C:", None, None, None))
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LACKS: Answer[Any] = Answer.unknown(Cause.PROPERTY_MISSING, "the host returned no Version")
DENIED: Answer[Any] = Answer.unknown(Cause.ACCESS_DENIED, "access is denied.")
SILENT: Answer[Any] = Answer.unknown(Cause.TIMEOUT, "no answer in time.")
NO_CLASS: Answer[Any] = Answer.unknown(Cause.CLASS_MISSING, "no such class")
NOT_ASKED: Answer[Any] = Answer.not_asked()


def one(findings: Iterable[Finding]) -> tuple[str, str, str]:
    found = list(findings)
    assert len(found) == 1, found
    assert not found[0].text.endswith("..")
    return found[0].severity.value, found[0].text, found[0].cure


@pytest.mark.parametrize(
    ("os", "severity"),
    [(VISTA, "ok"), (LACKS, "ok"), (DENIED, "problem"), (NO_CLASS, "problem"), (SILENT, "unknown")],
)
def test_wmi(os: Answer[OperatingSystem], severity: str) -> None:
    assert one(host.judge_wmi(os))[0] == severity


@pytest.mark.parametrize(
    ("facts", "policy", "severity", "says"),
    [
        (Facts(os=VISTA), NOT_ASKED, "ok", "Nothing is withheld"),
        (Facts(os=VISTA, disk_kernel=SILENT), NOT_ASKED, "ok", "Nothing is withheld"),
        (Facts(os=SILENT), NOT_ASKED, "unknown", "No row"),
        (Facts(os=LACKS), DENIED, "problem", "it shows by this: the host returned no Version"),
        (Facts(os=VISTA, disk_kernel=LACKS), Answer.known(0), "problem", "(LocalAccountTokenFilterPolicy is 0)"),
        (Facts(os=VISTA, disk_kernel=LACKS), Answer.known(1), "unknown", "but LocalAccountTokenFilterPolicy is 1"),
    ],
)
def test_token(facts: Facts, policy: Answer[int], severity: str, says: str) -> None:
    got = one(host.judge_token(facts, policy))
    assert got[0] == severity
    assert says in got[1]
    assert ("LocalAccountTokenFilterPolicy to 1" in got[2]) is (severity == "problem")


@pytest.mark.parametrize(
    ("skew", "within", "kerberos", "severity", "says"),
    [
        (SECOND, SECOND, False, "ok", "The clocks agree."),
        (4 * MINUTE, SECOND, True, "ok", "4 minutes ahead of"),
        (6 * MINUTE, SECOND, True, "problem", "6 minutes ahead of"),
        (-6 * MINUTE, SECOND, True, "problem", "6 minutes behind"),
        (-6 * MINUTE, SECOND, False, "notice", "Kerberos takes at most 5 minutes"),
        (5 * MINUTE + SECOND, 2 * SECOND, True, "ok", "5 minutes ahead"),
        (timedelta(days=3), SECOND, False, "notice", "3 days"),
        (None, SECOND, True, "unknown", "does not tell the time"),
    ],
)
def test_clock(skew: timedelta | None, within: timedelta, kerberos: bool, severity: str, says: str) -> None:
    answer = SILENT if skew is None else Answer.known(ClockSeen(NOW + skew, NOW, within))
    got = one(host.judge_clock(answer, kerberos=kerberos))
    assert got[0] == severity
    assert says in got[1]


@pytest.mark.parametrize(
    ("http", "wmi", "severity"),
    [
        (SECOND, SECOND, "ok"),
        (MINUTE, SECOND, "ok"),
        (60 * MINUTE, SECOND, "unknown"),
        (-2 * MINUTE, SECOND, "unknown"),
    ],
)
def test_two_clocks_of_one_host_are_no_evidence(http: timedelta, wmi: timedelta, severity: str) -> None:
    seen, before = ClockSeen(NOW + wmi, NOW, SECOND), ClockSeen(NOW + http, NOW, SECOND)
    got = one(host.judge_clock(Answer.known(seen), before, kerberos=True))
    assert got[0] == severity
    assert ("as WMI tells it" in got[1]) is (severity == "unknown")


@pytest.mark.parametrize(
    ("seen", "severity", "says"),
    [
        (host.ShellsSeen(0, 2, True), "ok", "0 of 2"),
        (host.ShellsSeen(1, 2, None), "ok", "1 of 2"),
        (host.ShellsSeen(2, 2, True), "problem", "MaxShellsPerUser is 2"),
        (host.ShellsSeen(0, None, True), "unknown", "quota is not told"),
        (host.ShellsSeen(0, 2, False), "problem", "AllowRemoteShellAccess is false"),
        (None, "unknown", "does not list"),
    ],
)
def test_shells(seen: host.ShellsSeen | None, severity: str, says: str) -> None:
    got = one(host.judge_shells(SILENT if seen is None else Answer.known(seen)))
    assert got[0] == severity
    assert says in got[1]


def service(state: str, mode: str | None) -> Answer[Driver]:
    return Answer.known(Driver("x", state, mode, None))


@pytest.mark.parametrize(
    ("answer", "severity", "cure"),
    [
        (service("Running", "Auto"), "ok", ""),
        (service("Running", None), "ok", ""),
        (service("Stopped", "Auto"), "problem", "net start Schedule"),
        (service("Stopped", "Disabled"), "problem", "sc config Schedule start= auto && net start Schedule"),
        (service("Running", "Disabled"), "problem", "sc config Schedule"),
        (SILENT, "unknown", "Look at it"),
    ],
)
def test_task_service(answer: Answer[Driver], severity: str, cure: str) -> None:
    got = one(host.judge_task_service(answer))
    assert got[0] == severity
    assert cure in got[2]


SET, CLEAR = Answer.known(True), Answer.known(False)
CBS, RENAME = RebootIndicator.CBS_REBOOT_PENDING, RebootIndicator.FILE_RENAME


@pytest.mark.parametrize(
    ("installer", "reboot", "found"),
    [
        (service("Stopped", "Manual"), {CBS: CLEAR}, [("ok", "starts Manual")]),
        (service("Stopped", "Manual"), {CBS: SET}, [("notice", "(cbs_reboot_pending)")]),
        (service("Stopped", "Manual"), {CBS: CLEAR, RENAME: SET}, [("notice", "(file_rename)")]),
        (service("Stopped", "Manual"), {CBS: SILENT}, [("unknown", "cbs_reboot_pending (no answer")]),
        (service("Stopped", "Disabled"), {CBS: CLEAR}, [("problem", "TrustedInstaller) is disabled")]),
        (service("Stopped", "Disabled"), {CBS: SET}, [("problem", "disabled"), ("notice", "restart is pending")]),
        (SILENT, {CBS: CLEAR}, [("unknown", "TrustedInstaller")]),
    ],
)
def test_servicing(
    installer: Answer[Driver], reboot: dict[RebootIndicator, Answer[bool]], found: list[tuple[str, str]]
) -> None:
    got = list(host.judge_servicing(installer, Facts(reboot=reboot)))
    assert [one.severity.value for one in got] == [severity for severity, _says in found]
    for finding, (_severity, says) in zip(got, found, strict=True):
        assert says in finding.text


@pytest.mark.parametrize(
    ("enabled", "program", "severity", "says"),
    [
        (SET, SET, "ok", "is on"),
        (CLEAR, SET, "notice", "Enabled of Windows Script Host is 0"),
        (SET, CLEAR, "notice", "no cscript.exe"),
        (SILENT, SET, "unknown", "Whether scripts run"),
        (SET, SILENT, "unknown", "cscript.exe is there is not told"),
    ],
)
def test_script_host(enabled: Answer[bool], program: Answer[bool], severity: str, says: str) -> None:
    got = one(host.judge_script_host(enabled, program))
    assert got[0] == severity
    assert says in got[1]


@pytest.mark.parametrize(
    ("megabytes", "severity"), [(99, "problem"), (100, "notice"), (1023, "notice"), (1024, "ok"), (None, "unknown")]
)
def test_free_space(megabytes: int | None, severity: str) -> None:
    free = SILENT if megabytes is None else Answer.known(megabytes * 2**20)
    got = one(host.judge_free_space("C:", free, 100 * 2**20))
    assert got[0] == severity
    assert "C:" in got[1]


@pytest.mark.parametrize(
    ("answer", "severity"),
    [(Answer.known(Architecture.X64), "ok"), (DENIED, "problem"), (NO_CLASS, "problem"), (SILENT, "unknown")],
)
def test_registry(answer: Answer[Architecture], severity: str) -> None:
    assert one(host.judge_registry(answer))[0] == severity


def test_code_page() -> None:
    assert one(host.judge_code_page(Answer.known("932"), Answer.known(1041)))[1].startswith(
        "Code page 932 (ANSI), lang"
    )
    assert one(host.judge_code_page(LACKS, SILENT))[0] == "unknown"


def result(healthy: bool | None, *findings: tuple[str, str, str]) -> dict[str, object]:
    found = [{"id": "x", "severity": severity, "text": text, "cure": cure} for severity, text, cure in findings]
    return {"healthy": healthy, "summary": "Sum.", "findings": found}


def test_the_table_has_the_worst_finding_of_each_host_and_the_sick_ones_first() -> None:
    text = table(
        {
            "good": result(True),
            "odd": result(None, ("notice", "Late.", "Set it."), ("unknown", "Silence.", "")),
            "bad": result(False, ("notice", "Late.", "Set it."), ("problem", "Shut.", "Open it.")),
            "broken": {"failed": True, "msg": "no plugin\x1b[2J"},
            "never": None,
        },
        {"findings": [{"text": "No pywinrm.", "cure": "Install it."}]},
    )
    lines = text.splitlines()
    assert lines[:3] == ["On the controller:", "  No pywinrm.", "  -> Install it."]
    assert [line.split()[0] for line in lines[5:] if line[:1].strip()] == ["bad", "broken", "never", "odd", "good", "5"]
    assert "Shut." in text
    assert "-> Open it." in text
    assert "Late." not in text
    assert "\x1b" not in text
    assert lines[-1] == "5 hosts: 3 with a problem, 1 without every answer, 1 healthy"


def test_the_table_has_the_cure_of_what_ansible_said() -> None:
    text = table(
        {"vault": {"failed": True, "msg": "no vault secrets found"}, "odd": {"failed": True, "msg": "no plugin"}},
        advise=lambda said: "Unlock it." if "vault secrets" in said else "",
    )
    assert "vault  no vault secrets found\n       -> Unlock it.\n" in text
    assert "odd    no plugin\n       -> Ansible itself could not use its variables" in text


def test_a_misspelt_name_stands_before_what_follows_from_it_and_the_rest_is_counted() -> None:
    """It is a notice of its own in the result; in the table it would be hidden behind its effect."""
    said = "There is no variable ansible_pasword: it has no effect."
    slip = {"id": "variables", "severity": "notice", "text": said, "cure": "Did you mean ansible_password?"}
    others = [
        {"id": "credentials", "severity": "problem", "text": "No password is set.", "cure": "Set it."},
        {"id": "clock", "severity": "notice", "text": "Late.", "cure": "Set the clock."},
    ]
    bad = {"healthy": False, "findings": [slip, *others]}
    text = table({"bad": bad, "well": {"healthy": True, "findings": [slip]}, "one": result(False)})
    assert text.splitlines()[1:5] == [
        "bad   There is no variable ansible_pasword: it has no effect. Did you mean ansible_password? No",
        "      password is set.",
        "      -> Set it.",
        "      (1 more finding of this host)",
    ]
    assert "well  There is no variable ansible_pasword: it has no effect.\n      -> Did you mean" in text
    assert text.count("more finding") == 1


def test_the_table_counts_one_host_as_one() -> None:
    assert table({"bad": result(False)}).splitlines()[-1] == "1 host: 1 with a problem"
    assert table({}).splitlines()[-1] == "0 hosts: none"


def test_the_table_fits_a_terminal_whatever_it_holds() -> None:
    text = table(
        {"h" * 90: result(False, ("problem", "word " * 300, "cure " * 300)), "\u6f22" * 40: {"msg": "x" * 500}}
    )
    assert max(map(len, text.splitlines())) <= 100
    assert len(text.splitlines()) < 30
