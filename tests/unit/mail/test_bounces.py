"""Delivery status notifications as real servers write them, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.mail.bounces import MAX_BYTES, Bounce, read_bounces

POSTFIX = """\
From: MAILER-DAEMON@mx.example
To: noreply@iea.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4ABC
Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0200

Final-Recipient: rfc822; office@school.example
Original-Recipient: rfc822;office@school.example
Action: {action}
Status: 5.1.1
Remote-MTA: dns; mail.school.example
Diagnostic-Code: smtp; 550 5.1.1 <office@school.example>: Recipient address
    rejected: User unknown; try again \x1b[31m

--B
Content-Description: Undelivered Message Headers
Content-Type: {returned}

Return-Path: <noreply@iea.example>
Message-ID: <0123456789abcdef0123456789abcdef@iea.example>
Subject: =?utf-8?b?0LrQu9GO0Yc=?=

{body}
--B--
"""

BOUNCE = Bounce(
    "<0123456789abcdef0123456789abcdef@iea.example>",
    "office@school.example",
    "5.1.1",
    "5.1.1 550 5.1.1 <office@school.example>: Recipient address rejected: User unknown; try again [31m",
)


def notification(action: str = "failed", returned: str = "text/rfc822-headers", body: str = "") -> bytes:
    return POSTFIX.format(action=action, returned=returned, body=body).encode()


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_failure_is_read_with_its_reason_whether_headers_or_the_whole_mail_came_back(returned: str) -> None:
    assert read_bounces(notification(returned=returned, body="text")) == (BOUNCE,)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_is_no_failure_is_no_bounce(action: str) -> None:
    assert read_bounces(notification(action)) == ()


def test_each_recipient_counts(recipients: int = 2) -> None:
    group = "\n\nFinal-Recipient: rfc822; two@school.example\nAction: failed\nStatus: 5.2.2\n"
    text = notification().decode().replace("try again \x1b[31m\n", "try again \x1b[31m" + group)
    found = read_bounces(text.encode())
    assert [(bounce.recipient, bounce.status) for bounce in found] == [
        ("office@school.example", "5.1.1"),
        ("two@school.example", "5.2.2"),
    ]
    assert len(found) == recipients


def test_a_notification_that_returns_nothing_names_no_mail() -> None:
    text = notification().decode().split("--B\nContent-Description: Undelivered")[0] + "--B--\n"
    assert [bounce.message_id for bounce in read_bounces(text.encode())] == [None]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"From: someone@example.ua\n\nWe are on holiday. Action: failed",
        b"Content-Type: multipart/report; boundary=B\n\n",
        b"Content-Type: message/delivery-status\n\nAction: failed",
        b"\xff\xfe\x00binary",
    ],
)
def test_other_mail_is_passed_over(data: bytes) -> None:
    assert read_bounces(data) == ()


def test_a_mail_beyond_the_limit_is_passed_over() -> None:
    assert read_bounces(notification(body="x" * MAX_BYTES)) == ()


@given(st.binary(max_size=2_000), st.integers(0, 1_200))
def test_no_garbage_makes_it_fail(garbage: bytes, at: int) -> None:
    whole = notification()
    for bounce in read_bounces(whole[:at] + garbage + whole[at:]):
        assert bounce.reason.isprintable()
        assert bounce.recipient.isprintable()
