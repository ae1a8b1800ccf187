# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What KB952876's packages consist of: the article's names and sizes, joined by the rules of genuine packages.

Which `Package_N` belongs to which sub-package follows from the sizes: written by these rules, every package manifest
and every deployment comes out at the very size that the article tells, without a blank of filling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .article import KERNELS, MANIFESTS, MUMS
from .plan import (
    CBS_ARCHITECTURE,
    FOUNDATION,
    RTM,
    SERVER_CORE,
    SP1,
    VISTA_SP1,
    WINPE,
    Component,
    Deployment,
    Parent,
    Part,
    Plan,
    PlannedFile,
    Sub,
    Update,
)

if TYPE_CHECKING:
    from .msu import Recipe

KERNEL = "Microsoft-Windows-OS-Kernel"
LABS = {6000: "vista_ldr.080530-1505", 6001: "vistasp1_ldr.080530-1504"}

# family, index, build, base, parents of the sub-package, parents of its part
_FOUNDATION_RTM, _FOUNDATION_SP1 = Parent(FOUNDATION, RTM), Parent(FOUNDATION, SP1)
_CORE, _WINPE_RTM, _WINPE_SP1 = Parent(SERVER_CORE, SP1), Parent(WINPE, RTM), Parent(WINPE, SP1)
_SUBS: tuple[tuple[str, int, int, Parent, tuple[Parent, ...], tuple[Parent, ...]], ...] = (
    ("winpesrv", 0, 6001, _WINPE_SP1, (_WINPE_SP1,), (_WINPE_SP1,)),
    ("client", 1, 6001, _FOUNDATION_RTM, (VISTA_SP1,), (_FOUNDATION_RTM, VISTA_SP1)),
    ("server", 0, 6001, _FOUNDATION_SP1, (_FOUNDATION_SP1,), (_FOUNDATION_SP1,)),
    ("sc", 0, 6001, _CORE, (_CORE,), (_CORE,)),
    ("client", 0, 6000, _FOUNDATION_RTM, (_FOUNDATION_RTM,), (_FOUNDATION_RTM,)),
    ("winpe", 0, 6000, _WINPE_RTM, (_WINPE_RTM,), (_WINPE_RTM,)),
)


def plan(recipe: Recipe) -> Plan:
    """The plan of KB952876 (or of its content under another number), varied as the recipe says."""
    builds = recipe.builds or tuple(build for one, build in MANIFESTS if one == recipe.architecture)
    deployments = {build: _deployment(recipe, build) for build in builds}
    subs = tuple(
        Sub(family, index, base, parents, (Part(part_parents, (Update(deployments[build]),)),))
        for family, index, build, base, parents, part_parents in _SUBS
        if build in deployments and (recipe.architecture != "ia64" or family not in ("client", "winpe"))
    )
    sizes = {
        name.replace("kb952876", recipe.kb.lower()).replace("6.0.1.0", recipe.identity_version): size
        for name, size in MUMS[recipe.architecture]
    }
    return Plan(recipe.kb, recipe.architecture, subs, sizes)


def _deployment(recipe: Recipe, build: int) -> Deployment:
    kernels = KERNELS[recipe.architecture, build]
    true = ".".join(map(str, kernels[0][1]))
    version = recipe.kernel_versions.get(build, kernels[0][1])
    told = recipe.component_versions.get(build) or version
    shown = ".".join(map(str, told)) if told else true
    (deployment, deployment_size), (stem, size) = (
        (name.replace(true, shown).removesuffix(".manifest"), size)
        for name, size in MANIFESTS[recipe.architecture, build]
    )
    files = [
        PlannedFile(
            name,
            0 if recipe.small_kernels else recipe.kernel_sizes.get(build, full_size),
            version,
            lab=LABS.get(version[2], "") if version else "",
        )
        for name, _version, full_size in kernels
    ]
    if recipe.same_content:
        files += [
            PlannedFile("winlegacy-a.dat", 600, image=False),
            PlannedFile("winlegacy-b.dat", image=False, same_as="winlegacy-a.dat"),
        ]
    architecture = CBS_ARCHITECTURE.get(recipe.told_architecture, recipe.told_architecture)
    component = Component(KERNEL, shown, architecture, files=tuple(files), stem=stem, manifest_size=size)
    return Deployment((component,), architecture, deployment, deployment_size)
