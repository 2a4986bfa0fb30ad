"""Signed checkpoints: what is signed reads back, what is not is refused."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from provisioning.ledger.checkpoint import (
    ALGORITHM,
    TYPE,
    Checkpoint,
    CheckpointInvalid,
    create_key,
    load_key,
    load_private_key,
    read_checkpoint,
    sign,
)
from tests.support.ledger_events import START

CHECKPOINT = Checkpoint("0f8c", 7, "a" * 64, START)
KEY = OKPKey.generate_key("Ed25519")
OTHER = OKPKey.generate_key("Ed25519")


def public(key: OKPKey) -> OKPKey:
    return OKPKey.import_key(key.as_dict(private=False))


def test_a_checkpoint_reads_back_with_the_public_key_alone() -> None:
    assert read_checkpoint(sign(CHECKPOINT, KEY), [public(OTHER), public(KEY)]) == CHECKPOINT


def test_a_checkpoint_of_an_unknown_key_is_refused() -> None:
    with pytest.raises(CheckpointInvalid, match="not among those given"):
        read_checkpoint(sign(CHECKPOINT, OTHER), [public(KEY)])


def test_a_signature_under_another_keys_name_is_refused() -> None:
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": KEY.thumbprint()}
    forged = jws.serialize_compact(header, b'{"seq":1}', OTHER, algorithms=[ALGORITHM])
    with pytest.raises(CheckpointInvalid, match="signature"):
        read_checkpoint(forged, [public(KEY)])


@pytest.mark.parametrize("damaged", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0..", sign(CHECKPOINT, KEY)[:-4]])
def test_a_damaged_checkpoint_is_refused(damaged: str) -> None:
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(damaged, [public(KEY)])


def test_no_other_algorithm_is_taken_not_even_keyed_with_the_public_key() -> None:
    secret = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    header = {"alg": "HS256", "typ": TYPE, "kid": KEY.thumbprint()}
    forged = jws.serialize_compact(header, b"{}", secret, algorithms=["HS256"])
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(forged, [public(KEY)])


def test_another_document_signed_with_the_same_key_is_no_checkpoint() -> None:
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": KEY.thumbprint()}
    other = jws.serialize_compact(header, b'{"seq":1}', KEY, algorithms=[ALGORITHM])
    with pytest.raises(CheckpointInvalid, match="no checkpoint"):
        read_checkpoint(other, [public(KEY)])


def test_a_key_file_is_its_owners_alone_and_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    public_path = create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "d" not in json.loads(public_path.read_text())
    assert load_private_key(path).thumbprint() == load_key(public_path).thumbprint()
    before = path.read_bytes()
    with pytest.raises(CheckpointInvalid, match="exists already"):
        create_key(path)
    assert path.read_bytes() == before


def test_what_is_no_private_ed25519_key_cannot_sign(tmp_path: Path) -> None:
    public_path = create_key(tmp_path / "key.json")
    other_curve = tmp_path / "x25519.json"
    other_curve.write_text(json.dumps(OKPKey.generate_key("X25519").as_dict(private=True)))
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("nonsense")
    for path in (public_path, other_curve, nonsense, tmp_path / "missing"):
        with pytest.raises(CheckpointInvalid) as caught:
            load_private_key(path)
        assert caught.value.remedy
