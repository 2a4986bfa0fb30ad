"""What is known to be harmless is left to an apply; everything else that differs is taken to widen access."""

from __future__ import annotations

import pytest

from provisioning.planning.objects import CreateObject, FieldChange, ObjectType, RealmObject, UpdateObject
from provisioning.planning.widening import widened_objects, widens

KEY = "api-46-0000001-k1"


@pytest.mark.parametrize(
    "change",
    [
        FieldChange(("publicClient",), True, False),
        FieldChange((KEY, "client", "attributes", "jwks.string"), "{}", None),
        FieldChange((KEY, "client", "attributes", "use.refresh.tokens"), None, "false"),
        FieldChange((KEY, "client", "a field of a newer Keycloak"), "x", None),
        FieldChange((KEY, "service account", "roles", "realm:administrator"), True, None),
        FieldChange((KEY, "rights"), ("grades.write", "students.read"), ("students.read",)),
        FieldChange(("composites",), ("realm-management:manage-users",), ()),
        FieldChange(("attributes", "sphere"), "/00-0000001", "/00-0000001/46-0000001"),
        FieldChange(("attributes", "aikom.guarded"), None, "true"),
        FieldChange(("email",), "thief@example.com", "school@example.com"),
        FieldChange(("accessTokenLifespan",), 31_536_000, 300),
        FieldChange((KEY, "enabled"), True, False),
    ],
    ids=lambda change: change.field,
)
def test_it_widens(change: FieldChange) -> None:
    assert widens(change)


@pytest.mark.parametrize(
    "change",
    [
        FieldChange(("description",), "by hand", "as written"),
        FieldChange(("displayName",), "Інша", "АІКОМ"),
        FieldChange(("attributes", "institution_name"), "Інша", "Ліцей"),
        FieldChange((KEY, "client"), None, "present"),
        FieldChange((KEY, "service account"), None, "present"),
        FieldChange((KEY, "service account", "roles", "realm:kind-school"), None, True),
        FieldChange((KEY, "rights"), ("students.read",), ("grades.write", "students.read")),
        FieldChange((KEY, "client", "defaultClientScopes"), (), ("institution",)),
    ],
    ids=lambda change: change.field,
)
def test_it_waits_for_an_apply(change: FieldChange) -> None:
    assert not widens(change)


def test_an_object_that_is_missing_or_only_shown_waits_for_an_apply() -> None:
    opened = (FieldChange(("publicClient",), True, False),)
    client = RealmObject(ObjectType.CLIENT, "sidecar", {("publicClient",): False})
    texts = RealmObject(ObjectType.TEXTS, "uk", {("text",): "x"})
    changes = (
        CreateObject(client),
        UpdateObject(client, opened),
        UpdateObject(texts, (FieldChange(("text",), "y", "x"),)),
    )
    assert widened_objects(changes) == (changes[1],)


def test_what_somebody_disabled_waits_for_an_apply() -> None:
    closed, opened = FieldChange(("enabled",), False, True), FieldChange(("enabled",), True, False)
    client = RealmObject(ObjectType.CLIENT, "sidecar", {("enabled",): True})
    person = RealmObject(ObjectType.STAFF, "o.koval", {("enabled",): True})
    action = RealmObject(ObjectType.REQUIRED_ACTION, "CONFIGURE_TOTP", {("enabled",): True})
    assert widened_objects([UpdateObject(client, (closed,)), UpdateObject(person, (closed,))]) == ()
    assert len(widened_objects([UpdateObject(client, (opened,)), UpdateObject(person, (opened,))])) == 2
    # Without this action nobody would be asked for a second factor.
    assert len(widened_objects([UpdateObject(action, (closed,))])) == 1
