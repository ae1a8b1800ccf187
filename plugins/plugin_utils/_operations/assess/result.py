# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of an assessment: facts and verdict in the one shape that modules, reports and groups share."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..._catalogue.definition import Definition
from ..._model.answer import Answer, Cause
from ..._model.facts import Facts, KernelFile, Question, RebootIndicator
from ..._verdict.files import FileState, FileView
from ..._verdict.plan import DesiredState, Plan, PlanOptions, plans
from ..._verdict.proof import unmet
from ..._verdict.recommendation import recommend
from ..._verdict.servicing import PackageView
from ..._verdict.symptom import judge_symptom
from ..._verdict.verdict import Verdict
from ..._windows.names import PRODUCT_TYPES, SKU_NAMES, os_name
from ..._windows.properties import iso

PACKAGE_STATES = "package_states"
"""Beside facts.Question: the CurrentState of packages that are in the list of packages."""

_COMPARED = (FileState.FIXED, FileState.BELOW, FileState.UNKNOWN)
_NAMED = 5
_LISTED = 200
"""Files of a result: a hotfix that brings thousands of them tells no version of most."""

_HIDDEN = re.compile(r"\bOS:\s*0\.0\.0\b")


@dataclass(frozen=True)
class Assessment:
    """One host against one definition. evidence: raw exchanges by question. options: the user's conditions.

    ended: what ended it early (ending.py).
    """

    definition: Definition
    facts: Facts
    verdict: Verdict
    evidence: Mapping[str, list[dict[str, object]]] = field(default_factory=dict)
    options: PlanOptions = field(default_factory=PlanOptions)
    ended: Mapping[str, object] | None = None

    @functools.cached_property
    def plans(self) -> dict[DesiredState, Plan]:
        """What each desired state takes."""
        return plans(self.definition, self.facts, self.verdict, self.options)

    def as_dict(self, *, evidence: bool = False) -> dict[str, object]:
        """The documented result (docs/architecture.md): every key is always there, null where there is no answer.

        What a host needs stands above; what that rests on is in `details`. evidence: with the raw exchanges.
        brief.py makes the short form of it.
        """
        verdict, article = self.verdict, self.definition.article
        reviewed = None if article is None else article.last_review
        return {
            "kb": self.definition.kb,
            "status": verdict.status.value,
            "applicable": verdict.applicable,
            "summary": verdict.summary,
            "windows": self._windows(),
            "kernel": self._kernel(),
            "files": self._files(),
            "restart": {
                "required": verdict.restart.required_by_kb,
                "pending": verdict.restart.pending,
                "reasons": [one.value for one in verdict.restart.reasons],
            },
            "next": recommend(self.definition, self.facts, verdict).as_dict(),
            "plan": {desired.value: plan.as_dict() for desired, plan in self.plans.items()},
            "unmet": {
                desired.value: list(unmet(self.definition, self.facts, verdict, plan))
                for desired, plan in self.plans.items()
            },
            "unknown": self._unknown(),
            "ended": None if self.ended is None else dict(self.ended),
            "details": {
                "definition": {
                    "title": self.definition.title,
                    "article_revision": None if article is None else article.revision,
                    "article_reviewed": None if reviewed is None else reviewed.isoformat(),
                    "restart": self.definition.restart.value,
                    "products": [one.name for one in self.definition.products],
                    "replaces": list(self.definition.replaces),
                    "includes": list(self.definition.includes),
                    "prerequisites": self._prerequisites(),
                    "registry": self._registry(),
                },
                "reasons": [reason.as_dict() for reason in verdict.reasons],
                "os": dict(self._os),
                "winrm": self._winrm(),
                "kernel": {"running": self._running(), "on_disk": self._on_disk()},
                "files": self._files_in_detail(),
                "packages": _packages(verdict.packages.packages),
                "symptom": self._symptom(),
                "staging": self._staging(),
                "not_asked": self._not_asked(),
                "messages": self.facts.messages,
                "evidence": dict(self.evidence) if evidence else None,
            },
        }

    def _windows(self) -> dict[str, object]:
        system = self._os
        return {name: system[name] for name in ("name", "version", "architecture")}

    def _kernel(self) -> dict[str, object]:
        running = self.facts.running_kernel.value
        return {
            "running": None if running is None else str(running.version),
            "branch": None if running is None else running.version.branch.value,
            "fixed": _text(self.verdict.fixed_kernel),
            "level": None if self.verdict.running is None else self.verdict.running.value,
        }

    def _files(self) -> dict[str, object] | None:
        """The other changed files against the fix; None where they were not judged or the hotfix changes none."""
        found = self.verdict.files
        if not found.views:
            return None
        return {
            "level": found.level.value,
            "compared": len(found.of(*_COMPARED)),
            "below": [str(one.file.path) for one in found.of(FileState.BELOW)][:_NAMED],
            "unread": len(found.of(FileState.UNREAD)),
            "absent": len(found.of(FileState.ABSENT)),
        }

    def _files_in_detail(self) -> list[dict[str, object]] | None:
        found = self.verdict.files
        return [_file_view(one) for one in found.views[:_LISTED]] if found.views else None

    def _prerequisites(self) -> list[dict[str, object]]:
        return [
            {"text": one.text, "os_version": _dotted(one.os_version), "service_pack": one.service_pack, "kb": one.kb}
            for one in self.definition.prerequisites
        ]

    def _registry(self) -> list[dict[str, object]]:
        return [
            {
                "key": one.key,
                "value": one.value,
                "kind": one.kind,
                "data": one.data,
                "required": one.required,
                "os_version": _dotted(one.os_version),
            }
            for one in self.definition.registry
        ]

    @functools.cached_property
    def _os(self) -> dict[str, object]:
        """Version and service pack by Identify where the OS itself was not asked: that is what ruled the host out."""
        os, version = self.facts.os.value, self.verdict.os_version
        if os is not None:
            version = os.version
        told = None if self.facts.identity.value is None else self.facts.identity.value.service_pack
        pack = os.service_pack if os is not None else (told[0] if told else None)
        product_type = None if os is None else os.product_type
        sku = None if os is None else os.sku
        architecture = self.verdict.architecture
        return {
            "name": None if version is None else os_name(version, product_type, pack),
            "caption": None if os is None else os.caption,
            "version": None if version is None else ".".join(str(part) for part in version),
            "build": None if version is None else version[2],
            "service_pack": pack,
            "product_type": None if product_type is None else PRODUCT_TYPES.get(product_type),
            "sku": sku,
            "sku_name": None if sku is None else SKU_NAMES.get(sku),
            "edition_listed": self.verdict.edition_listed,
            "architecture": None if architecture is None else architecture.value,
            "windows_directory": None if os is None else os.windows_directory,
            "last_boot": None if os is None or os.last_boot is None else iso(os.last_boot),
            "pae": None if os is None else os.pae,
        }

    def _winrm(self) -> dict[str, object]:
        said = self.facts.identity.value
        return {
            "vendor": None if said is None else said.vendor,
            "product_version": None if said is None else said.product_version,
            "stack": None if said is None or said.stack is None else ".".join(str(part) for part in said.stack),
        }

    def _running(self) -> dict[str, object] | None:
        running = self.facts.running_kernel.value
        if running is None:
            return None
        return {"version": str(running.version), "branch": running.version.branch.value, "lab": running.lab}

    def _on_disk(self) -> list[dict[str, object]] | None:
        files = self.facts.disk_kernel.value
        return None if files is None else [self._file(one) for one in files]

    def _file(self, file: KernelFile) -> dict[str, object]:
        return {
            "path": file.path,
            "version": str(file.version),
            "branch": file.version.branch.value,
            "size": file.size,
            "runs": self.verdict.runs(file),
        }

    def _symptom(self) -> dict[str, object]:
        driver, events = self.facts.driver.value, self.facts.events.value
        finding = judge_symptom(self.definition, self.facts)
        return {
            "status": None if finding is None else finding.value,
            "seen": None if finding is None else finding.seen,
            "driver": None
            if driver is None
            else {"state": driver.state, "start_mode": driver.start_mode, "started": driver.started},
            "events": None
            if events is None
            else [{"source": one.source, "code": one.code, "time": iso(one.time)} for one in events],
        }

    def _staging(self) -> dict[str, object] | None:
        staging = self.facts.staging.value
        if staging is None:
            return None
        return {
            "present": staging.present,
            "folder": staging.folder,
            "manifest": bool(staging.manifest_size),
            "payload": bool(staging.payload_size),
        }

    @functools.cached_property
    def _answers(self) -> dict[str, Answer[object]]:
        """Every question by its name, in the order of facts.Question."""
        facts, unconcerned = self.facts, self._unconcerned()
        answers: dict[str, Answer[object]] = {
            one.value: getattr(facts, one.value) for one in Question if one not in unconcerned
        }
        for indicator in RebootIndicator:
            answers[f"reboot.{indicator.value}"] = facts.reboot.get(indicator, Answer.not_asked()).map(bool)
        return answers

    def _unconcerned(self) -> set[Question]:
        """Questions for which this hotfix has nothing to ask."""
        symptom = self.definition.symptom
        concerned = {
            Question.FILES: self.definition.changes_other_files,
            Question.DRIVER: self.definition.watched is not None,
            Question.EVENTS: symptom is not None and bool(symptom.events),
        }
        return {question for question, any_of_it in concerned.items() if not any_of_it}

    def _unknown(self) -> list[dict[str, object]]:
        found = [_entry(name, answer.cause, answer.detail) for name, answer in self._answers.items() if answer.cause]
        said = self.facts.identity.value
        if said is not None and said.os_version is None:
            hidden = _HIDDEN.search(said.product_version) is not None
            cause = Cause.UNAUTHENTICATED if hidden else Cause.UNPARSABLE
            found.insert(0, _entry(Question.IDENTITY.value, cause, f"Identify says {said.product_version[:100]!r}"))
        for one in self.facts.packages.value or ():
            if one.cause:
                found.append(_entry(PACKAGE_STATES, one.cause, f"{one.identity}: {one.detail}"))
        return found

    def _not_asked(self) -> list[str]:
        names = [name for name, answer in self._answers.items() if not answer.was_asked]
        if any(one.state_code is None and one.cause is None for one in self.facts.packages.value or ()):
            names.append(PACKAGE_STATES)
        return names


def _entry(question: str, cause: Cause, detail: str) -> dict[str, object]:
    return {"question": question, "cause": cause.value, "detail": detail}


def _file_view(view: FileView) -> dict[str, object]:
    return {
        "path": view.file.path,
        "name": view.file.name,
        "role": view.file.role.value,
        "version": _text(view.version),
        "branch": None if view.version is None else view.version.branch.value,
        "fixed": _text(view.fixed),
        "state": view.state.value,
    }


def _packages(views: tuple[PackageView, ...] | None) -> list[dict[str, object]] | None:
    return None if views is None else [_package(one) for one in views]


def _package(view: PackageView) -> dict[str, object]:
    code = view.record.state_code
    return {
        "identity": view.record.identity,
        "state": None if code is None else view.state.value,
        "code": code,
        "root": view.root,
    }


def _dotted(version: tuple[int, int, int] | None) -> str | None:
    return None if version is None else ".".join(map(str, version))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
