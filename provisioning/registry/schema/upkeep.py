"""Shape of the sections of `realm.yaml` that say what happens by itself: to API keys, on requests, in `watch`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from provisioning.registry.schema.fields import Strict

WarningDays = Annotated[int, Field(ge=1, le=180)]
Seconds = Annotated[int, Field(ge=1, le=3_600)]
Minutes = Annotated[int, Field(ge=1, le=1_440)]
Hours = Annotated[int, Field(ge=1, le=8_760)]


class ApiKeyEntry(Strict):
    """API keys: their greatest age and their rotation (order cl. 4). / Ключі АРІ: строк дії та заміна."""

    max_age_days: Annotated[int, Field(ge=30, le=3_650)] | None = Field(
        default=None, description="A secret may be this old; without: any age / Вік ключа; без рядка: будь-який"
    )
    warn_days_before: list[WarningDays] = Field(
        min_length=1, max_length=6, description="The owner gets a mail so many days ahead / Попередження за днів"
    )
    default_overlap_hours: int = Field(ge=0, le=2_160, description="Both keys work / Спільна дія двох ключів")
    max_overlap_hours: int = Field(ge=0, le=2_160, description="Longest overlap / Найдовша спільна дія")


class CutOffEntry(Strict):
    """Cut-off at the request of an institution (order cl. 8). / Припинення доступу на звернення закладу."""

    approval: Literal["standing", "administrator"] = Field(
        description="standing: at once; administrator: after a decision / standing: одразу; administrator: за рішенням"
    )


class AccessionEntry(Strict):
    """Connected OIS accede to a new version of the agreement (order cl. 6). / Приєднання ОІС до нової редакції."""

    remind_days_before: list[WarningDays] = Field(
        default=[30, 14, 3],
        min_length=1,
        max_length=6,
        description="Reminders, days ahead / Нагадування за днів",
    )
    overdue: Literal["suspend", "nothing"] = Field(
        default="suspend", description="After the last day: suspend or nothing / Після строку: призупинити чи нічого"
    )


class DeactivationEntry(Strict):
    """Deactivation of several accounts at once (order cl. 10). / Деактивація кількох облікових записів одразу."""

    bulk_approval: Literal["single", "four-eyes"] = Field(
        default="single",
        description="single: one administrator decides; four-eyes: another one approves"
        " / single: вирішує один адміністратор; four-eyes: погоджує інший",
    )
    proposal_hours: int = Field(
        default=24, ge=1, le=168, description="A proposal waits so long / Пропозиція чекає погодження, годин"
    )


class WatchEntry(Strict):
    """How often each duty of `provision watch` is done; without a line: never. / Періодичність завдань."""

    configuration_seconds: Seconds | None = Field(
        default=None, description="Look for changed YAML and apply / Зміни в YAML"
    )
    tasks_seconds: Seconds | None = Field(default=None, description="Finish what was recorded / Завершення записаного")
    mail_seconds: Seconds | None = Field(default=None, description="Send waiting mail / Надсилання листів")
    convergence_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = Field(
        default=None, description="Close what is over / Закриття припиненого"
    )
    closing_seconds: Annotated[int, Field(ge=1, le=60)] = Field(
        default=20, description="Close access that was widened by hand / Закриття розширеного вручну доступу"
    )
    drift_minutes: Minutes | None = Field(default=None, description="Look for changes by hand / Пошук змін уручну")
    key_ageing_minutes: Minutes | None = Field(
        default=None, description="Warn of keys that end / Попередження про строк ключів"
    )
    key_use_minutes: Minutes | None = Field(
        default=None, description="Read when keys were used / Останнє використання ключів"
    )
    accession_minutes: Minutes | None = Field(
        default=None, description="Ask OIS to accede to a new agreement / Приєднання до нової редакції договору"
    )
    counts_hours: Hours | None = Field(
        default=None, description="Forget old counts of requests / Видалення застарілого обліку звернень"
    )
    checkpoint_minutes: Minutes | None = Field(default=None, description="Sign the ledger's end / Підпис кінця реєстру")
    checkpoint_hours: Hours | None = Field(
        default=None, description="The same in hours; minutes come first / Те саме в годинах; хвилини важать більше"
    )
