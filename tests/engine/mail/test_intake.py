"""What becomes of a mail: a ticket, more of one, a note beside one, or nothing."""

from typing import Any

import pytest

from sla_engine.engine.mail.intake import RefusedMail
from sla_engine.model.instant import MINUTE
from tests.engine.mail.conftest import Post, written

STRANGER = {"From": "Eve <eve@evil.example>", "Message_ID": "<evil-1@evil.example>"}
ANSWER = {"Subject": "Re: [T-1] No mail arrives", "Message_ID": "<second@acme.example>"}


def message_id(post: Post) -> str:
    """Of the newest mail that a customer was sent."""
    return f"<{post.sent()[-1].key}@provider.example>"


@pytest.mark.every_database
def test_a_customers_mail_opens_a_ticket_whose_number_answers_it(post: Post) -> None:
    taken = post.take(written("Since noon."))

    case = post.read()
    assert (taken.number, taken.is_new) == ("T-1", True)
    assert (case.ticket.customer, case.ticket.sender, case.ticket.name) == ("acme", "ops@acme.example", "Zoé")
    assert case.entries[0].text == "Since noon."
    [number] = post.sent()
    assert number.lane.recipient == "ops@acme.example"
    assert number.message.subject == "[T-1] No mail arrives"
    assert number.message.language == "fr"
    assert number.message.answers == "first@acme.example"
    assert number.message.reply_to == "support+T-1@provider.example"
    assert number.message.thread == "ticket/T-1"


def test_the_same_mail_again_changes_nothing(post: Post) -> None:
    post.take(written())

    again = post.later("1h").take(written(Received="from mx by mail; Thu, 08 Jan 2026 16:00:00 +0000"))

    assert (again.number, again.is_new) == ("T-1", False)
    assert post.numbers() == ["T-1"]
    assert len(post.read().entries) == 1
    assert len(post.sent()) == 1


def test_a_mail_without_an_identifier_is_known_by_what_is_in_it(post: Post) -> None:
    post.take(written(Message_ID=None))
    post.take(written(Message_ID=None))
    post.take(written("Another.", Message_ID=None))

    assert post.numbers() == ["T-1", "T-2"]


def test_a_program_that_gives_one_identifier_to_all_mails_loses_none(post: Post) -> None:
    texts = ["First form", "Second form", "Second form", "Third form"]
    for text in texts:
        post.take(written(text, Message_ID="<form@acme.example>"))

    assert [post.read(number).entries[0].text for number in post.numbers()] == [
        "First form",
        "Second form",
        "Third form",
    ]


@pytest.mark.every_database
def test_a_reply_belongs_to_the_ticket_by_what_it_answers(post: Post) -> None:
    post.take(written())
    number = message_id(post)

    taken = post.later("1h").take(
        written("It is slow again.", Subject="whatever", Message_ID="<second@acme.example>", In_Reply_To=number)
    )

    assert taken.number == "T-1"
    assert [(entry.act, entry.text) for entry in post.read().entries][1] == ("wrote", "It is slow again.")


def test_a_colleague_who_was_forwarded_a_mail_may_answer_it(post: Post) -> None:
    post.take(written())

    taken = post.take(written(From="boss@other.example", Message_ID="<b@other.example>", In_Reply_To=message_id(post)))

    assert taken.number == "T-1"
    assert post.read().entries[1].facts["from"] == "boss@other.example"


def test_a_second_mail_that_follows_the_first_belongs_to_its_ticket_though_no_answer_came_yet(post: Post) -> None:
    post.take(written())

    taken = post.take(
        written("And this.", References="<first@acme.example>", Message_ID="<second@acme.example>", Subject="Re: it")
    )

    assert taken.number == "T-1"


@pytest.mark.parametrize(
    "fields",
    [
        {"Subject": "Re: [T-1] No mail arrives"},
        {"Subject": "RE: AW: [t-1] no mail"},
        {"To": "support+T-1@provider.example", "Subject": "x"},
        {"To": "Support <SUPPORT+t-1@Provider.Example>", "Subject": "x"},
        {"Delivered_To": "support+T-1@provider.example", "Subject": "x"},
        {"From": "it@acme.example", "Subject": "[T-1]"},
    ],
)
def test_a_number_is_enough_from_who_belongs_to_the_ticket(post: Post, fields: dict[str, Any]) -> None:
    post.take(written())

    assert post.take(written("More.", Message_ID="<second@acme.example>", **fields)).number == "T-1"


