# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One hotfix of an interview: the answers that are its own, beside those that it shares with the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..._catalogue.definition import Definition, Target
from ..._model.answer import Answer
from ..._model.cbs import is_root_of_kb
from ..._model.facts import Architecture, Driver, Event, Facts, PackageRecord, Staging
from ..._verdict.placement import EVERY_KERNEL, place
from ..._verdict.verdict import ruled_out
from ..._windows import package_keys
from ..._windows.wmi import Wmi


@dataclass
class Subject:
    """The definition, and what the host said of this hotfix alone."""

    definition: Definition
    packages: Answer[tuple[PackageRecord, ...]] = field(default_factory=Answer)
    staging: Answer[Staging] = field(default_factory=Answer)
    driver: Answer[Driver] = field(default_factory=Answer)
    driver_seen: float = 0.0
    events: Answer[tuple[Event, ...]] = field(default_factory=Answer)

    def facts(self, shared: Facts) -> Facts:
        """All that is known for its verdict."""
        return replace(
            shared, packages=self.packages, staging=self.staging, driver=self.driver, events=self.events
        )

    def ruled_out(self, shared: Facts) -> bool:
        """Whether it is not for this host, whatever else the host would say."""
        return ruled_out(self.definition, self.facts(shared))

    def targets(self, shared: Facts) -> tuple[Target, ...]:
        """Those that the host may be, by what it has said until now."""
        placed = place(self.definition, shared)
        if placed.targets or placed.os_version is not None:
            return placed.targets
        return self.definition.targets

    @property
    def kernel_names(self) -> frozenset[str]:
        """The kernels to ask for: one at least, since every Windows has it."""
        return self.definition.kernel_names or frozenset({EVERY_KERNEL})

    def roots(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Its root packages among those that servicing lists."""
        return tuple(name for name in names if is_root_of_kb(name, self.definition.kb))

    def known_identities(self, shared: Facts, *, parts: bool) -> tuple[str, ...]:
        """By the definition: the root of this architecture (of each if that is unknown); with parts, its parts too."""
        placed = place(self.definition, self.facts(shared)).architecture
        wanted = list(Architecture) if placed is None else [placed]
        packages = [one for one in self.definition.packages if one.architecture in wanted]
        roots = tuple(one.identity for one in packages)
        if not parts or placed is None:
            return roots
        return (*roots, *sorted(name for one in packages for name in one.sub_packages))

    def ask_states(
        self,
        wmi: Wmi,
        listing: tuple[str, ...],
        *,
        full: bool,
        root_affordable: Callable[[], bool],
        part_affordable: Callable[[], bool],
    ) -> None:
        """CurrentState of its packages in the list: of the root alone where there is one and not all are wanted."""
        mine = package_keys.of_kb(listing, self.definition.kb)
        roots = self.roots(mine)
        if roots and not full:
            self.packages = Answer.known(
                package_keys.states(wmi, roots, root_affordable)
                + package_keys.states(wmi, mine[len(roots) :], lambda: False)
            )
        else:
            self.packages = Answer.known(package_keys.states(wmi, mine, part_affordable))
