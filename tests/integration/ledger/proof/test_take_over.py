"""A ledger that was put back is brought forward from an export, event by event as they were, on both databases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from provisioning.cli.main import cli
from provisioning.ledger import Ledger, open_ledger
from provisioning.ledger.checkpoint import Checkpoint, create_key, load_private_key, sign
from provisioning.ledger.destinations import parse_destination
from provisioning.ledger.errors import EventRefused, LedgerCorrupt, LedgerRolledBack
from provisioning.ledger.proof.checkpointing import make_checkpoint
from provisioning.ledger.proof.export import export_lines
from provisioning.ledger.proof.take_over import TakenOver, take_over
from provisioning.ledger.proof.verification import verify
from provisioning.model.events import EventKind, Head, NewEvent, chain
from provisioning.model.records import AccountState
from tests.support.database_backup import dump, put_back
from tests.support.ledger_events import births, event, event_by

DEAD = "46-0000002"
GAP = 3


def grow(ledger: Ledger, *events: NewEvent) -> None:
    with ledger.transaction() as transaction:
        transaction.append(events)


def exported(ledger: Ledger) -> list[str]:
    with ledger.reader() as reader:
        return list(export_lines(reader.events()))


def vouching(ledger: Ledger, lines: list[str]) -> Checkpoint:
    """The checkpoint of an export's last event."""
    first, last = json.loads(lines[0]), json.loads(lines[-1])
    return Checkpoint(first["data"]["ledger_id"], last["seq"], last["hash"], ledger.clock())


@pytest.fixture
def older(ledger_url: str, tmp_path: Path) -> Iterator[tuple[Ledger, list[str]]]:
    """A ledger put back from before two births and a deactivation, and the export from after them."""
    ledger = open_ledger(ledger_url)
    grow(ledger, *births(1, 3))
    ledger.close()
    dump(ledger_url, tmp_path / "backup")
    grow(ledger, *births(4, GAP - 1))
    grow(ledger, event(EventKind.ACCOUNT_DEACTIVATED, DEAD, reason="liquidation", document="№ 1"))
    lines = exported(ledger)
    ledger.close()
    put_back(ledger_url, tmp_path / "backup")
    yield ledger, lines
    ledger.close()


def test_what_the_backup_lacks_is_recorded_as_it_was(older: tuple[Ledger, list[str]]) -> None:
    ledger, lines = older
    assert take_over(ledger, lines) == TakenOver(len(lines) - GAP, len(lines))
    assert exported(ledger) == lines
    with ledger.reader() as reader:
        record = reader.account(DEAD)
        assert verify(reader).defect is None
    assert record is not None
    assert record.state is AccountState.DEACTIVATED
    assert take_over(ledger, lines) == TakenOver(len(lines), len(lines))
    grow(ledger, *births(9, 1))


def test_an_export_of_the_missing_part_alone_will_do(older: tuple[Ledger, list[str]]) -> None:
    ledger, lines = older
    assert take_over(ledger, lines[-GAP:]).after == len(lines)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: lines.pop(-2), "does not go on"),
        (lambda lines: lines.insert(-1, lines.pop()), "does not go on"),
        (lambda lines: lines.append(lines.pop().replace("liquidation", "reorganisation")), "does not go on"),
        (lambda lines: lines.append("{}"), "no event of an export"),
        (lambda lines: lines.append(lines.pop()[:-9]), "no event of an export"),
        (lambda lines: lines.append("[" * 3000), "no event of an export"),
    ],
    ids=["a gap", "reordered", "edited", "something else", "cut short", "deep"],
)
def test_an_export_that_is_not_whole_is_refused_and_nothing_of_it_recorded(
    older: tuple[Ledger, list[str]], change: Callable[[list[str]], None], words: str
) -> None:
    ledger, lines = older
    before = exported(ledger)
    change(lines)
    with pytest.raises(LedgerCorrupt, match=words):
        take_over(ledger, lines)
    assert exported(ledger) == before


