"""Checkpoints in an S3-compatible object store: written, read back, compared; no credential in what is said."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from boto3.session import Session
from botocore.config import Config
from click.testing import CliRunner

from provisioning.cli.main import cli
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.checkpoint import CheckpointInvalid, create_key, load_private_key, read_checkpoint
from provisioning.ledger.destinations import DestinationFailed, parse_destination
from provisioning.ledger.errors import LedgerRolledBack
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.ledger.proof.rollback import NewestCheckpoint
from tests.support.dba import run_as_dba
from tests.support.ledger_events import births
from tests.support.s3_server import BUCKET, ObjectStore, running_object_store

pytestmark = pytest.mark.assure

_FAR = 1_001
"""More objects than one page of a listing holds."""


def refuse_rolled_back(ledger: Ledger, where: str | None, key: str | None) -> None:
    with ledger.reader() as reader:
        NewestCheckpoint(where, key).refuse(reader)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with running_object_store(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def store(server: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """The server, as the SDK finds it: by the environment alone."""
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[Ledger]:
    opened = open_ledger(sqlite_url)
    grow(opened, 1)
    yield opened
    opened.close()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    create_key(tmp_path / "key.json")
    return tmp_path / "key.json"


def grow(ledger: Ledger, first: int) -> None:
    with ledger.transaction() as transaction:
        transaction.append(births(first, 10))


def put(names: list[str]) -> None:
    """Somebody else puts objects there that are no checkpoints."""
    client = Session().client("s3", config=Config(request_checksum_calculation="when_required"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: client.put_object(Bucket=BUCKET, Key=name, Body=b"not a checkpoint"), names))


@pytest.mark.parametrize("prefix", ["", "/ledger", "/a/b/"])
def test_checkpoints_gather_in_a_bucket_under_the_prefix(
    ledger: Ledger, store: ObjectStore, key: Path, prefix: str
) -> None:
    for kept in store.objects:
        kept.unlink()
    private, destination = load_private_key(key), parse_destination(f"s3://{BUCKET}{prefix}")
    assert destination.newest() is None
    first, place = make_checkpoint(ledger, private, destination)
    assert place.startswith(f"s3://{BUCKET}{prefix.rstrip('/')}/")
    grow(ledger, 11)
    second, _ = make_checkpoint(ledger, private, destination)
    assert [read_checkpoint(token, [private]) for token in destination.existing()] == [first, second]
    newest = destination.newest()
    assert newest is not None
    assert read_checkpoint(newest, [private]) == second
    assert make_checkpoint(ledger, private, destination) == (second, "already there")
    assert len(store.objects) == 2


def test_a_ledger_put_back_is_noticed_and_verify_names_what_is_missing(
    ledger: Ledger, store: ObjectStore, key: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = f"s3://{BUCKET}/put-back"
    make_checkpoint(ledger, load_private_key(key), parse_destination(where))
    refuse_rolled_back(ledger, where, f"{key}.pub")
    run_as_dba(sqlite_url, ["DELETE FROM ledger_event WHERE seq > 7"])
    with pytest.raises(LedgerRolledBack, match="4 events are missing"):
        refuse_rolled_back(ledger, where, f"{key}.pub")
    monkeypatch.setenv("AIKOM_DATABASE_URL", sqlite_url)
    done = CliRunner().invoke(cli, ["ledger", "verify", "--checkpoints", where, "--trust", f"{key}.pub"])
    assert done.exit_code == 2
    assert "missing at the end" in done.stdout


def test_what_others_put_there_counts_when_it_is_named_like_a_checkpoint(
    ledger: Ledger, store: ObjectStore, key: Path
) -> None:
    where = f"s3://{BUCKET}/others"
    make_checkpoint(ledger, load_private_key(key), parse_destination(where))
    put(["others/README.txt"])
    refuse_rolled_back(ledger, where, f"{key}.pub")
    put(["others/by-hand.jws"])
    with pytest.raises(CheckpointInvalid, match="damaged"):
        refuse_rolled_back(ledger, where, f"{key}.pub")


def test_the_newest_is_found_beyond_the_first_page(ledger: Ledger, store: ObjectStore, key: Path) -> None:
    where = f"s3://{BUCKET}/many"
    made, _ = make_checkpoint(ledger, load_private_key(key), parse_destination(where))
    put([f"many/zzzz{number:04d}-{1:012d}.jws" for number in range(_FAR)])
    found = parse_destination(where).newest()
    assert found is not None
    assert read_checkpoint(found, [load_private_key(key)]) == made


@pytest.mark.parametrize(
    ("name", "value"),
    [("AWS_SECRET_ACCESS_KEY", "canary-secret"), ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")],
    ids=["wrong secret", "nobody there"],
)
def test_a_store_that_does_not_answer_is_named_without_a_credential(
    ledger: Ledger,
    store: ObjectStore,
    key: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    value: str,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv(name, value)
    with pytest.raises(DestinationFailed, match=f"s3://{BUCKET}/x/") as caught:
        make_checkpoint(ledger, load_private_key(key), parse_destination(f"s3://{BUCKET}/x"))
    said = caplog.text + caught.value.diagnostics() + "".join(traceback.format_exception(caught.value))
    assert store.secret not in said
    assert "canary-secret" not in said


def test_without_credentials_it_says_so(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(DestinationFailed, match="NoCredentialsError"):
        parse_destination(f"s3://{BUCKET}").newest()


def test_a_bucket_that_is_not_there_is_said_so(store: ObjectStore) -> None:
    with pytest.raises(DestinationFailed, match="NoSuchBucket"):
        parse_destination("s3://somebody-elses/x").newest()


def test_a_store_in_clear_is_only_taken_on_this_machine(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://objects.example.ua")
    with pytest.raises(DestinationFailed, match="not encrypted"):
        parse_destination(f"s3://{BUCKET}").newest()


@pytest.mark.parametrize("text", ["s3://", "s3:///prefix", "s3://AKIA:secret@bucket/x", "s3://bucket/x?versionId=1"])
def test_an_address_that_names_no_bucket_or_more_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(DestinationFailed) as caught:
        parse_destination(text)
    assert "secret" not in caught.value.diagnostics()
