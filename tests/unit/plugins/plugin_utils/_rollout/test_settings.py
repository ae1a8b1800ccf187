# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of settings: as the role's defaults and documentation have it; what each refuses; names and tags."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import names, tags
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import (
    KNOWN,
    PREFIX,
    RESULTS,
    SETTINGS,
    contradictions,
    problem,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.slices import sliced
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[5]
ROLE = ROOT / "roles" / "kb952876"
OF_PLAYBOOKS = {"hosts", "canary", "canary_size", "canary_done", "batches", "max_fail_percentage", "apart"}


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_roles_defaults_are_those_of_the_table() -> None:
    told = {name.removeprefix(PREFIX): value for name, value in _yaml(ROLE / "defaults" / "main.yml").items()}
    templated = {"report_hosts"}
    assert set(told) == set(SETTINGS) - OF_PLAYBOOKS
    assert {name: value for name, value in told.items() if name not in templated} == {
        name: setting.default for name, setting in SETTINGS.items() if name in told and name not in templated
    }


def test_the_roles_documentation_has_the_tables_choices() -> None:
    specs = _yaml(ROLE / "meta" / "argument_specs.yml")["argument_specs"]
    options = {**specs["main"]["options"], **specs["report"]["options"]}
    assert {name.removeprefix(PREFIX) for name in options} == set(SETTINGS) - OF_PLAYBOOKS
    for name, option in options.items():
        for value in option.get("choices", ()):
            wanted = [value] if option["type"] == "list" else value
            assert problem(name, wanted) is None, name
        assert bool(option.get("no_log")) is SETTINGS[name.removeprefix(PREFIX)].secret, name


def test_the_readme_names_every_setting_of_the_playbooks() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in OF_PLAYBOOKS if f"| `{PREFIX}{name}` |" not in readme]


def test_every_variable_that_role_and_playbooks_use_is_known() -> None:
    used: set[str] = set()
    for folder in (ROLE, ROOT / "playbooks"):
        for path in folder.rglob("*.yml"):
            used |= set(
                re.findall(r"(?<![A-Za-z0-9_.])kb952876_[a-z_]+(?=[^a-z_(]|$)", path.read_text(encoding="utf-8"))
            )
    groups = {"kb952876_remediate_canary", "kb952876_remediate_remainder", "kb952876_needs_fix"}
    groups |= {"kb952876_assess_silent", "kb952876_assess_done"}
    assert used - groups - {PREFIX} <= KNOWN


@pytest.mark.parametrize("name", SETTINGS)
def test_every_default_can_be_used(name: str) -> None:
    default = SETTINGS[name].default
    assert problem(PREFIX + name, default if name != "report_hosts" else ["a"]) is None


VALUES: list[tuple[str, Any, bool]] = [
    ("reboot", "yes", True),
    ("reboot", "Off", True),
    ("reboot", 1, True),
    ("reboot", "y", False),
    ("reboot", None, False),
    ("reboot", "", False),
    ("reboot_delay", "5", True),
    ("reboot_delay", True, False),
    ("reboot_delay", 5.5, False),
    ("reboot_delay", 601, False),
    ("reboot_delay", -1, False),
    ("canary_size", "01", True),
    ("canary_size", [], False),
    ("batches", "10%", True),
    ("batches", 5, True),
    ("batches", [1, "50%"], True),
    ("batches", ["101%"], False),
    ("batches", ["50 %"], False),
    ("batches", [True], False),
    ("batches", {}, False),
    ("max_fail_percentage", "12.5", True),
    ("max_fail_percentage", "nan", False),
    ("max_fail_percentage", -1, False),
    ("packages", {"x64": "/a.msu"}, True),
    ("packages", {"amd64": "/a.msu"}, False),
    ("packages", ["/a.msu"], False),
    ("checksum", ["sha1:" + "a" * 40], True),
    ("checksum", ["sha1:abc"], False),
    ("checksum", "sha1:" + "a" * 40, False),
    ("reboot_message", "Back at 5 o'clock", True),
    ("reboot_message", 'Back at "5"', False),
    ("reboot_message", "two\nlines", False),
    ("hosts", ["a", "b"], True),
    ("hosts", [], False),
    ("canary", "", True),
    ("apart", ["cluster", ["a", "b"]], True),
    ("apart", [["a"]], False),
    ("apart", "cluster", False),
    ("report_query", "[?status=='fixed']", True),
    ("report_query", "[?", False),
    ("report_formats", [], False),
    ("windows", {"start": "22:00", "end": "04:00"}, False),
    ("windows", "22:00-04:00", False),
]


@pytest.mark.parametrize(("name", "value", "usable"), VALUES)
def test_what_can_be_used(name: str, value: Any, usable: bool) -> None:
    wrong = problem(PREFIX + name, value)
    assert (wrong is None) is usable, wrong
    assert wrong is None or wrong.startswith(f"{PREFIX}{name} is ")