@pytest.mark.assure
@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, value) for name in ("subject", "actor", "clause", "kind", "hash") for value in (5, None, ["x"])),
        *((name, "\ud800") for name in ("subject", "actor", "clause", "reason", "kind")),
        *((name, "a\0b") for name in ("subject", "actor", "clause", "reason", "kind")),
        *(("seq", value) for value in (1.0, True, "9", None)),
        *(("at", value) for value in (5, "0001-01-01T00:00:00+05:00", "2026-11-20T08:30:00")),
        *(("data", value) for value in ({"found": 1.5}, {"found": 2**53}, {"ї": 1}, {"found": "\ud800"})),
        *(("reason", 5), ("_content", {"document": "№ 1"}), ("more", "x")),
    ],
)
def test_a_field_of_another_type_is_refused_though_its_hash_fits(
    older: tuple[Ledger, list[str]], field: str, value: object
) -> None:
    """A database would store it as another value than was hashed, or not at all."""
    ledger, lines = older
    before = exported(ledger)
    fields = {**json.loads(lines.pop()), field: value}
    hashed = {name: fields[name] for name in fields if name != "hash"}
    if field != "hash":
        text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        fields["hash"] = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    with pytest.raises(LedgerCorrupt, match=r"no event of an export|does not go on"):
        take_over(ledger, [*lines, json.dumps(fields)])
    assert exported(ledger) == before


def test_a_file_that_is_no_text_is_refused(
    older: tuple[Ledger, list[str]], ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "export.jsonl").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("AIKOM_DATABASE_URL", ledger_url)
    refused = CliRunner().invoke(cli, ["ledger", "take-over", str(tmp_path / "export.jsonl")])
    assert isinstance(refused.exception, LedgerCorrupt)


def test_a_ledger_that_went_on_by_itself_takes_nothing_over(older: tuple[Ledger, list[str]]) -> None:
    ledger, lines = older
    grow(ledger, *births(7, 1))
    with pytest.raises(LedgerCorrupt, match="went on by itself"):
        take_over(ledger, lines)


def test_an_invented_end_that_brings_a_dead_account_back_is_refused_though_its_hashes_fit(
    older: tuple[Ledger, list[str]],
) -> None:
    ledger, lines = older
    last = json.loads(lines[-1])
    way_back = event_by("dba", EventKind.ACCOUNT_REINSTATED, DEAD, {"document": "№ 1"})
    invented = chain(Head(last["seq"], last["hash"]), [way_back], ledger.clock())
    with pytest.raises(EventRefused, match="never used again"):
        take_over(ledger, [*lines, *export_lines(invented)])
    assert len(exported(ledger)) == len(lines) - GAP


def test_an_invented_end_is_refused_where_a_checkpoint_vouches_for_another(older: tuple[Ledger, list[str]]) -> None:
    ledger, lines = older
    with ledger.reader() as reader:
        head = reader.chain_head()
    invented = chain(head, births(7, GAP), head.at)
    vouched = vouching(ledger, lines)
    with pytest.raises(LedgerRolledBack, match="is another one"):
        take_over(ledger, [*lines[:-GAP], *export_lines(invented)], vouched)
    assert len(exported(ledger)) == len(lines) - GAP
    take_over(ledger, lines, vouched)


def test_the_command_compares_the_newest_checkpoint(
    older: tuple[Ledger, list[str]], ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, lines = older
    create_key(tmp_path / "key.json")
    key, kept = load_private_key(tmp_path / "key.json"), tmp_path / "kept.jws"
    vouched = vouching(ledger, lines)
    kept.write_text(sign(vouched, key), encoding="ascii")
    (tmp_path / "export.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (tmp_path / "short.jsonl").write_text("".join(f"{line}\n" for line in lines[:-1]), encoding="utf-8")
    monkeypatch.setenv("AIKOM_DATABASE_URL", ledger_url)
    monkeypatch.setenv("AIKOM_CHECKPOINT_TO", str(kept))
    monkeypatch.setenv("AIKOM_CHECKPOINT_KEY", str(tmp_path / "key.json.pub"))
    refused = CliRunner().invoke(cli, ["ledger", "take-over", str(tmp_path / "short.jsonl")])
    assert isinstance(refused.exception, LedgerRolledBack)
    done = CliRunner().invoke(cli, ["ledger", "take-over", str(tmp_path / "export.jsonl")])
    assert (done.exit_code, f"{GAP} events taken over" in done.stdout) == (0, True)
    assert make_checkpoint(ledger, key, parse_destination(str(kept))) == (vouched, "already there")
