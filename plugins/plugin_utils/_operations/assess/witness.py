# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that remembers: what was asked for each question, and what came back, raw. The report shows it on demand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from ..._text.visible import is_all_visible, is_visible, visible
from ..._windows.wmi import CIMV2
from ..._wsman.client import Client
from ..._wsman.errors import WSManError
from ..._wsman.identify import IdentifyResponse
from ..._wsman.values import Row

T = TypeVar("T")

_LONGEST = 12
"""Elements of a list that are kept; a longer one (all packages) keeps its first ones and its length."""


def _unfit(value: object, name: str = "") -> set[str]:
    """Names of the properties whose texts hold control characters, escapes or marks of direction."""
    if isinstance(value, Mapping):
        return {found for key, item in value.items() for found in _unfit(item, str(key))}
    if isinstance(value, (list, tuple)):
        return {found for item in value for found in _unfit(item, name)}
    return set() if not isinstance(value, str) or is_visible(value) else {visible(name)}


class Witness:
    """Asks through a client, and keeps each exchange under the name of the question at hand."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.question = ""
        self._keep: frozenset[str] | None = None
        self.evidence: dict[str, list[dict[str, object]]] = {}

    @property
    def messages(self) -> int:
        """Envelopes that the client has sent."""
        return self._client.messages

    def about(self, question: str, keep: tuple[str, ...] | None = None) -> None:
        """Name the question that is asked from here on. keep: properties of its rows that are evidence (None: all)."""
        self.question = question
        self._keep = None if keep is None else frozenset(name.casefold() for name in keep)

    def identify(self) -> IdentifyResponse:
        """Client.identify."""
        return self._kept(
            {"identify": "authenticated"},
            self._client.identify,
            lambda said: {"vendor": said.vendor, "product_version": said.product_version},
        )

    def query(self, wql: str, *, namespace: str = CIMV2, deadline: float | None = None) -> list[Row]:
        """Client.query."""
        return self._kept(
            {"query": wql},
            lambda: self._client.query(wql, namespace=namespace, deadline=deadline),
            lambda rows: {"rows": self._shortened([self._chosen(row) for row in rows])},
        )

    def invoke(
        self, target: tuple[str, str], method: str, params: Mapping[str, str | int], *, idempotent: bool
    ) -> Row:
        """Client.invoke."""
        return self._kept(
            {"method": f"{target[1]}.{method}", "params": {name: params[name] for name in params if name != "hDefKey"}},
            lambda: self._client.invoke(target, method, params, idempotent=idempotent),
            lambda output: {"output": {name: self._shortened(value) for name, value in output.items()}},
        )

    def _kept(self, asked: dict[str, object], call: Callable[[], T], shown: Callable[[T], Mapping[str, object]]) -> T:
        entry = dict(asked)
        self.evidence.setdefault(self.question, []).append(entry)
        try:
            answer = call()
        except WSManError as error:
            entry["error"] = error.reported
            raise
        told = shown(answer)
        entry.update(told)
        if not is_all_visible(told):  # what people see of it has the characters written out: the bytes are kept too
            entry["damaged"] = sorted(_unfit(told))
            entry["raw"] = base64.b64encode(json.dumps(told).encode()).decode()
        return answer

    def _chosen(self, row: Row) -> Row:
        if self._keep is None:
            return row
        return {name: value for name, value in row.items() if name.casefold() in self._keep}

    @staticmethod
    def _shortened(value: object) -> object:
        if not isinstance(value, list) or len(value) <= _LONGEST:
            return value
        return {"count": len(value), "first": value[:_LONGEST]}
