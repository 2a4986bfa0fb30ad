"""Texts that Keycloak shows: labels of our attributes, and whom to ask for help (order cl. 9), in both languages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from provisioning.model.configuration import Contact
from provisioning.planning.objects import ObjectType, RealmObject, UpdateObject

from ..connection import KeycloakConnection
from .handler import RealmContext

_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "aikom.group": ("Заклад або орган управління", "Institution or authority"),
    "aikom.group.help": (
        "Ці відомості ведуться у файлах налаштувань; зміни тут покаже перевірка розбіжностей",
        "Kept in the configuration files; what is changed here shows up as drift",
    ),
    "aikom.attribute.invalid": ("Неприпустиме значення", "This value is not allowed"),
    "aikom.attribute.institution_id": ("Код закладу", "Institution id"),
    "aikom.attribute.institution_name": ("Назва закладу", "Name"),
    "aikom.attribute.kind": ("Вид", "Kind"),
    "aikom.attribute.sphere": ("Сфера діяльності", "Sphere of activity"),
    "aikom.attribute.generation": ("Покоління облікового запису", "Account generation"),
    "aikom.attribute.edrpou": ("Код ЄДРПОУ", "EDRPOU code"),
    "aikom.attribute.edebo_id": ("Код ЄДЕБО", "EDEBO id"),
    "aikom.attribute.katottg": ("Код КАТОТТГ", "KATOTTG code"),
    "aikom.attribute.ois": ("ОІС, яку веде", "OIS that it runs"),
    "aikom.attribute.managed_by": ("Ким ведеться", "Managed by"),
    "aikom.attribute.base_key_id": ("Базовий ключ, що чекає на використання", "Base key waiting to be used"),
    "aikom.attribute.activated_at": ("Активовано", "Activated at"),
}


def _support(contact: Contact) -> dict[str, tuple[str, str]]:
    """Texts of the theme that name the help desk; the theme's own are for a realm without configuration."""
    where = ", ".join(part for part in (contact.email, contact.phone, contact.url) if part)
    return {
        "aikomSupport": (
            f"Потрібна допомога? Служба підтримки Адміністратора АІКОМ: {where}",
            f"Need help? Support of the AIKOM Administrator: {where}",
        ),
        "aikomMailSupport": (
            f"Якщо ви не очікували цього листа, повідомте службу підтримки Адміністратора АІКОМ: {where}",
            f"If you did not expect this mail, tell the support of the AIKOM Administrator: {where}",
        ),
    }


class Texts:
    """`/localization/{locale}`; only our own keys are compared and written."""

    type = ObjectType.TEXTS

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """One object per language."""
        texts = {**_TEXTS, **_support(context.configuration.realm.support)}
        yield RealmObject(self.type, "uk", {(key,): uk for key, (uk, _) in texts.items()})
        yield RealmObject(self.type, "en", {(key,): en for key, (_, en) in texts.items()})

    def read(self, connection: KeycloakConnection, names: Collection[str]) -> Iterator[RealmObject]:
        """Texts that the realm has for a language; a language without texts does not exist yet."""
        for locale in names:
            texts = connection.get(f"/localization/{locale}") or {}
            if texts:
                yield RealmObject(self.type, locale, {(key,): text for key, text in texts.items()})

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """POST adds and replaces; other keys stay."""
        connection.post(f"/localization/{wanted.name}", {key: text for (key, *_), text in wanted.fields.items()})

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """The same as `create`."""
        self.create(connection, change.object, context)
