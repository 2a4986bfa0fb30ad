"""docs/security.md row 56: a proof counts once on a node, and what is remembered stays bounded."""

from __future__ import annotations

from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from provisioning.gate.proofs import AHEAD_S, OLDEST_S, Proof
from provisioning.gate.reasons import Reason
from sidecar.doors.used_proofs import SPAN_S, UsedProofs

NOW = 1_795_000_000.0


def proof(number: int, issued_at: float = NOW) -> Proof:
    """A proof of its own number."""
    return Proof(number.to_bytes(8), issued_at)


def test_a_proof_counts_once() -> None:
    used = UsedProofs()
    assert used.take(proof(1), NOW) is None
    assert used.take(proof(1), NOW) is Reason.PROOF_USED
    assert used.take(proof(1), NOW + OLDEST_S) is Reason.PROOF_USED
    assert used.take(proof(2), NOW) is None


def test_a_proof_is_remembered_to_its_last_timely_moment() -> None:
    """Made by a clock that runs ahead, used at once, and again when it only just is no older than it may be."""
    used = UsedProofs()
    used.take(proof(0, NOW - AHEAD_S), NOW - AHEAD_S)
    ahead = proof(1, NOW + AHEAD_S)
    assert used.take(ahead, NOW) is None
    assert used.take(ahead, NOW + AHEAD_S + OLDEST_S) is Reason.PROOF_USED


def test_what_has_run_out_is_forgotten() -> None:
    used = UsedProofs()
    for number in range(100):
        used.take(proof(number, NOW + number), NOW + number)
    assert used.take(proof(1000, NOW + 1000), NOW + 1000) is None
    assert len(used) == 1


def test_when_the_memory_is_full_new_proofs_are_refused_and_none_is_forgotten() -> None:
    used = UsedProofs(most=20)
    taken = [number for number in range(30) if used.take(proof(number), NOW) is None]
    assert len(taken) == len(used) == 10
    assert used.take(proof(99), NOW) is Reason.TOO_MANY_REQUESTS
    assert all(used.take(proof(number), NOW) is Reason.PROOF_USED for number in taken)
    assert used.take(proof(99, NOW + SPAN_S), NOW + SPAN_S) is None


def test_of_many_threads_with_one_proof_one_passes() -> None:
    used, passed = UsedProofs(), []

    def take() -> None:
        passed.extend(number for number in range(200) if used.take(proof(number), NOW) is None)

    threads = [Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == list(range(200))


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(-200, 200), st.floats(-20, 20)), max_size=80))
def test_no_proof_counts_twice_whatever_the_clock_does(moves: list[tuple[int, float, float]]) -> None:
    """A move is a proof's number, a step of the clock in seconds either way, and how far off its maker's clock is.

    Proofs reach the memory only while they are timely, as `check_proof` sees to.
    """
    used, now, taken, first = UsedProofs(most=20), NOW, set[int](), dict[int, float]()
    for number, step, off in moves:
        now += step
        one = proof(number, first.setdefault(number, now + off))
        if now - OLDEST_S <= one.issued_at <= now + AHEAD_S and used.take(one, now) is None:
            assert number not in taken
            taken.add(number)


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(-OLDEST_S, AHEAD_S)), max_size=80))
def test_while_the_clock_goes_forward_no_new_proof_is_refused(moves: list[tuple[float, float]]) -> None:
    used, now = UsedProofs(), NOW
    for number, (step, off) in enumerate(moves):
        now += step
        assert used.take(proof(number, now + off), now) is None
