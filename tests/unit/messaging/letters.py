"""E-mails as they come back: replies, delivery reports, complaints, answers of programs."""

from email.message import EmailMessage

OURS = "01980000-0000-7000-8000-00000000000a"
DIAGNOSIS = "smtp; 550 5.1.1 <emma@example.com> no such user"


def reply(body: str = "Yes please!", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Emma Clarke <emma@example.com>"
    mail["Subject"] = "Re: First"
    mail["Message-ID"] = "<reply-1@example.com>"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail


def out_of_office(**headers: str) -> EmailMessage:
    return reply("I am away until Monday.", Auto_Submitted="auto-replied", **headers)


def bounce(
    to: str = "leads@example.com", status: str = "5.1.1", action: str = "failed", original: str = OURS
) -> bytes:
    """As Postfix writes it."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
Message-ID: <bounce-{status}-{action}@mail.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com
Arrival-Date: Wed, 3 Jun 2026 12:00:00 +0000

Final-Recipient: rfc822; emma@example.com
Action: {action}
Status: {status}
Diagnostic-Code: {DIAGNOSIS}

--b
Content-Type: text/rfc822-headers

Message-ID: <{original}@example.com>
Subject: First

--b--
""".replace("\n", "\r\n").encode()


def complaint(kind: str = "abuse", original: str = OURS) -> bytes:
    """As RFC 5965 has it in its appendix B."""
    return f"""From: <abusedesk@example.com>
Subject: FW: First
To: <abuse@example.net>
Message-ID: <arf-{kind}@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1

--b
Content-Type: message/rfc822
Content-Disposition: inline

From: <leads@example.net>
Message-ID: <{original}@example.net>
Subject: First

Hello
--b--
""".replace("\n", "\r\n").encode()
