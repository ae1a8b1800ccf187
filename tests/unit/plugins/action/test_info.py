# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugins: arguments, variables, errors and the shape of results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure
from ansible_collections.winlegacy.servicing.plugins.action import hotfix_info
from ansible_collections.winlegacy.servicing.plugins.doc_fragments import assessment, definition
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import (
    FLEET_HOTFIX_INFO,
    HOTFIX_INFO,
    WQL_INFO,
)
from ansible_collections.winlegacy.servicing.plugins.modules import fleet_hotfix_info as fleet_docs
from ansible_collections.winlegacy.servicing.plugins.modules import hotfix_info as hotfix_docs
from ansible_collections.winlegacy.servicing.plugins.modules import wql_info as wql_docs
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.brief import brief
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from unit.plugins.action.harness import Harness
from unit.plugins.plugin_utils._catalogue.made import data, file

try:
    from ansible.template import trust_as_template as template
except ImportError:  # before 2.19 every text was a template
    template = str

__all__ = ["template"]

Q = "SELECT Version FROM Win32_OperatingSystem"


@pytest.fixture
def hotfix(monkeypatch: pytest.MonkeyPatch) -> Harness:
    return Harness(monkeypatch, hotfix_info.ActionModule)


def _options(docs: Any) -> dict[str, Any]:
    """Those of a module and of the fragment that the two assessments share."""
    told = yaml.safe_load(docs.DOCUMENTATION)
    options = dict(told.get("options", {}))
    for fragment in (definition, assessment):
        if f"winlegacy.servicing.{fragment.__name__.rpartition('.')[2]}" in told["extends_documentation_fragment"]:
            options |= yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]
    return options


@pytest.mark.parametrize(
    ("docs", "spec"), [(hotfix_docs, HOTFIX_INFO), (wql_docs, WQL_INFO), (fleet_docs, FLEET_HOTFIX_INFO)]
)
def test_the_documentation_has_the_options_of_the_specification(docs: Any, spec: dict[str, Any]) -> None:
    options = _options(docs)
    assert {name: {key: entry[key] for key in entry if key != "description"} for name, entry in options.items()} == spec
    for task in yaml.safe_load(docs.EXAMPLES):
        for name, arguments in task.items():
            if name == f"winlegacy.servicing.{docs.__name__.rpartition('.')[2]}":
                assert set(arguments or {}) <= set(options)


@pytest.mark.parametrize("check", [False, True])
def test_hotfix_info_returns_the_assessment(hotfix: Harness, check: bool) -> None:
    result = hotfix.run({"kb": "952876", "details": True}, check_mode=check)
    assert result["status"] == "needs_fix"
    assert result["changed"] is False
    assert set(yaml.safe_load(hotfix_docs.RETURN)) - {"hotfixes", "symptom"} | {"changed"} == set(result)
    assert json.loads(json.dumps(result)) == result
    assert hotfix.channel.closed == 1
    assert hotfix.wire == [
        {"legacy_tls": False, "connect_timeout": 5.0, "operation_timeout": 20.0, "channel": "auto", "early": False}
    ]


def test_without_details_the_answer_is_short(hotfix: Harness) -> None:
    """As an ad hoc command prints it: two lines are Ansible's own."""
    short, whole = hotfix.run(), hotfix.run({"details": True})
    assert set(whole) - set(short) == {"plan", "unmet", "details", "files"}
    assert brief(whole) == short
    assert len(json.dumps(short, indent=4).splitlines()) <= 30
    assert {"status", "summary", "windows", "kernel", "restart", "next", "unknown"} <= set(short)
    evidence = hotfix.run({"evidence": True})
    assert evidence["details"]["evidence"], "evidence implies details"


