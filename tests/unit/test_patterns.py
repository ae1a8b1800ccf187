# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""extensions/patterns: each is as the ecosystem's specification wants it, and its survey asks for real settings.

The rules are those of the specification and schema in github.com/ansible/pattern-service, as ansible-lint has them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import settings
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import KB952876

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path for path in (ROOT / "extensions" / "patterns").iterdir() if path.is_dir())
TEXT = {"type": "string", "minLength": 1}
NAME = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9_]+$"}
LABELS = {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True}
BOOLEAN = {"type": "boolean"}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    properties = {**required, **optional}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


QUESTION = _object(
    {
        "type": {"enum": ["text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"]},
        "question_name": TEXT,
        "question_description": TEXT,
        "variable": NAME,
        "required": BOOLEAN,
    },
    choices={"type": "array", "items": TEXT, "minItems": 1},
    default={"type": "string"},
)
TEMPLATE = _object(
    {"name": {**TEXT, "maxLength": 200}, "description": TEXT, "playbook": TEXT},
    execution_environment=TEXT,
    primary=BOOLEAN,
    ask_credential_on_launch=BOOLEAN,
    ask_inventory_on_launch=BOOLEAN,
    ask_verbosity_on_launch=BOOLEAN,
    labels=LABELS,
    survey=_object({"name": TEXT, "description": TEXT, "spec": {"type": "array", "items": QUESTION, "minItems": 1}}),
)
SCHEMA = _object(
    {
        "schema_version": TEXT,
        "name": NAME,
        "title": {**TEXT, "maxLength": 64},
        "description": TEXT,
        "short_description": {**TEXT, "pattern": "[^.]$"},
        "aap_resources": _object(
            {
                "controller_project": _object({"name": TEXT, "description": TEXT}),
                "controller_job_templates": {"type": "array", "items": TEMPLATE, "minItems": 1},
            },
            controller_labels=LABELS,
            controller_execution_environment=_object(
                {"name": TEXT, "description": TEXT, "image_name": {**TEXT, "pattern": "^[a-z0-9_]+/[a-z0-9_]+$"}},
                pull={"enum": ["always", "missing", "never"]},
            ),
        ),
    },
    tags=LABELS,
)


def _read(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "meta" / "pattern.json").read_text(encoding="utf-8"))
    return loaded


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_assessing_and_remediating_have_one() -> None:
    assert [folder.name for folder in FOLDERS] == ["assess_kb952876", "remediate_kb952876"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_pattern_is_as_specified(folder: Path) -> None:
    pattern = _read(folder)
    jsonschema.Draft202012Validator(SCHEMA).validate(pattern)
    assert pattern["name"] == folder.name
    resources = pattern["aap_resources"]
    assert sum(bool(one.get("primary")) for one in resources["controller_job_templates"]) == 1
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert len(list((folder / "execution_environments").iterdir())) == 1
    for template in resources["controller_job_templates"]:
        assert template["execution_environment"] == resources["controller_execution_environment"]["name"]
        assert set(template["labels"]) <= set(resources["controller_labels"])
        assert f"`{template['name']}`" in readme


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_its_playbook_is_one_of_the_collection(folder: Path) -> None:
    (template,) = _read(folder)["aap_resources"]["controller_job_templates"]
    (play,) = _yaml(folder / "playbooks" / template["playbook"])
    imported = (folder / "playbooks" / play["ansible.builtin.import_playbook"]).resolve()
    assert imported.parent == ROOT / "playbooks"
    assert imported.is_file()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_its_survey_asks_for_settings_that_there_are(folder: Path) -> None:
    """Answers come as texts or numbers: each choice and each default is one that the playbook accepts."""
    (template,) = _read(folder)["aap_resources"]["controller_job_templates"]
    specification = _yaml(folder / "playbooks" / f"{Path(template['playbook']).stem}.meta.yml")
    (spec,) = specification["argument_specs"].values()
    readme = (folder / "README.md").read_text(encoding="utf-8")
    asked = {question["variable"]: question for question in template["survey"]["spec"]}
    assert set(asked) == set(spec["options"])
    for name, question in asked.items():
        assert name in KB952876.by_name, name
        assert f"| `{name}` |" in readme
        assert ("choices" in question) is (question["type"] == "multiplechoice")
        answers = [*question.get("choices", ()), *([question["default"]] if "default" in question else ())]
        for answer in answers:
            value = int(answer) if question["type"] == "integer" else answer
            assert settings.problem(KB952876, name, value) is None, (name, value)
        if "default" in question and question.get("choices"):
            assert question["default"] in question["choices"]
        default = KB952876.by_name[name].default
        assert str(default).lower() == question.get("default", str(default).lower())
        assert question["required"] or default == ""