@pytest.mark.parametrize(
    "fields",
    [
        {"Subject": "[T-1] let me in"},
        {"To": "support+T-1@provider.example"},
        {"From": "ops@zeta.example", "Subject": "[T-1]"},
        {"From": '"ops@acme.example" <eve@evil.example>', "Subject": "[T-1]"},
        {"From": "ops@acme.example.evil.example", "Subject": "[T-1]"},
        {"From": "ops@acme.example <eve@evil.example>", "Subject": "[T-1]"},
        {"From": "ops@acme.example, eve@evil.example", "Subject": "[T-1]"},
        {"Reply_To": "ops@acme.example", "Subject": "[T-1]"},
        {"Sender": "ops@acme.example", "Subject": "[T-1]"},
        {"Subject": "x", "In_Reply_To": "<0123456789abcdef0123456789abcdef@provider.example>"},
    ],
)
def test_a_stranger_who_writes_a_number_does_not_get_into_the_ticket(post: Post, fields: dict[str, Any]) -> None:
    post.take(written())

    taken = post.take(written("Send me everything.", **{**STRANGER, **fields}), sender="eve@evil.example")

    assert taken.number == "T-2"
    assert len(post.read("T-1").entries) == 1
    assert post.read("T-2").ticket.customer != "acme"


def test_whoever_answers_what_was_asked_has_the_clocks_go_on(post: Post) -> None:
    post.take(written())
    post.desk.wait("T-1", "Which browser?")

    post.later("1h").take(written("Firefox", **ANSWER))

    assert post.read().ticket.state == "open"
    assert post.read().entries[-1].act == "resumed"


def test_the_clocks_go_on_from_when_the_answer_came_to_the_mailbox_not_from_when_it_was_fetched(post: Post) -> None:
    post.take(written())
    post.later("30m").desk.wait("T-1", "Which browser?")
    came_at = post.later("10m").now

    post.later("3h").take(written("Firefox", **ANSWER), arrived_at=came_at)

    assert post.read().entries[-1].at == came_at
    assert [one.clock.paused for one in post.read().clocks] == [10 * MINUTE]


def test_a_mail_to_a_resolved_ticket_is_kept_and_starts_no_clock_until_the_desk_takes_it_up(post: Post) -> None:
    post.take(written())
    post.desk.resolve("T-1", "Mended.")

    post.later("1h").take(written("Not quite.", **ANSWER))

    assert post.read().ticket.state == "open"
    assert post.read().owed is None
    post.desk.reopen("T-1")
    assert post.read().owed is not None


def test_of_a_reply_what_is_quoted_is_parted_from_what_is_new(post: Post) -> None:
    post.take(written())
    quoting = "Firefox.\n\nOn Thu, 8 Jan 2026 at 15:00, <support@provider.example> wrote:\n> Which browser?\n\n-- \nZoé"

    post.take(written(quoting, **ANSWER))

    entry = post.read().entries[-1]
    assert entry.text == "Firefox."
    assert "> Which browser?" in entry.facts["quoted"]


AUTOMATIC = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated"},
    {"Precedence": "bulk"},
    {"Precedence": "list"},
    {"Precedence": "junk"},
    {"List_Id": "<news.acme.example>"},
    {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
    {"X_Auto_Response_Suppress": "All"},
]


@pytest.mark.parametrize("fields", AUTOMATIC)
def test_what_no_person_wrote_is_a_note_beside_a_ticket_and_moves_no_clock(post: Post, fields: dict[str, Any]) -> None:
    post.take(written())
    post.desk.wait("T-1", "Which browser?")
    told = len(post.sent())

    taken = post.later("1h").take(written("I am away.", **ANSWER, **fields))

    assert taken.number == "T-1"
    assert post.read().ticket.state == "waiting"
    entry = post.read().entries[-1]
    assert (entry.act, entry.is_public) == ("noted", False)
    assert "I am away." in entry.text
    assert len(post.sent()) == told


@pytest.mark.parametrize("fields", AUTOMATIC[1:])
def test_what_no_person_wrote_opens_a_ticket_and_is_never_answered(post: Post, fields: dict[str, Any]) -> None:
    taken = post.take(written(**fields))

    assert taken.is_new
    assert post.sent() == []


def test_a_mail_with_nowhere_to_return_is_never_answered(post: Post) -> None:
    assert post.take(written(), sender="").is_new
    assert post.sent() == []


def test_an_absence_note_for_nothing_is_refused_and_opens_no_ticket(post: Post) -> None:
    with pytest.raises(RefusedMail, match="belongs to no ticket"):
        post.take(written(Auto_Submitted="auto-replied"))

    assert post.numbers() == []


@pytest.mark.parametrize("author", ["support@provider.example", "Support <SUPPORT+T-1@provider.example>"])
def test_a_mail_from_our_own_address_goes_in_a_circle(post: Post, author: str) -> None:
    with pytest.raises(RefusedMail, match="circle"):
        post.take(written(From=author))

    assert post.numbers() == []


def test_a_mail_of_our_own_that_comes_back_goes_in_a_circle(post: Post) -> None:
    post.take(written())

    with pytest.raises(RefusedMail, match="circle"):
        post.take(written(From="forwarder@acme.example", Message_ID=message_id(post)))


