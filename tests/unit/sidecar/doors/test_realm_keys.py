"""When the realm's keys are fetched, how old they may become, and what rotation does. docs/security.md rows 3, 4."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import requests

from provisioning.gate.claims import Claims
from provisioning.gate.reasons import Reason
from sidecar.doors.realm_keys import MAX_AGE_S, QUIET_S, RETRY_S, RealmKeys
from sidecar.gate.verified import VerifiedTokens
from tests.support.gate_tokens import ISSUER, KID, NOW, claims, key_set, realm_key, signed, token


class Realm:
    """A realm's key set with a clock of its own."""

    def __init__(self) -> None:
        self.body = key_set()
        self.asked = 0
        self.down = False
        self.now = 1000.0
        self.before_answer: Callable[[], object] = lambda: None

    def __call__(self) -> bytes:
        self.asked += 1
        self.before_answer()
        if self.down:
            raise requests.ConnectionError
        return self.body

    def keys(self) -> RealmKeys:
        return RealmKeys(self, clock=lambda: self.now)


def test_ten_thousand_unknown_keys_cost_one_fetch_in_thirty_seconds() -> None:
    realm = Realm()
    keys = realm.keys()
    assert keys.refresh()
    assert {keys.find(f"unknown-{number}") for number in range(10_000)} == {Reason.TOKEN_SIGNATURE}
    assert realm.asked == 2
    realm.now += QUIET_S
    keys.find("unknown")
    assert realm.asked == 3


def test_a_new_key_is_fetched_once_by_one_thread_for_all_that_wait() -> None:
    realm = Realm()
    keys = realm.keys()
    keys.refresh()
    realm.body = key_set(KID, "key-2")
    start, found = Barrier(20), []

    def look() -> None:
        start.wait()
        found.append(keys.find("key-2"))

    threads = [Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not any(isinstance(key, Reason) for key in found)
    assert (len(found), realm.asked) == (20, 2)


def test_keys_that_cannot_be_confirmed_verify_until_their_maximum_age_and_then_nothing() -> None:
    realm = Realm()
    keys = realm.keys()
    tokens = VerifiedTokens(keys, ISSUER)
    assert isinstance(tokens.claims(f"Bearer {token()}", NOW), Claims)
    realm.down = True
    realm.now += MAX_AGE_S - 1
    assert not keys.refresh()
    assert isinstance(tokens.claims(f"Bearer {token()}", NOW), Claims)
    assert isinstance(tokens.claims(f"Bearer {token(jti='another')}", NOW), Claims)
    realm.now += 1
    assert tokens.claims(f"Bearer {token()}", NOW) is Reason.SIGNING_KEYS_UNAVAILABLE


def test_without_any_key_it_asks_every_few_seconds_and_refuses_meanwhile() -> None:
    realm = Realm()
    realm.down = True
    keys = realm.keys()
    assert {keys.find(KID) for _ in range(100)} == {Reason.SIGNING_KEYS_UNAVAILABLE}
    assert realm.asked == 1
    realm.down = False
    realm.now += RETRY_S
    assert not isinstance(keys.find(KID), Reason)


def test_what_is_no_key_set_changes_nothing() -> None:
    realm = Realm()
    keys = realm.keys()
    keys.refresh()
    for body in (b"", b"<html>", b"{}", b'{"keys": []}', b"[" * 10_000):
        realm.body = body
        assert not keys.refresh()
    assert not isinstance(keys.find(KID), Reason)


def test_a_token_is_not_believed_longer_than_its_key() -> None:
    realm = Realm()
    keys = realm.keys()
    tokens = VerifiedTokens(keys, ISSUER)
    assert isinstance(tokens.claims(f"Bearer {token()}", NOW), Claims)
    realm.body = key_set("key-2")
    keys.refresh()
    assert tokens.claims(f"Bearer {token()}", NOW) is Reason.TOKEN_SIGNATURE


def test_a_verified_token_expires_when_it_says() -> None:
    realm = Realm()
    tokens = VerifiedTokens(realm.keys(), ISSUER)
    assert isinstance(tokens.claims(f"Bearer {token()}", NOW), Claims)
    assert isinstance(tokens.claims(f"Bearer {token()}", NOW + 309.9), Claims)
    assert tokens.claims(f"Bearer {token()}", NOW + 310) is Reason.TOKEN_EXPIRED


def test_only_good_tokens_are_remembered_and_not_more_than_there_is_room_for() -> None:
    tokens = VerifiedTokens(Realm().keys(), ISSUER, most=10)
    for number in range(30):
        assert isinstance(tokens.claims(f"Bearer {token(jti=str(number))}", NOW), Claims)
        assert len(tokens) <= 10
    before = len(tokens)
    for bad in ("a.b.c", "é", "x" * 20_000, signed(claims(), key=realm_key("attacker")), token(typ="ID")):
        assert isinstance(tokens.claims(f"Bearer {bad}", NOW), Reason)
    assert len(tokens) == before