def test_options_reach_the_assessment(hotfix: Harness) -> None:
    result = hotfix.run({"depth": "full", "events": "yes", "events_hours": "24", "evidence": True})
    assert result["details"]["not_asked"] == []
    assert "20251231160000" in str(result["details"]["evidence"]["events"]), "24 hours before the host's own time"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kb": "KB123456"}, "kb: there is no definition of KB123456: the collection has KB9"),
        (
            {"kb": ["952876", "KB123456", "942288"]},
            "kb: entry 2 of the list ('KB123456'): there is no definition of KB123456: the collection has",
        ),
        ({"kb": ["952876", "KB123456"]}, "Nothing was asked: every hotfix of the list must have a definition."),
        ({"kb": "KB952876, 123456,x"}, "entry 2 of the list ('123456'): there is no definition of KB123456"),
        ({"kb": "KB952876, 123456,x"}, "Nor can entry 3 of the list ('x') be used."),
        ({"kb": ["952876", "KB952876"]}, "kb names KB952876 twice"),
        ({"kb": []}, "kb is a list of 0 hotfixes: between 1 and 50"),
        ({"kb": {"a": 1}}, "names no hotfix"),
        ({"definition_dir": "/nonexistent"}, "kb: the folder of definitions /nonexistent cannot be listed: No such"),
        ({"definition": "/nonexistent.json"}, "definition: nonexistent.json cannot be read: No such file"),
        ({"definition": "nowhere.json"}, "definition: there is no nowhere.json in the folder files"),
        ({"definition": "/a.json", "definition_dir": "/b"}, "mutually exclusive: definition|definition_dir"),
        ({"kb": "x"}, "kb: 'x' names no hotfix"),
        ({"deadline": 0}, "deadline is 0"),
        ({"symptom_interval": 601}, "symptom_interval is 601"),
        ({"events_deadline": -1}, "events_deadline is -1"),
        ({"events_hours": 0}, "events_hours is 0"),
    ],
)
def test_bad_arguments_are_named_before_the_host_is_asked(hotfix: Harness, arguments: Any, words: str) -> None:
    result = hotfix.run(arguments)
    assert result["failed"] is True
    assert words in result["msg"]
    assert hotfix.wire == []


def test_several_hotfixes_are_one_result(hotfix: Harness, tmp_path: Path) -> None:
    own = data(123456, [file("System32\\x.dll", ldr="6.0.6001.22269")])
    (tmp_path / "kb123456.json").write_text(json.dumps(own), encoding="utf-8")
    short = hotfix.run({"kb": [952876, "KB123456"], "definition_dir": str(tmp_path)})
    whole = hotfix.run({"kb": [952876, "KB123456"], "definition_dir": str(tmp_path), "details": True})
    assert set(short["hotfixes"]) == {"KB952876", "KB123456"}
    assert set(short) == {"hotfixes", "windows", "kernel", "restart", "ended", "changed"}
    assert set(whole) - set(short) == {"details"}
    assert short["hotfixes"]["KB952876"]["status"] == "needs_fix"
    assert json.loads(json.dumps(whole)) == whole
    alone = hotfix.run({"kb": ["KB952876"]})
    assert set(alone["hotfixes"]) == {"KB952876"}, "a list of one has the shape of a list"
    ad_hoc = hotfix.run({"kb": "KB952876, 942288"})
    assert set(ad_hoc["hotfixes"]) == {"KB952876", "KB942288"}


def test_a_broken_definition_of_a_list_is_named_and_nothing_is_asked(hotfix: Harness, tmp_path: Path) -> None:
    own = data(123456, [file("System32\\x.dll", ldr="6.0.6002.22269")])
    (tmp_path / "kb123456.json").write_text(json.dumps(own), encoding="utf-8")
    result = hotfix.run({"kb": [952876, 123456, 942288], "definition_dir": str(tmp_path)})
    where = "kb: entry 2 of the list ('123456'): kb123456.json: targets[0].files[0].branches[0].version: "
    assert where in result["msg"]
    assert result["msg"].endswith("Nothing was asked: every hotfix of the list must have a definition.")
    assert hotfix.wire == []


def test_a_definition_of_the_users(hotfix: Harness, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(data(123456, [file("System32\\x.dll", ldr="6.0.6001.22269")])), encoding="utf-8")
    found = hotfix.run({"definition": str(path)})
    assert (found["kb"], found["files"]["level"]) == ("KB123456", "unknown")
    assert "kernel" not in found, "this hotfix has none"
    path.write_text(json.dumps(data(123456, [file("System32\\x.dll", ldr="6.0.6001.18000")])), encoding="utf-8")
    wire = len(hotfix.wire)
    broken = hotfix.run({"definition": str(path)})
    assert broken["msg"] == (
        "definition: mine.json: targets[0].files[0].branches[0].version: 6.0.6001.18000 is not on the LDR branch"
    )
    assert len(hotfix.wire) == wire, "the host is not asked"


@pytest.mark.parametrize("arguments", [{"depth": "deep"}, {"colour": "red"}, {"deadline": "soon"}])
def test_arguments_outside_the_specification(hotfix: Harness, arguments: Any) -> None:
    result = hotfix.run(arguments)
    assert result["failed"] is True
    assert next(iter(arguments)) in result["msg"]
    assert hotfix.wire == []


