"""The canonical form: what is empty is not there, order means nothing, and every difference is a named field."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from provisioning.keycloak.whole.canonical import canonical, diff_wholes, digest_of_whole, without
from provisioning.planning.objects import FieldChange

_texts = st.text(max_size=5)
_wholes = st.dictionaries(
    _texts,
    st.one_of(_texts, st.booleans(), st.integers(min_value=2), st.lists(_texts), st.dictionaries(_texts, _texts)),
).map(canonical)


def test_what_is_empty_is_absent_and_lists_are_sorted_sets() -> None:
    whole = canonical({"a": None, "b": "", "c": [], "d": {}, "e": {"f": ""}, "g": ["y", "x", "x"], "h": False, "i": 0})
    assert whole == {"g": ["x", "y"], "h": False, "i": 0}


def test_names_stand_in_order_whatever_order_they_came_in() -> None:
    one, other = {"a": "1", "b": {"c": "2", "d": "3"}}, {"b": {"d": "3", "c": "2"}, "a": "1"}
    assert digest_of_whole(one) == digest_of_whole(other)
    assert len(digest_of_whole(one)) == 16


def test_a_foreign_entry_of_a_map_is_named_by_itself() -> None:
    found = {"roles": {"realm:kind-school": True, "realm:administrator": True}, "name": "x"}
    wanted = {"roles": {"realm:kind-school": True}, "description": "y"}
    assert list(diff_wholes(wanted, found)) == [
        FieldChange(("description",), None, "y"),
        FieldChange(("name",), "x", None),
        FieldChange(("roles", "realm:administrator"), True, None),
    ]


def test_what_is_left_to_keycloak_is_taken_out_of_both_levels() -> None:
    whole = {"enabled": True, "attributes": {"locale": ["uk"]}, "credentials": {"otp": True, "webauthn": True}}
    left = {"enabled": "", "attributes/locale": "", "credentials/otp": "", "groups/none": ""}
    assert without(whole, left) == {"credentials": {"webauthn": True}}


@given(_wholes, _wholes)
def test_wholes_differ_in_a_field_exactly_when_their_digests_differ(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert list(diff_wholes(one, one)) == []
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (digest_of_whole(one) == digest_of_whole(other)) is same
    assert (not list(diff_wholes(one, other))) is (one == other)
