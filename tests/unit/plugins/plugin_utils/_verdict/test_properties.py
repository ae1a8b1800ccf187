# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold for any facts whatever: no exception, no verdict without evidence, nothing gained by knowing less."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.cbs import is_root_of_kb
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import (
    Architecture,
    Driver,
    Event,
    Facts,
    HostIdentity,
    KernelFile,
    OperatingSystem,
    PackageRecord,
    RebootIndicator,
    RunningKernel,
    Staging,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.level import FileLevel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import (
    DesiredState,
    Outlook,
    PlanOptions,
    RestartNeed,
    Step,
    plan,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.reasons import ReasonCode
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.recommendation import recommend
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.servicing import is_quiet
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.symptom import judge_symptom
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import Status, Verdict, decide
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

FIXED_FROM = {6000: 20846, 6001: 22191}
BUILDS = st.sampled_from([6001, 6001, 6001, 6001, 6001, 6000, 6000, 6002, 6003, 7601])
REVISIONS = st.sampled_from([16386, 17021, 18000, 18538, 20479, 20480, 20845, 20846, 22190, 22191, 22636, 24575, 24576])
QUADS = st.builds(FileVersion, st.just(6), st.just(0), BUILDS, REVISIONS)
VERSIONS = st.tuples(st.just(6), st.just(0), BUILDS)
ARCHITECTURES = st.sampled_from(Architecture)
ODD_STATES = [4, 5, 6, 7, 8, 0x10, 0x40, 0x50, 0x60, 0x65, 0x70, 0x80, 0x33, -1, 2**32 - 1, 2**40, None]
STATES = st.one_of(st.just(0), st.sampled_from(ODD_STATES))
NAMES = st.sampled_from(["Package_for_KB952876", "package_1_for_kb952876", "Package_for_KB981852", "~", ""])


def answers(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Answer[Any]]:
    return st.one_of(
        values.map(Answer.known), st.sampled_from(Cause).map(Answer.unknown), st.just(Answer.not_asked())
    )


IDENTITIES = st.builds(
    HostIdentity, st.just("v"), st.text(max_size=5), st.one_of(st.none(), VERSIONS), st.none(), st.none()
)
SYSTEMS = st.builds(
    OperatingSystem,
    version=VERSIONS,
    caption=st.one_of(st.none(), st.text(max_size=5)),
    service_pack=st.none(),
    product_type=st.none(),
    sku=st.one_of(st.none(), st.integers(-1, 120)),
    windows_directory=st.none(),
    system_drive=st.none(),
    pae=st.sampled_from([None, True, False]),
    last_boot=st.none(),
    local_time=st.none(),
)
RUNNING = st.builds(RunningKernel, QUADS, ARCHITECTURES, st.just("lab"), st.text(max_size=20))
FILES = st.builds(
    KernelFile,
    st.sampled_from(["C:\\Windows\\System32\\NTOSKRNL.EXE", "c:/windows/system32/ntkrnlpa.exe", "x.sys", ""]),
    QUADS,
    st.just(""),
    st.none(),
)
RECORDS = st.builds(
    PackageRecord,
    st.builds("{}~31bf3856ad364e35~{}~~6.0.1.0".format, NAMES, st.sampled_from(["x86", "AMD64", "ia64", "arm"])),
    STATES,
)
FACTS = st.builds(
    Facts,
    identity=answers(IDENTITIES),
    os=answers(SYSTEMS),
    architecture=answers(ARCHITECTURES),
    processor=answers(ARCHITECTURES),
    running_kernel=answers(RUNNING),
    disk_kernel=answers(st.lists(FILES, max_size=3).map(tuple)),
    packages=answers(st.lists(RECORDS, max_size=3).map(tuple)),
    staging=answers(st.builds(Staging, st.just("f"), st.sampled_from([None, 0, 9]), st.sampled_from([None, 0, 9]))),
    driver=answers(
        st.builds(
            Driver,
            st.just("tcpipreg"),
            st.sampled_from(["Running", "Stopped", "Stop Pending", "?"]),
            st.none(),
            st.none(),
            st.sampled_from([None, 30.0]),
        )
    ),
    reboot=st.dictionaries(st.sampled_from(RebootIndicator), answers(st.booleans())),
)
# hosts that agree with themselves: one build, one architecture, all asked
AGREEING = st.builds(
    lambda build, revision, on_disk, state, staged, reboot: Facts(
        identity=Answer.known(HostIdentity("v", "", (6, 0, build), None, None)),
        architecture=Answer.known(Architecture.X64),
        running_kernel=Answer.known(RunningKernel(FileVersion(6, 0, build, revision), Architecture.X64, "lab", "")),
        disk_kernel=Answer.known((KernelFile("C:\\ntoskrnl.exe", FileVersion(6, 0, build, on_disk), "", 1),)),
        packages=Answer.known((PackageRecord("Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0", state),)),
        staging=Answer.known(Staging("f", staged, staged)),
        reboot=reboot,
    ),
    BUILDS,
    REVISIONS,
    REVISIONS,
    STATES,
    st.sampled_from([None, 9]),
    st.dictionaries(st.sampled_from(RebootIndicator), answers(st.booleans())),
)
ASKED = [one.name for one in fields(Facts) if one.name not in ("reboot", "messages")]


def mixed(agreeing: Facts, other: Facts, names: list[str]) -> Facts:
    """A host that agrees with itself but for some answers."""
    changes: dict[str, Any] = {name: getattr(other, name) for name in names}
    return replace(agreeing, **changes)


MIXED = st.builds(mixed, AGREEING, FACTS, st.lists(st.sampled_from(ASKED), max_size=3))
ANY = st.one_of(FACTS, AGREEING, MIXED)
SETTINGS = settings(max_examples=400, deadline=None)


def carries_fix(version: FileVersion) -> bool:
    """The rule once more, by numbers alone."""
    first = FIXED_FROM.get(version.build)
    return version.major == 6 and version.minor == 0 and first is not None and first <= version.revision < 24576


def builds_said(facts: Facts) -> set[int]:
    said = {facts.os.value.version[2]} if facts.os.value else set()
    if facts.identity.value and facts.identity.value.os_version:
        said.add(facts.identity.value.os_version[2])
    return said


@SETTINGS
@given(ANY)
def test_no_verdict_without_evidence(facts: Facts) -> None:
    found = decide(load(), facts)
    assert found.reasons
    assert "\n" not in found.summary
    running = facts.running_kernel.value
    if found.status is Status.FIXED:
        assert running is not None
        assert carries_fix(running.version)
        assert found.applicable is True
    if found.status is Status.NOT_APPLICABLE:
        assert builds_said(facts)
        assert not builds_said(facts) & set(FIXED_FROM)
        assert running is None or running.version.build not in FIXED_FROM
        assert found.applicable is False
    if found.status in (Status.NEEDS_FIX, Status.STAGED):
        kernels = [running.version] if running else [file.version for file in facts.disk_kernel.value or ()]
        assert any(not carries_fix(version) for version in kernels)
        assert found.package_state.value not in ("install_pending", "uninstall_pending", "installed", "permanent")
    if found.status is Status.STAGED:
        assert facts.staging.value is not None
        assert facts.staging.value.present
    if found.status in (Status.INSTALL_PENDING, Status.REMOVAL_PENDING):
        stuck = found.reasons[0].code is ReasonCode.PENDING_WITHOUT_INDICATOR
        told = is_quiet(facts) is False or {found.running, found.disk} == {FileLevel.FIXED, FileLevel.BELOW}
        assert found.reboot_required_by_kb is (True if told else None)
        assert not (stuck and told)
        assert stuck == (not told and is_quiet(facts) is True)


@SETTINGS
@given(ANY, st.sampled_from([0x60, 0x5]), st.sampled_from(DesiredState))
def test_nothing_pending_restarts_a_host_whose_servicing_is_quiet(
    facts: Facts, state: int, desired: DesiredState
) -> None:
    """A state that stays whatever is restarted: the restart would be asked for at every run."""
    quiet = dict.fromkeys(RebootIndicator, Answer.known(False))
    facts = with_root(replace(facts, packages=Answer.known(()), reboot=quiet), state)
    found = decide(load(), facts)
    if found.running is found.disk:
        assert found.reboot_required_by_kb is not True
        assert plan(load(), facts, found, desired).restart not in (RestartNeed.FIRST, RestartNeed.AFTER)
        assert recommend(load(), facts, found).code.value != "reboot"
    if found.status is not Status.NOT_APPLICABLE:
        assert builds_said(facts) <= set(FIXED_FROM) or found.status is Status.UNKNOWN


def ignorant(facts: Facts, name: str, answer: Answer[Any]) -> Facts:
    if name == "reboot":
        return replace(facts, reboot=dict.fromkeys(facts.reboot, answer))
    known: dict[str, Any] = {name: answer}
    return replace(facts, **known)


@SETTINGS
@given(ANY, st.sampled_from([*ASKED, "reboot"]), st.sampled_from([Answer.not_asked(), Answer.unknown(Cause.FAULT)]))
def test_knowing_less_never_makes_a_host_fixed_or_out_of_scope(facts: Facts, name: str, answer: Answer[Any]) -> None:
    before, after = decide(load(), facts), decide(load(), ignorant(facts, name, answer))
    if before.status in (Status.NEEDS_FIX, Status.STAGED, Status.INSTALL_PENDING):
        assert after.status not in (Status.FIXED, Status.NOT_APPLICABLE, Status.REMOVAL_PENDING)
    if before.status is Status.NOT_APPLICABLE:
        assert after.status in (Status.NOT_APPLICABLE, Status.UNKNOWN)
    if before.status is Status.FIXED:
        allowed = {Status.FIXED, Status.UNKNOWN}
        # the kernel that runs is what told that a pending install changes nothing
        allowed |= {Status.INSTALL_PENDING} if name == "running_kernel" else set()
        assert after.status in allowed
    if before.status is Status.UNKNOWN and not before.conflict and name in ("identity", "os", "running_kernel"):
        assert after.status is not Status.FIXED


ROOT = "Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1."


def with_root(facts: Facts, state: int | None) -> Facts:
    """The same host, with another root package of the hotfix."""
    cause = Cause.FAULT if state is None else None
    more = PackageRecord(f"{ROOT}{len(facts.packages.value or ())}", state, cause=cause)
    return replace(facts, packages=facts.packages.map(lambda known: (*known, more)))


@SETTINGS
@given(ANY, st.booleans())
def test_a_root_that_cannot_be_read_never_makes_it_more_certain(facts: Facts, first: bool) -> None:
    if facts.packages.value is None or not any(is_root_of_kb(one.identity, "KB952876") for one in facts.packages.value):
        facts = with_root(replace(facts, packages=Answer.known(())), 0x70 if first else 0x60)
    before, after = decide(load(), facts), decide(load(), with_root(facts, None))
    assert after.status in (before.status, Status.UNKNOWN)
    if before.reboot_required_by_kb is None:
        assert after.reboot_required_by_kb is None


@SETTINGS
@given(ANY, st.sampled_from([0x70, 0x60, 0x5, None]), STATES)
def test_another_root_never_settles_what_one_that_tells_left_open(facts: Facts, told: int | None, more: Any) -> None:
    facts = with_root(replace(facts, packages=Answer.known(())), told)
    before, after = decide(load(), facts), decide(load(), with_root(facts, more))
    if before.status is Status.UNKNOWN:
        assert after.status is Status.UNKNOWN
    else:
        assert after.status in (before.status, Status.UNKNOWN)


@SETTINGS
@given(ANY, answers(st.lists(st.just(Event("s", 7022, None)), max_size=2).map(tuple)), st.booleans())  # type: ignore[arg-type]
def test_unrelated_facts_change_nothing(facts: Facts, events: Answer[Any], flag: bool) -> None:
    unrelated = (
        RebootIndicator.WINDOWS_UPDATE,
        RebootIndicator.FILE_RENAME,
        RebootIndicator.COMPUTER_RENAME,
        RebootIndicator.NETLOGON,
        RebootIndicator.SCCM,
    )
    others = (PackageRecord("Package_for_KB981852~31bf3856ad364e35~amd64~~6.0.1.0", 0x60),)
    changed = replace(
        facts,
        events=events,
        driver=Answer.known(Driver("tcpipreg", "Stop Pending", None, None)),
        packages=facts.packages.map(lambda known: others + known),
        reboot={**facts.reboot, **{one: Answer.known(flag) for one in unrelated}},
        messages=99,
    )
    before, after = decide(load(), facts), decide(load(), changed)
    assert (before.status, before.applicable, before.reasons) == (after.status, after.applicable, after.reasons)
    assert before.reboot_required_by_kb == after.reboot_required_by_kb


@pytest.mark.parametrize("status", Status)
def test_the_generated_hosts_reach_every_status(status: Status) -> None:
    generate_only = settings(max_examples=3000, deadline=None, phases=[Phase.generate])
    try:
        find(AGREEING, lambda facts: decide(load(), facts).status is status, settings=generate_only)
    except NoSuchExample:
        pytest.fail(f"no host is ever {status.value}")


OPTIONS = st.builds(PlanOptions, st.booleans(), st.booleans())


@SETTINGS
@given(ANY, st.sampled_from(DesiredState), OPTIONS)
def test_plans_and_recommendations_of_anything(facts: Facts, desired: DesiredState, options: PlanOptions) -> None:
    found = decide(load(), facts)
    assert recommend(load(), facts, found).text
    judge_symptom(load(), facts)
    made = plan(load(), facts, found, desired, options)
    assert made.text
    assert made.changed == (made.outlook is Outlook.DO)
    if Step.INSTALL_PACKAGE in made.steps:
        assert made.steps[made.steps.index(Step.INSTALL_PACKAGE) - 1] is Step.VERIFY_PAYLOAD
    if made.changed:
        assert_justified(found, made.code.value)
    else:
        assert made.status_after is made.status_before


def assert_justified(found: Verdict, code: str) -> None:
    if code in ("stage", "install"):
        assert found.status in (Status.NEEDS_FIX, Status.STAGED, Status.REMOVAL_PENDING)
        assert found.architecture is not None
    if code == "uninstall":
        assert found.packages.roots
        assert found.applicable is True