@given(
    st.sampled_from(sorted(SETTINGS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_no_value_whatever_ends_in_a_traceback(name: str, value: Any) -> None:
    wrong = problem(PREFIX + name, value)
    assert wrong is None or isinstance(wrong, str)


def test_a_secret_is_never_shown() -> None:
    assert "hunter2" not in str(problem("kb952876_smb_password", ["hunter2"]))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"signature": "require"}, "ca_file"),
        ({"transfer": "path"}, "source_paths"),
        ({"smb_user": "me"}, "smb_password"),
        ({"source_password": "set"}, "source_user"),
        ({"package_dir": "/a", "packages": {"x64": "/b"}}, "exclude each other"),
    ],
)
def test_what_must_fit_together(values: dict[str, Any], named: str) -> None:
    assert named in " ".join(contradictions(values))


def test_defaults_fit_together() -> None:
    assert contradictions({name: setting.default for name, setting in SETTINGS.items()}) == []


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("kb952876_window", "kb952876_windows"),
        ("kb952876_Reboot", "kb952876_reboot"),
        ("KB952876_reboot_msg", "kb952876_reboot_message"),
        ("kb952876-reboot", "kb952876_reboot"),
        ("kb_952876_canary", "kb952876_canary"),
        ("kb952876_max_failed_percentage", "kb952876_max_fail_percentage"),
        ("winlegacy_legacytls", "winlegacy_legacy_tls"),
        ("winlegacy_zzzzzzzzzzzzzzzzzzzzzzzzzzzz", None),
    ],
)
def test_a_misspelt_name_is_found_with_the_nearest(name: str, nearest: str | None) -> None:
    assert names.unknown([name, "ansible_host", "kb123456_windows", "mine"], KNOWN) == {name: nearest}


@pytest.mark.parametrize("number", ["952867", "95287", "9528766", "952879", "925876"])
def test_a_mistyped_number_is_found(number: str) -> None:
    assert names.unknown([f"kb{number}_windows"], KNOWN) == {f"kb{number}_windows": "kb952876_windows"}
    assert names.is_ours(f"kb{number}_windows")


@pytest.mark.parametrize("name", ["kb942288_windows", "kb952867_something_else", "kb952867", "kb2999226_reboot"])
def test_another_number_is_no_matter_of_ours(name: str) -> None:
    assert names.unknown([name], KNOWN) == {}


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("winlegacy_legacy_tls", "maybe", False),
        ("winlegacy_legacy_tls", "yes", True),
        ("winlegacy_connect_timeout", "abc", False),
        ("winlegacy_connect_timeout", "2.5", True),
        ("winlegacy_connect_timeout", 601, False),
        ("winlegacy_operation_timeout", 0, False),
        ("winlegacy_operation_timeout", 3600, True),
    ],
)
def test_how_hosts_are_reached_is_judged_too(name: str, value: Any, good: bool) -> None:
    assert (problem(name, value) is None) is good


def test_known_names_are_not_strange() -> None:
    assert names.unknown(KNOWN, KNOWN) == {}
    assert names.unknown(["__kb952876_scope", "kb9528760_x", "winlegacy"], KNOWN) == {}


def test_what_the_role_sets_is_no_extra_variable() -> None:
    registered = {PREFIX + name for name in RESULTS}
    extra = ["kb952876_result", "__kb952876_scope", "kb952876_reboot"]
    assert names.reserved(extra, registered) == ["__kb952876_scope", "kb952876_result"]


def test_whose_a_value_is() -> None:
    assert names.where(["a"], 1) == ""
    assert names.where(["a"], 5) == " (host a)"
    assert names.where(list("abcd"), 5) == " (hosts a, b, c and 1 more)"


@pytest.mark.parametrize(
    ("own", "run", "skip", "chosen", "refused"),
    [
        ([], ["all"], [], True, 0),
        (["always"], ["all"], [], True, 0),
        (["always"], ["kb952876_stage"], [], False, 1),
        (["always", "kb952876_stage"], ["kb952876_stage"], [], True, 0),
        (["always"], ["other"], [], False, 0),
        (["always", "mine"], ["mine"], [], True, 0),
        (["always", "mine"], ["all"], ["mine"], False, 0),
        (["always"], ["all"], ["kb952876_reboot"], True, 1),
        (["always"], ["untagged"], [], True, 0),
        (["always", "mine"], ["tagged"], [], True, 0),
        (["always", "mine"], ["untagged"], [], False, 0),
        (["always"], ["all"], ["untagged"], False, 0),
        (["always"], [], [], True, 0),
    ],
)
def test_tags(own: list[str], run: list[str], skip: list[str], chosen: bool, refused: int) -> None:
    assert tags.chosen(own, run, skip) is chosen
    assert len(tags.problems(own, run, skip)) == refused


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"awx_job_template_name": "R"}, False),
        ({"awx_job_template_name": "R", "awx_workflow_job_name": "R"}, True),
        ({"tower_job_template_name": "R", "tower_workflow_job_name": "R"}, True),
        ({"awx_job_template_name": "R", "awx_workflow_job_name": "Night"}, False),
        ({"awx_workflow_job_name": "R"}, False),
        ({"awx_job_template_name": "", "awx_workflow_job_name": ""}, False),
    ],
)
def test_a_slice_is_recognised_by_its_workflows_name(variables: dict[str, str], expected: bool) -> None:
    assert sliced(variables) is expected
