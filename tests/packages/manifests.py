# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests of deployments and of components, in the form that genuine ones have."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from .mums import ASSEMBLY, component_identity, filled
from .plan import Component, PlannedFile

_CONFIGURATION = "http://schemas.microsoft.com/WMIConfig/2002/State"
_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_SDDL = "O:BAG:BAD:P(A;;FA;;;SY)(A;;GRGX;;;BA)"
_NEEDED = ("Kernel32", "Ntdll")


def deployment_manifest(component: Component, architecture: str) -> bytes:
    """The manifest that names one component; `architecture` is the package's."""
    identity = component_identity(component.deployment_name, architecture, component.version)
    brought = component_identity(component.name, component.architecture, component.version, component.language)
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\r\n<assembly xmlns="{ASSEMBLY}" manifestVersion="1.0">\r\n'
        f'  {identity}\r\n  <deployment />\r\n  <dependency discoverable="false">\r\n'
        f'    <dependentAssembly dependencyType="install">\r\n      {brought}\r\n'
        "    </dependentAssembly>\r\n  </dependency>\r\n"
    )
    return filled(text, "</assembly>", component.deployment_size)


def component_manifest(component: Component, images: Mapping[str, bytes]) -> bytes:
    """The manifest of a component with the digests of its files, whose contents `images` gives by name."""
    identity = component_identity(component.name, component.architecture, component.version, component.language)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<assembly xmlns="{ASSEMBLY}" manifestVersion="1.0" '
        'description="A fixture" displayName="A fixture" company="Tests" copyright="Tests" '
        'creationTimeStamp="2008-05-31T12:50:05" lastUpdateTimeStamp="2008-05-31T20:19:07">\r\n'
        f"  {identity}\r\n"
    )
    text += "".join(_dependency(component, name) for name in _NEEDED)
    text += "".join(_file(one, images[one.name]) for one in component.files)
    text += _memberships() + _trust() + _settings(component)
    return filled(text, "</assembly>", component.manifest_size)


def _dependency(component: Component, name: str) -> str:
    needed = component_identity(f"Microsoft-Windows-{name}", component.architecture, component.version)
    return (
        f'  <dependency discoverable="yes">\r\n    <dependentAssembly>\r\n      {needed}\r\n'
        "    </dependentAssembly>\r\n  </dependency>\r\n"
    )


def _file(file: PlannedFile, image: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(image).digest()).decode()
    goal = f' destinationPath="{file.destination}"' if file.destination is not None else ""
    namespace = f'xmlns:dsig="{_DSIG}"'
    return "\r\n".join(
        (
            f'  <file name="{file.name}"{goal} sourceName="{file.name}" sourcePath=".\\" '
            'importPath="$(build.nttree)\\">',
            '    <securityDescriptor name="WRP_FILE_DEFAULT_SDDL" />',
            f'    <systemProtection xmlns="{ASSEMBLY}" behavior="readOnlyFailWrites" '
            'perUserVirtualization="Disable" />',
            '    <asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2">',
            f"      <dsig:Transforms {namespace}>",
            '        <dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity" />',
            "      </dsig:Transforms>",
            f'      <dsig:DigestMethod {namespace} Algorithm="{_DSIG}sha256" />',
            f"      <dsig:DigestValue {namespace}>{digest}</dsig:DigestValue>",
            "    </asmv2:hash>",
            "  </file>\r\n",
        )
    )


def _memberships() -> str:
    return (
        "  <memberships>\r\n    <categoryMembership>\r\n"
        '      <id name="Microsoft.Windows.Categories" version="1.0.0.0" publicKeyToken="365143bb27e7ac8b" '
        'typeName="BootRecovery" />\r\n'
        "    </categoryMembership>\r\n  </memberships>\r\n"
    )


def _trust() -> str:
    return (
        "  <trustInfo>\r\n    <security>\r\n      <accessControl>\r\n        <securityDescriptorDefinitions>\r\n"
        f'          <securityDescriptorDefinition name="WRP_FILE_DEFAULT_SDDL" sddl="{_SDDL}" operationHint="replace" '
        'displayName="WRP_FILE_DEFAULT_SDDL" description="A fixture" />\r\n'
        "        </securityDescriptorDefinitions>\r\n      </accessControl>\r\n    </security>\r\n  </trustInfo>\r\n"
    )


def _settings(component: Component) -> str:
    return (
        f'  <configuration xmlns="{ASSEMBLY}" xmlns:asmv3="{ASSEMBLY}" xmlns:wcm="{_CONFIGURATION}">\r\n'
        "    <configurationSchema>\r\n"
        f'      <xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="{component.name}" '
        f'targetNamespace="{component.name}" />\r\n'
        "    </configurationSchema>\r\n    <metadata />\r\n  </configuration>\r\n"
    )
