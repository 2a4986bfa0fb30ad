"""Realm objects: compared only where the desired side says something."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provisioning.keycloak.realm.fields import flatten, merged, nest
from provisioning.planning.objects import CreateObject, FieldChange, ObjectType, RealmObject, UpdateObject, diff_objects

SCALARS = st.one_of(st.booleans(), st.integers(), st.text(max_size=5))
FIELDS = st.dictionaries(st.tuples(st.text(min_size=1, max_size=4)), SCALARS, max_size=5)


@given(FIELDS)
def test_an_object_does_not_differ_from_itself(fields: dict[tuple[str, ...], object]) -> None:
    thing = RealmObject(ObjectType.ROLE, "r", fields)  # type: ignore[arg-type]  # generated values
    assert diff_objects([thing], [thing]) == ()


def test_what_only_keycloak_has_stays() -> None:
    foreign = RealmObject(ObjectType.ROLE, "foreign", {})
    assert diff_objects([], [foreign]) == ()


def test_fields_that_are_not_ours_are_not_compared() -> None:
    ours = RealmObject(ObjectType.ROLE, "r", {("a",): 1})
    theirs = RealmObject(ObjectType.ROLE, "r", {("a",): 1, ("id",): "x"})
    assert diff_objects([ours], [theirs]) == ()


def test_roles_come_before_the_scopes_that_let_them_through_and_staff_comes_last() -> None:
    wanted = [RealmObject(kind, "x", {}) for kind in (ObjectType.STAFF, ObjectType.CLIENT_SCOPE, ObjectType.ROLE)]
    order = [change.object.type for change in diff_objects(wanted, [])]
    assert order == [ObjectType.ROLE, ObjectType.CLIENT_SCOPE, ObjectType.STAFF]


def test_a_changed_field_shows_what_it_was_and_what_it_will_be() -> None:
    wanted = RealmObject(ObjectType.REALM, "aikom", {("attributes", "a.b"): "new"})
    (change,) = diff_objects([wanted], [RealmObject(ObjectType.REALM, "aikom", {("attributes", "a.b"): "old"})])
    assert isinstance(change, UpdateObject)
    assert change.changes == (FieldChange(("attributes", "a.b"), "old", "new"),)


def test_secrets_are_marked() -> None:
    wanted = RealmObject(ObjectType.CLIENT, "sidecar", {("attributes", "aikom.key.digest"): "00ff"})
    (change,) = diff_objects([wanted], [])
    assert isinstance(change, CreateObject)
    assert change.changes[0].is_secret


JSON = st.recursive(
    SCALARS, lambda inner: st.dictionaries(st.text(min_size=1, max_size=4), inner, min_size=1, max_size=3)
)


@given(st.dictionaries(st.text(min_size=1, max_size=4), JSON, max_size=3))
def test_flattening_and_nesting_are_inverse(representation: dict[str, object]) -> None:
    assert nest(flatten(representation)) == representation


def test_merging_keeps_the_rest_and_does_not_touch_the_original() -> None:
    original = {"attributes": {"keep": "1", "change": "2"}}
    result = merged(original, [FieldChange(("attributes", "change"), "2", "3")])
    assert result == {"attributes": {"keep": "1", "change": "3"}}
    assert original == {"attributes": {"keep": "1", "change": "2"}}
