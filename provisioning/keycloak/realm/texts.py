"""Texts that Keycloak shows: labels of our attributes, what this is, whom to ask (order cl. 9), in both languages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from provisioning.keycloak.connection import KeycloakConnection
from provisioning.keycloak.realm.handler import RealmContext, RealmReading
from provisioning.model.configuration import Contact
from provisioning.model.text import Text
from provisioning.planning.objects import ObjectType, RealmObject, UpdateObject

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


def _brand(name: Text) -> dict[str, tuple[str, str]]:
    """Texts of the theme that say what this is; the theme's own are for a realm without configuration."""
    here = (_plain(name.uk), _plain(name.en))
    return {"loginTitle": here, "loginTitleHtml": here, "aikomMailBrand": here}


def _support(contact: Contact) -> dict[str, tuple[str, str]]:
    """Texts of the theme that name the help desk."""
    where = ", ".join(part for part in (contact.email, contact.phone, contact.url) if part)
    hours = ("", "") if contact.hours is None else (f" ({contact.hours.uk})", f" ({contact.hours.en})")
    uk, en = _plain(where + hours[0]), _plain(where + hours[1])
    return {
        "aikomSupport": (
            f"Потрібна допомога? Служба підтримки Адміністратора АІКОМ: {uk}",
            f"Need help? Support of the AIKOM Administrator: {en}",
        ),
        "aikomMailSupport": (
            f"Якщо ви не очікували цього листа, повідомте службу підтримки Адміністратора АІКОМ: {uk}",
            f"If you did not expect this mail, tell the support of the AIKOM Administrator: {en}",
        ),
    }


def _password(shortest: int) -> dict[str, tuple[str, str]]:
    """The rule for passwords, said before the field and not after the mistake."""
    return {
        "updatePasswordMessage": (
            "Створіть пароль, яким користуватиметься лише ваша установа."
            f" Символів у ньому має бути щонайменше {shortest}.",
            f"Set a password that only your institution uses. It has at least {shortest} characters.",
        )
    }


def _plain(text: str) -> str:
    """The text as Keycloak shows it unchanged: in its messages a straight apostrophe and a brace mean something else.

    Source: java.text.MessageFormat.
    """
    return text.replace("'", "’").replace("{", "(").replace("}", ")")


class Texts:
    """`/localization/{locale}`; ours and no other."""

    type = ObjectType.TEXTS

    def desired(self, context: RealmContext) -> Iterator[RealmObject]:
        """Yield one object per language."""
        policy = context.configuration.realm
        texts = {**_TEXTS, **_brand(policy.display_name), **_support(policy.support)}
        texts |= _password(policy.password.min_length)
        yield RealmObject(self.type, "uk", {(key,): uk for key, (uk, _) in texts.items()})
        yield RealmObject(self.type, "en", {(key,): en for key, (_, en) in texts.items()})

    def read(self, reading: RealmReading, names: Collection[str]) -> Iterator[RealmObject]:
        """Read the texts that the realm has for a language; a language without texts does not exist yet."""
        for locale in names:
            texts = reading.connection.get(f"/localization/{locale}") or {}
            if texts:
                yield RealmObject(self.type, locale, {(key,): text for key, text in texts.items()})

    def create(self, connection: KeycloakConnection, wanted: RealmObject, context: RealmContext) -> None:
        """Add and replace texts by POST; others stay."""
        connection.post(f"/localization/{wanted.name}", {key: text for (key, *_), text in wanted.fields.items()})

    def update(self, connection: KeycloakConnection, change: UpdateObject, context: RealmContext) -> None:
        """Add and replace texts, as `create` does, and remove foreign ones."""
        self.create(connection, change.object, context)
        for key, *_ in (field.path for field in change.changes if field.after is None):
            connection.delete(f"/localization/{change.object.name}/{quote(key, safe='')}")
