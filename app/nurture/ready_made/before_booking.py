"""Welcome, stay in touch, follow a quote: sequences for couples who have not decided yet."""

from app.models.choices import LeadStatus, MessageClass, SequenceType
from app.nurture.ready_made.shape import ReadyMade, Step, after, branch, call, email, text, when

UNDECIDED = [LeadStatus.NEW, LeadStatus.CONTACTED]

WELCOME = ReadyMade(
    SequenceType.WELCOME,
    "Welcome new couples",
    "Answers every new inquiry at once, has you call the next day, and follows up twice in the week after.",
    (
        email(
            "Welcome: thank you",
            "Thank you for writing to {{ supplier_name }}",
            "Thank you for thinking of us for {{ wedding_date }}. Your message has reached us; we will look "
            "at our diary and come back to you personally.",
            "$ask",
            "If you would rather talk, reply with a number and a good time, and we will ring you.",
            anchor="enrollment",
            delay_amount=0,
            delay_unit="minutes",
            send_days=[],
            message_class=MessageClass.ACKNOWLEDGEMENT,
        ),
        call(
            "Welcome: call them",
            "They wrote yesterday. $script",
            **after(1, send_time="10:00"),
        ),
        email(
            "Welcome: have a look",
            "A look at what we do, for {{ wedding_date }}",
            "A few days ago you wrote to us about {{ wedding_date }}, and we would love to hear more.",
            "$show",
            "Would $meet suit you? Reply with two times that work, and we will make one of them happen.",
            **after(2, send_time="09:30", **when(required_status=UNDECIDED)),
        ),
        text(
            "Welcome: a quick word",
            "Hello {{ couple_names }}, did our e-mail about {{ wedding_date }} arrive? Happy to answer "
            "anything. {{ supplier_name }}",
            **after(3, **when(required_status=UNDECIDED, has_phone=True)),
        ),
        email(
            "Welcome: one last note",
            "Shall we keep {{ wedding_date }} in mind?",
            "You will have had a lot of answers by now, so this is our last note unless we hear from you.",
            "If {{ wedding_date }} is still open, a single line is enough and we will take it from there. "
            "And if you have found somebody else, we are glad for you; a short word would let us give the "
            "day to another couple.",
            **after(5, send_time="09:30", **when(required_status=UNDECIDED)),
        ),
    ),
    {"target_lead_status": [LeadStatus.NEW], "priority_level": 8},
)

NURTURE = ReadyMade(
    SequenceType.NURTURE,
    "Stay in touch",
    "Keeps you in a couple's mind for six weeks after the first talk: a piece of advice, a look at your "
    "work, a call for the warm ones.",
    (
        email(
            "Stay in touch: advice",
            "$advice_subject",
            "$advice",
            "If a question comes up while you plan, whoever it is about, just reply. We have usually met it "
            "before.",
            **after(4, send_days=[2, 3, 4], send_time="10:00"),
        ),
        email(
            "Stay in touch: see more",
            "How a day with us looks",
            "$show",
            "$ask",
            **after(1, "weeks", send_days=[2, 3, 4], send_time="10:00", **branch(4, min_score=60)),
        ),
        text(
            "Stay in touch: shall we meet",
            "Hello {{ couple_names }}, would $meet suit you in the next two weeks? {{ supplier_name }}",
            **after(6),
        ),
        call(
            "Stay in touch: call them",
            "They have had two letters from you. $script",
            **after(5, send_time="10:00"),
        ),
        email(
            "Stay in touch: your date",
            "A word about {{ wedding_date }}",
            "Are you still thinking of us for {{ wedding_date }}? Other couples ask about that time of year "
            "as well, so a word from you helps us plan.",
            "If you would like to talk it through, would $meet suit you? And if your plans have changed, "
            "tell us and we will leave you in peace.",
            **after(2, "weeks", send_days=[2, 3, 4], send_time="10:00"),
        ),
    ),
    {"target_lead_status": [LeadStatus.CONTACTED, LeadStatus.QUALIFIED], "priority_level": 4},
)

POST_INQUIRY = ReadyMade(
    SequenceType.POST_INQUIRY,
    "After the quote",
    "Follows a quote up without pressing: questions, a call, a last word about the date, and the lead stands "
    "where you find it.",
    (
        email(
            "After the quote: questions",
            "Anything unclear in our quote?",
            "Our quote for {{ wedding_date }} should be with you. Quotes are dry things, so here is the "
            "human part: everything in it can be changed, and nothing is settled until you say so.",
            "Is there a line that surprised you, or something that is missing?",
            **after(2, send_time="09:30", **branch(3, min_score=60)),
        ),
        text(
            "After the quote: a quick word",
            "Hello {{ couple_names }}, any questions about our quote for {{ wedding_date }}? A reply here is "
            "fine. {{ supplier_name }}",
            **after(2),
        ),
        call(
            "After the quote: call them",
            "Ask how the quote reads and what else they are comparing it with. Ask what would make it an "
            "easy yes. Settle one next step with a date.",
            **after(2, send_time="10:00"),
        ),
        email(
            "After the quote: your date",
            "Shall we hold {{ wedding_date }} for you?",
            "It is a week since we last spoke about our quote, and we do not want to press you. If it "
            "helps, say so and we will hold {{ wedding_date }} for you while you decide.",
            "If the answer is no, that is an answer too, and a kind one to give.",
            **after(6, send_time="09:30"),
        ),
        Step(
            {
                "step_name": "Mark for follow-up",
                "step_type": "status_change",
                "step_content": '{"status": "follow_up"}',
                **after(1, "weeks", **when(required_status=[LeadStatus.PROPOSAL_SENT])),
            }
        ),
    ),
    {"target_lead_status": [LeadStatus.PROPOSAL_SENT], "priority_level": 7},
)
