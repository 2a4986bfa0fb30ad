"""Shape of `realm.yaml`. Every number has its unit in its name and its sane bounds here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from provisioning.registry.schema.fields import BothLanguages, Email, Strict
from provisioning.registry.schema.upkeep import AccessionEntry, ApiKeyEntry, CutOffEntry, DeactivationEntry, WatchEntry


class LifetimesEntry(Strict):
    """How long logins and tokens live. / Строк дії сеансів і токенів."""

    access_token_minutes: int = Field(ge=1, le=60, description="Access token / Токен доступу")
    login_minutes: int = Field(ge=1, le=120, description="Time to finish a login / Час на завершення входу")
    session_idle_minutes: int = Field(ge=1, le=1_440, description="Session without activity / Сеанс без дій")
    session_max_hours: int = Field(ge=1, le=72, description="Longest session / Найдовший сеанс")


class PasswordEntry(Strict):
    """What a password must be (NIST SP 800-63B-4). / Вимоги до пароля."""

    min_length: int = Field(ge=12, le=128, description="Characters at least / Найменша довжина")
    history: int = Field(ge=0, le=24, description="Earlier passwords refused / Заборонені попередні паролі")
    not_username: bool = Field(description="May not be the username / Не збігається з логіном")
    not_email: bool = Field(description="May not be the e-mail / Не збігається з адресою")


class SecondFactorEntry(Strict):
    """One-time passwords from an authenticator (RFC 6238). / Другий фактор."""

    algorithm: Literal["SHA1", "SHA256", "SHA512"] = Field(description="Hash; most apps know only SHA1 / Алгоритм")
    digits: Literal[6, 8] = Field(description="Digits of a code / Кількість цифр")
    period_seconds: int = Field(ge=15, le=60, description="Life of a code / Строк дії коду")


class BruteForceEntry(Strict):
    """Waiting after failed logins. / Захист від добору пароля."""

    max_failures: int = Field(ge=3, le=30, description="Failures before waiting / Спроб до очікування")
    wait_increment_seconds: int = Field(ge=1, le=60, description="Each wait is longer by / Крок очікування")
    max_wait_seconds: int = Field(ge=1, le=60, description="Longest wait / Найдовше очікування")
    failure_reset_hours: int = Field(ge=1, le=72, description="Failures are forgotten after / Скидання лічильника")


class MailEntry(Strict):
    """Whom mail comes from; the server is a setting of the installation. / Відправник листів."""

    sender: Email
    sender_name: BothLanguages
    reply_to: Email | None = Field(default=None, description="Where answers go / Адреса для відповідей")


class BaseKeyEntry(Strict):
    """The one-time activation link (order cl. 4). / Базовий ключ доступу."""

    lifespan_hours: int = Field(ge=1, le=336, description="Valid for / Строк дії")


class EventsEntry(Strict):
    """Keycloak's own events; the legal record is the ledger. / Журнал подій Keycloak."""

    keep_days: int = Field(ge=1, le=3_650, description="Kept for / Зберігати днів")


class LimitEntry(Strict):
    """How much one apply may change without an allowance. / Межа змін за один раз."""

    number: int = Field(ge=0, le=1_000_000, description="At most this many / Не більше")
    share_percent: float = Field(ge=0, le=100, description="At most this share / Не більше відсотків")


class GuardsEntry(Strict):
    """Limits of one `provision apply`. / Запобіжники."""

    creates: LimitEntry
    updates: LimitEntry
    deactivations: LimitEntry
    missing: LimitEntry = Field(description="Accounts that no file names any more / Записи, зниклі з файлів")
    moves: LimitEntry = Field(
        default=LimitEntry(number=100, share_percent=5),
        description="Accounts that come under another authority / Записи, що переходять до іншого органу управління",
    )
    staff: LimitEntry = Field(
        default=LimitEntry(number=1, share_percent=50),
        description="People whose record is gone from staff.yaml / Працівники, яких більше немає у staff.yaml",
    )


class SupportEntry(Strict):
    """Where institutions get help (order cl. 9). / Технічна підтримка."""

    email: Email
    phone: str | None = Field(default=None, pattern=r"^\+[0-9 ()-]{7,25}$", examples=["+380 44 000 00 00"])
    url: str | None = Field(default=None, pattern=r"^https://[^\s]+$", max_length=300)
    hours: BothLanguages | None = Field(default=None, description="When somebody answers / Години роботи")


class RateEntry(Strict):
    """How often, on each node of the gate. / Частота запитів на одному вузлі шлюзу."""

    per_second: float = Field(gt=0, le=100_000, description="On average / У середньому за секунду")
    burst: int = Field(ge=1, le=100_000, description="At once / Одночасно")


class GateEntry(Strict):
    """Limits of the gate to the central database. / Обмеження шлюзу центральної бази даних."""

    ois: RateEntry = Field(default=RateEntry(per_second=500, burst=1_000), description="Each OIS / Кожна ОІС")
    institution: RateEntry = Field(
        default=RateEntry(per_second=50, burst=200), description="Each institution / Кожен заклад"
    )
    keep_days: int = Field(
        default=365, ge=1, le=3_650, description="Who reached whose data is kept for / Зберігати облік звернень, днів"
    )


class ForeignEntry(Strict):
    """Something in the realm that is not ours and stays. / Стороннє, що має лишитися."""

    type: Literal[
        "user",
        "client",
        "client scope",
        "realm role",
        "group",
        "authentication flow",
        "identity provider",
        "user storage provider",
        "component",
    ]
    name: str = Field(min_length=1, max_length=255, description="As Keycloak has it / Назва у Keycloak")
    reason: str = Field(min_length=3, max_length=300, description="Why it stays / Чому лишається")


class RealmFile(Strict):
    """realm-config/realm.yaml: policy of the realm. / Правила входу та безпеки."""

    display_name: BothLanguages
    lifetimes: LifetimesEntry
    password: PasswordEntry
    second_factor: SecondFactorEntry
    brute_force: BruteForceEntry
    mail: MailEntry
    base_key: BaseKeyEntry
    api_key: ApiKeyEntry
    cut_off: CutOffEntry
    events: EventsEntry
    guards: GuardsEntry
    watch: WatchEntry
    support: SupportEntry
    gate: GateEntry = GateEntry()
    accession: AccessionEntry = AccessionEntry()
    deactivation: DeactivationEntry = DeactivationEntry()
    foreign: list[ForeignEntry] = Field(default=[], description="What is not ours and stays / Стороннє, що лишається")
