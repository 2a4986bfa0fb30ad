"""Shapes of `rights.yaml`, `protocol.yaml` and `staff.yaml`."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from provisioning.model.configuration import StaffRole
from provisioning.model.institution import Kind
from provisioning.registry.schema.fields import USERNAME_PATTERN, BothLanguages, Email, RightName, ShortText, Strict


class RightEntry(Strict):
    """One permission of the exchange protocol. / Одне право протоколу обміну."""

    name: RightName
    description: BothLanguages


class KindEntry(Strict):
    """A kind of institution and its rights. / Вид закладу та його права."""

    name: BothLanguages
    rights: list[RightName] = Field(description="What every institution of the kind may do / Права виду")


class RightsFile(Strict):
    """realm-config/rights.yaml: all rights, and which kind has which. / Права протоколу обміну."""

    rights: list[RightEntry] = Field(min_length=1)
    kinds: dict[Annotated[Kind, Field(strict=False)], KindEntry]


class RouteEntry(Strict):
    """One route of the central database; no route, no access. / Один маршрут центральної бази даних."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    path: ShortText = Field(
        description="Template: {institution} is the institution's id. / Шаблон шляху.",
        examples=["/v1/institutions/{institution}/students/{student}"],
    )
    right: RightName


class ProtocolFile(Strict):
    """realm-config/protocol.yaml: routes of the central database. / Маршрути протоколу обміну."""

    version: str = Field(
        pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$", description="In quotes / У лапках", examples=["1.0"]
    )
    routes: list[RouteEntry] = Field(min_length=1)


class StaffEntry(Strict):
    """One of the Administrator's people. / Один працівник Адміністратора."""

    username: str = Field(pattern=USERNAME_PATTERN, description="Login, Latin letters / Логін", examples=["o.koval"])
    email: Email
    first_name: str = Field(min_length=1, max_length=100, description="First name / Ім'я")
    last_name: str = Field(min_length=1, max_length=100, description="Last name / Прізвище")
    roles: list[Annotated[StaffRole, Field(strict=False)]] = Field(min_length=1, description="Roles / Ролі")
    active: bool = Field(default=True, description="false ends access; keep the record / false припиняє доступ")


StaffFile = Annotated[
    list[StaffEntry],
    Field(title="AIKOM staff / Працівники Адміністратора", description="realm-config/staff.yaml"),
]

STAFF: Final = TypeAdapter[list[StaffEntry]](StaffFile)
