# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of settings: as the role's defaults and documentation have it; what each refuses; names and tags."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pages
import pytest
import yaml
from ansible_collections.winlegacy.servicing.plugins.module_utils._change_specs import HOTFIX as HOTFIX_SPEC
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import HOTFIX_INFO
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import Depth
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.installation import Installer
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.ways import Way
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.policy import SignaturePolicy
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import names, tags
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import (
    HOTFIX,
    KB952876,
    NAMINGS,
    SETTINGS,
    Naming,
    contradictions,
    problem,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.slices import sliced
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import DesiredState
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[5]
ROLES = ROOT / "roles"
BOTH = pytest.mark.parametrize("naming", NAMINGS.values(), ids=lambda naming: naming.role)
OF_PLAYBOOKS = {"hosts", "canary", "canary_size", "canary_done", "batches", "max_fail_percentage", "apart", "parts"}


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _defaults(naming: Naming) -> dict[str, Any]:
    written = _yaml(ROLES / naming.role / "defaults" / "main.yml")
    return {name.removeprefix(naming.prefix): value for name, value in written.items()}


@BOTH
def test_the_roles_defaults_are_those_of_the_table(naming: Naming) -> None:
    told, settings = _defaults(naming), naming.settings
    templated = {"report_hosts"}
    assert set(told) == set(settings) - OF_PLAYBOOKS - {"kb"}
    assert {name: value for name, value in told.items() if name not in templated} == {
        name: setting.default for name, setting in settings.items() if name in told and name not in templated
    }


def test_the_ready_made_role_gives_each_setting_to_the_role_that_works() -> None:
    """A setting that was not handed on would be judged, and then ignored without a word."""
    handed: dict[str, dict[str, Any]] = {}
    for part in ("main", "sweep", "report"):
        task, *_kept = _yaml(ROLES / "kb952876" / "tasks" / f"{part}.yml")
        handed[part] = task["vars"]
        assert task["ansible.builtin.import_role"]["name"] == "winlegacy.servicing.hotfix"
        for name, value in task["vars"].items():
            setting = name.removeprefix("hotfix_")
            assert setting not in KB952876.settings or value == f"{{{{ kb952876_{setting} }}}}", name
        assert (task["vars"]["hotfix_kb"], task["vars"]["__hotfix_role"]) == ("KB952876", "kb952876")
    wanted = {f"hotfix_{name}" for name in _defaults(KB952876)}
    assert wanted <= set(handed["main"]) | set(handed["report"])
    for part, mine in handed.items():
        folder = ROLES / "hotfix" / "tasks"
        stems = [part] if part != "main" else [one.stem for one in folder.glob("*.yml") if one.stem not in handed]
        stems += ["main"] if part == "main" else []
        texts = [(folder / f"{stem}.yml").read_text(encoding="utf-8") for stem in stems]
        used = set(re.findall(r"(?<![a-z_.])hotfix_[a-z_]+", "\n".join(texts)))
        assert used & wanted <= set(mine), part


@BOTH
def test_the_roles_documentation_has_the_tables_choices(naming: Naming) -> None:
    specs = _yaml(ROLES / naming.role / "meta" / "argument_specs.yml")["argument_specs"]
    options = {**specs["main"]["options"], **specs["report"]["options"]}
    assert {name.removeprefix(naming.prefix) for name in options} == set(naming.settings) - OF_PLAYBOOKS
    for name, option in options.items():
        for value in option.get("choices", ()):
            wanted = [value] if option["type"] == "list" else value
            assert problem(naming, name, wanted) is None, name
        assert bool(option.get("no_log")) is naming.settings[name.removeprefix(naming.prefix)].secret, name
        default = naming.settings[name.removeprefix(naming.prefix)].default
        assert option.get("default", default) == default, name


@pytest.mark.parametrize(
    ("setting", "values", "spec"),
    [
        ("transfer", Way, HOTFIX_SPEC),
        ("installer", Installer, HOTFIX_SPEC),
        ("signature", SignaturePolicy, HOTFIX_SPEC),
        ("state", ["assessed", *DesiredState, "restarted"], HOTFIX_SPEC),
        ("depth", Depth, HOTFIX_INFO),
    ],
)
def test_a_choice_is_the_same_in_code_module_and_role(setting: str, values: Any, spec: dict[str, Any]) -> None:
    """One more way, installer or policy is missed nowhere: the module's documentation is held against its spec."""
    known = {str(getattr(value, "value", value)) for value in values}
    for role in NAMINGS:
        specs = _yaml(ROLES / role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
        assert set(specs[f"{role}_{setting}"]["choices"]) == known
    assert set(spec[setting]["choices"]) == known - {"assessed", "restarted"}


def test_the_guide_names_every_setting_of_the_playbooks_with_its_default() -> None:
    text = pages.guide("guide_rollout")
    rows = pages.cells(text[text.index("   * - variable of the playbooks") :])[1:]
    told = {row[0].strip("`").removeprefix("kb952876_"): row[1].strip("`") for row in rows}
    assert set(told) <= OF_PLAYBOOKS
    elsewhere = "".join(map(pages.guide, pages.names()))
    assert not [name for name in OF_PLAYBOOKS - set(told) if f"``kb952876_{name}``" not in elsewhere]
    shown = {"none": "", **{str(value).lower(): value for value in (True, False)}}
    assert not [name for name, text in told.items() if shown.get(text, yaml.safe_load(text)) != SETTINGS[name].default]


def test_every_variable_that_roles_and_playbooks_use_is_known() -> None:
    used: set[str] = set()
    for folder in (*(ROLES / role for role in NAMINGS), ROOT / "playbooks"):
        for path in folder.rglob("*.yml"):
            pattern = r"(?<![A-Za-z0-9_.])(?:kb952876|hotfix)_[a-z_]+(?=[^a-z_(]|$)"
            used |= set(re.findall(pattern, path.read_text(encoding="utf-8")))
    others = {"kb952876_needs_fix", "hotfix_info"}
    assert used - others <= KB952876.known | HOTFIX.known


@pytest.mark.parametrize("name", SETTINGS)
def test_every_default_can_be_used(name: str) -> None:
    default = SETTINGS[name].default
    assert problem(HOTFIX, f"hotfix_{name}", default if name != "report_hosts" else ["a"]) is None


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
    wrong = problem(KB952876, f"kb952876_{name}", value)
    assert (wrong is None) is usable, wrong
    assert wrong is None or wrong.startswith(f"kb952876_{name} is ")


@given(
    st.sampled_from(sorted(SETTINGS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_no_value_whatever_ends_in_a_traceback(name: str, value: Any) -> None:
    wrong = problem(HOTFIX, f"hotfix_{name}", value)
    assert wrong is None or isinstance(wrong, str)


def test_a_secret_is_never_shown() -> None:
    assert "hunter2" not in str(problem(KB952876, "kb952876_smb_password", ["hunter2"]))


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
    assert named in " ".join(contradictions(KB952876, values))


def test_defaults_fit_together() -> None:
    assert contradictions(HOTFIX, {name: setting.default for name, setting in SETTINGS.items()}) == []


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
    assert names.unknown(KB952876, [name, "ansible_host", "kb123456_windows", "mine"]) == {name: nearest}


@pytest.mark.parametrize("number", ["952867", "95287", "9528766", "952879", "925876"])
def test_a_mistyped_number_is_found(number: str) -> None:
    assert names.unknown(KB952876, [f"kb{number}_windows"]) == {f"kb{number}_windows": "kb952876_windows"}
    assert names.is_ours(KB952876, f"kb{number}_windows")


@pytest.mark.parametrize("name", ["kb942288_windows", "kb952867_something_else", "kb952867", "kb2999226_reboot"])
def test_another_number_is_no_matter_of_ours(name: str) -> None:
    assert names.unknown(KB952876, [name]) == {}


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
        ("winlegacy_channel", "auto", True),
        ("winlegacy_channel", "lean", True),
        ("winlegacy_channel", "requests", False),
        ("winlegacy_early_message", "yes", True),
        ("winlegacy_early_message", "early", False),
    ],
)
def test_how_hosts_are_reached_is_judged_too(name: str, value: Any, good: bool) -> None:
    assert (problem(HOTFIX, name, value) is None) is good


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("hotfix_window", "hotfix_windows"),
        ("hotfix_Reboot", "hotfix_reboot"),
        ("hotfix_list", None),
        ("hotfix_of_the_month", None),
        ("hotfix_package_dirs", "hotfix_package_dir"),
        ("kb952876_window", None),
        ("winlegacy_legacytls", "winlegacy_legacy_tls"),
    ],
)
def test_of_the_common_prefix_only_near_misses_are_told(name: str, nearest: str | None) -> None:
    """Others may have variables that begin with hotfix_."""
    assert names.unknown(HOTFIX, [name, "ansible_host"]) == ({name: nearest} if nearest else {})


def test_known_names_are_not_strange() -> None:
    assert names.unknown(KB952876, KB952876.known) == {}
    assert names.unknown(KB952876, ["__kb952876_scope", "kb9528760_x", "winlegacy"]) == {}


def test_what_the_role_sets_is_no_extra_variable() -> None:
    extra = ["kb952876_result", "hotfix_change", "__kb952876_scope", "kb952876_reboot"]
    assert names.reserved(extra, KB952876.registered) == ["__kb952876_scope", "hotfix_change", "kb952876_result"]


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
    assert len(tags.problems(KB952876, own, run, skip)) == refused


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