def test_variables_are_templated(hotfix: Harness) -> None:
    hotfix.run(
        {},
        {
            "winlegacy_legacy_tls": "yes",
            "winlegacy_connect_timeout": 2,
            "winlegacy_operation_timeout": template("{{ 40 + 5.5 }}"),
            "winlegacy_channel": template("{{ 'py' ~ 'winrm' }}"),
            "winlegacy_early_message": template("{{ 1 == 1 }}"),
        },
    )
    times = {"connect_timeout": 2.0, "operation_timeout": 45.5}
    assert hotfix.wire == [{"legacy_tls": True, **times, "channel": "pywinrm", "early": True}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("winlegacy_legacy_tls", "perhaps"),
        ("winlegacy_connect_timeout", "soon"),
        ("winlegacy_connect_timeout", 0),
        ("winlegacy_operation_timeout", "nan"),
        ("winlegacy_operation_timeout", 99999),
        ("winlegacy_channel", "Lean"),
        ("winlegacy_early_message", "perhaps"),
    ],
)
def test_a_bad_variable_is_named(hotfix: Harness, name: str, value: Any) -> None:
    result = hotfix.run({}, {name: value})
    assert result["failed"] is True
    assert name in result["msg"]
    assert hotfix.wire == []


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (errors.Unreachable("no route"), AnsibleConnectionFailure),
        (errors.TLSFailed("protocol version"), AnsibleConnectionFailure),
        (errors.ConnectionLost("reset"), AnsibleConnectionFailure),
        (errors.AuthenticationRefused("401"), AnsibleAuthenticationFailure),
    ],
)
def test_a_lost_host_is_unreachable(hotfix: Harness, error: errors.WSManError, raised: type[Exception]) -> None:
    hotfix.client.identity = error
    with pytest.raises(raised, match=error.reported):
        hotfix.run()
    assert hotfix.channel.closed == 1


@pytest.mark.parametrize(
    ("error", "by"),
    [
        (errors.Unreachable("no route"), "unreachable"),
        (errors.ConnectionLost("reset"), "connection_lost"),
        (errors.Silent("nothing"), "silence"),
        (errors.AuthenticationRefused("401"), "authentication"),
    ],
)
def test_a_host_lost_on_the_way_is_unreachable_with_what_was_learnt(
    hotfix: Harness, error: errors.WSManError, by: str
) -> None:
    hotfix.client.rows["Win32_OperatingSystem"] = error
    result = hotfix.run()
    assert (result["unreachable"], result["msg"]) == (True, str(error))
    assert "failed" not in result
    assert result["windows"]["version"]
    assert result["ended"] == f"{by} during os"
    assert hotfix.channel.closed == 1
    ended = hotfix.run({"details": True})["ended"]
    assert (ended["by"], ended["during"]) == (by, "os")


@pytest.mark.parametrize(
    "error", [errors.NotWSMan("HTTP 404"), errors.ServiceBusy("HTTP 503"), errors.EnvelopeTooLarge("HTTP 413")]
)
def test_what_is_no_service_fails_the_task(hotfix: Harness, error: errors.WSManError) -> None:
    hotfix.client.identity = error
    result = hotfix.run()
    assert (result["failed"], result["msg"]) == (True, str(error))
    assert hotfix.channel.closed == 1


@pytest.mark.parametrize(
    "error", [errors.WrongConnection("is ssh", do="Use winrm."), errors.MissingLibrary("no pywinrm")]
)
def test_a_connection_that_cannot_be_used(hotfix: Harness, error: errors.WSManError) -> None:
    hotfix.refusal = error
    assert hotfix.run()["msg"] == str(error)


def test_an_unexpected_error_is_a_sentence(hotfix: Harness) -> None:
    hotfix.client.rows["Win32_OperatingSystem"] = KeyError("surprise")
    result = hotfix.run()
    assert result["failed"] is True
    assert "hotfix_info failed unexpectedly: KeyError" in result["msg"]
    assert "Traceback" not in str(result)
    assert hotfix.channel.closed == 1


def test_async_is_refused(hotfix: Harness) -> None:
    result = hotfix.run(run_async=10)
    assert result["failed"] is True
    assert "cannot run async" in result["msg"]
    assert hotfix.wire == []


@pytest.mark.parametrize("become", [False, True])
def test_become_is_warned_about(hotfix: Harness, become: bool) -> None:
    hotfix.run({}, become=become)
    assert len(hotfix.warnings) == become


def test_plain_makes_pythons_own_types() -> None:
    class Tagged(str):
        __slots__ = ()

    found = plain({Tagged("a"): [Tagged("b"), 1, True, None, 1.5, (Tagged("c"),)]})
    assert found == {"a": ["b", 1, True, None, 1.5, ["c"]]}
    assert {type(key) for key in found} == {str}
    assert [type(item) for item in found["a"]] == [str, int, bool, type(None), float, list]