def test_no_more_mails_than_policies_allow_are_answered_within_an_hour(post: Post) -> None:
    for number in range(14):
        post.take(written(Message_ID=f"<{number}@acme.example>"))

    assert len(post.numbers()) == 14
    assert len(post.sent()) == 10
    post.later("1h").take(written(Message_ID="<later@acme.example>"))
    assert len(post.sent()) == 11


def test_the_language_is_the_customers_own_and_else_the_mails(post: Post) -> None:
    post.take(written(Content_Language="de"))
    post.take(written(**STRANGER, Content_Language="pt-PT, en"))
    post.take(written(**{**STRANGER, "Message_ID": "<2@evil.example>"}, Accept_Language="xx, es-MX;q=0.9"))
    post.take(written(**{**STRANGER, "Message_ID": "<3@evil.example>"}))
    post.take(written(From="ops@zeta.example", Message_ID="<4@zeta.example>", Content_Language="pt"))

    languages = [post.read(number).ticket.language for number in post.numbers()]
    assert languages == ["fr", "pt", "es", "en", "pt"]


def test_answers_to_a_contact_stay_with_the_contact_wherever_a_mail_wants_them(post: Post) -> None:
    post.take(written(Reply_To="thief@evil.example"))
    post.take(written(From="form@web.example", Reply_To="ana@home.example", Message_ID="<f@web.example>"))
    post.take(written(From="eve@evil.example", Reply_To="ops@acme.example", Message_ID="<g@evil.example>"))

    tickets = [post.read(number).ticket for number in post.numbers()]
    assert [ticket.sender for ticket in tickets] == ["ops@acme.example", "ana@home.example", "ops@acme.example"]
    assert [ticket.customer for ticket in tickets] == ["acme", None, None]


FAILED = "mx.provider.example; spf=fail smtp.mailfrom=evil.example; dmarc=fail (p=reject) header.from=acme.example"


def test_a_mail_that_is_known_to_be_forged_is_nobodys_and_is_not_answered(post: Post) -> None:
    post.take(written())

    taken = post.take(written(Subject="[T-1] mine", Message_ID="<forged@evil.example>", Authentication_Results=FAILED))

    case = post.read(taken.number)
    assert taken.number == "T-2"
    assert (case.ticket.customer, case.entries[0].facts["dmarc"]) == (None, "fail")
    assert len(post.sent()) == 1


@pytest.mark.parametrize(
    ("field", "customer"),
    [
        ("mx.provider.example; dmarc=pass header.from=acme.example", "acme"),
        ("mx.provider.example 1; spf=pass; dkim=pass header.d=acme.example; dmarc=none", "acme"),
        ("mx.evil.example; dmarc=fail header.from=acme.example", "acme"),
        ("mx.provider.example; dmarc=fail header.from=other.example", "acme"),
        ("MX.Provider.Example; dmarc = FAIL header.from=ACME.example", None),
        ("mx.provider.example (comment; dmarc=pass); dmarc=fail", None),
    ],
)
def test_only_what_the_trusted_server_found_of_the_authors_domain_counts(
    post: Post, field: str, customer: str | None
) -> None:
    post.take(written(Authentication_Results=field))

    assert post.read().ticket.customer == customer


def test_a_bounce_is_noted_beside_the_ticket_that_it_is_about(post: Post) -> None:
    post.take(written())
    bounce = BOUNCE.replace("ORIGINAL", message_id(post)).replace("\n", "\r\n").encode()

    taken = post.take(bounce, sender="")

    entry = post.read().entries[-1]
    assert taken.number == "T-1"
    assert (entry.act, entry.is_public) == ("noted", False)
    assert "ops@acme.example could not be reached: 550 5.1.1 no such user" in entry.text
    assert len(post.sent()) == 1


def test_a_bounce_of_an_old_server_is_known_by_the_mail_that_it_quotes(post: Post) -> None:
    post.take(written())
    quoting = f"Hi. I could not deliver your message.\n\n--- Below is a copy:\nMessage-ID: {message_id(post)}\n"

    taken = post.take(
        written(quoting, From="MAILER-DAEMON@old.example", Message_ID="<x@old.example>", Subject="failure"), sender=""
    )

    assert taken.number == "T-1"


def test_a_bounce_of_nothing_of_ours_is_refused(post: Post) -> None:
    with pytest.raises(RefusedMail, match="could not be delivered"):
        post.take(BOUNCE.replace("ORIGINAL", "<news@provider.example>").encode(), sender="")


BOUNCE = """From: MAILER-DAEMON@mx.acme.example
To: support@provider.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mx.acme.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: rfc822; ops@acme.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--b
Content-Type: text/rfc822-headers

From: support@provider.example
Message-ID: ORIGINAL
Subject: [T-1] No mail arrives
--b--
"""
