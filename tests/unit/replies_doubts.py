"""Answers that sound fine and cannot be checked, answers that only look doubtful, and questions to which a yes is bad."""

from typing import NamedTuple

from bot.domain.answers import Status

IN, PART, NOT, NA = Status.IN_PLACE, Status.PARTLY, Status.NOT_YET, Status.NOT_APPLICABLE


class Row(NamedTuple):
    """A reply to an item, and the one thing that is asked about it."""

    item: str
    words: str
    concern: str | None = None
    status: Status = IN
    by_champion: bool = False
    """Whether the champion says it."""


OWNERS = [
    Row("ownership", "<@U0MIA>", "champion_is_owner"),
    Row("ownership", "<@U0MIA> owns it", "champion_is_owner"),
    Row("ownership", "Mia", "champion_is_owner"),
    Row("ownership", "Mia Chen looks after it", "champion_is_owner"),
    Row("ownership", "me", "champion_is_owner", by_champion=True),
    Row("ownership", "I own it", "champion_is_owner", by_champion=True),
    Row("ownership", "that's me", "champion_is_owner", by_champion=True),
    Row("ownership", "<@U0MIA> and <@U0JON>"),
    Row("ownership", "<!subteam^S0PAY>, and <@U0MIA> until then"),
    Row("ownership", "Payments Operations, Mia hands it over"),
    Row("ownership", "<@U0JON>", "one_person"),
    Row("ownership", "me", "one_person"),
    Row("ownership", "Jonas", "one_person"),
    Row("ownership", "Jonas Weber", "one_person"),
    Row("ownership", "Jonas owns it", "one_person"),
    Row("ownership", "yes, Jonas knows it best", "one_person"),
    Row("ownership", "only Jonas can restart it", "one_person"),
    Row("ownership", "<@U0JON> and <@U0ANA>"),
    Row("ownership", "Jonas and Ana"),
    Row("ownership", "Jonas from Payments Operations"),
    Row("ownership", "<@U0JON> of the SRE team"),
    Row("ownership", "<!subteam^S0PAY|@payments-ops>"),
    Row("ownership", "Payments Operations is on call, the runbook covers the five likeliest failures"),
    Row("ownership", "Das Team Zahlungsverkehr, Runbook liegt im Wiki"),
    Row("ownership", "on-call rota in PagerDuty"),
    Row("ownership", "the team", "nobody_named"),
    Row("owning-team", "<@U0MIA>", "champion_is_owner"),
    Row("owning-team", "<@U0JON>", "one_person"),
    Row("monitoring", "<@U0MIA> gets the alert"),
    Row("monitoring", "Jonas gets a text message from Datadog"),
]

FIGURES = [
    Row("bar", "accuracy 95 %", "no_business_figure"),
    Row("bar", "Accuracy: 95%", "no_business_figure"),
    Row("bar", "95 % accuracy and an F1 of 0.92", "no_business_figure"),
    Row("bar", "the model is impressive", "no_business_figure"),
    Row("bar", "its own confidence is 97 %", "no_business_figure"),
    Row("bar", "precision above 90 %, recall above 80 %", "no_business_figure"),
    Row("bar", "Genauigkeit von 95 %", "no_business_figure"),
    Row("bar", "fewer complaints than before", "no_business_figure"),
    Row("bar", "people are happy with it", "no_business_figure"),
    Row("bar", "yes", "no_business_figure"),
    Row("bar", "better by 3 March 2027", "no_business_figure"),
    Row("bar", "deflection 60 %"),
    Row("bar", "Deflection of 60 % at an accuracy of 95 %"),
    Row("bar", "accuracy 95 %, and 60 % of refunds solved without an agent"),
    Row("bar", "handling time under 4 minutes"),
    Row("bar", "CSAT ≥ 4.2"),
    Row("bar", "two days faster than today"),
    Row("bar", "38 % today, good enough from 60 % on"),
    Row("bar", "Bearbeitungszeit unter vier Minuten"),
    Row("bar", "12k € saved a month"),
    Row("bar", "TBD", "to_be_decided", NOT),
    Row("bar", "we will define it with Finance", "no_plan", NOT),
]

COSTS = [
    Row("cost", "3 cents in the pilot", "demo_volume"),
    Row("cost", "about 4 € for the 30 cases of the demo", "demo_volume"),
    Row("cost", "for our 200 test cases it was 8 €", "demo_volume"),
    Row("cost", "at demo volume 0.02 €", "demo_volume"),
    Row("cost", "0.05 € so far", "demo_volume"),
    Row("cost", "we are on the free tier, so 0 €", "demo_volume"),
    Row("cost", "0,03 € im Piloten", "demo_volume"),
    Row("cost", "3 cents in the pilot, 2.8 cents at full volume"),
    Row("cost", "0.11 € at 40,000 a month, 0.09 in the pilot"),
    Row("cost", "0.11 € a case in production"),
    Row("cost", "0.11 € for all refunds, tests included"),
    Row("cost", "0.11 €"),
]

EVIDENCE = [
    Row("load-test", "<https://wiki.acme.example/load>", "other_evidence"),
    Row("load-test", "see <https://wiki.acme.example/load|here>", "other_evidence"),
    Row("load-test", "on 3 March, <https://wiki.acme.example/load>"),
    Row("load-test", "3,000 requests a minute <https://wiki.acme.example/load>"),
    Row(
        "load-test",
        "three times the usual volume in the September peak, see <https://wiki.acme.example/load>",
    ),
    Row("monitoring", "<https://grafana.acme.example/d>"),
]

OPEN_ENDED = [
    Row("problem", "a general assistant that can answer any question", "open_ended"),
    Row("problem", "Our own bot for all topics, 300 people want it", "open_ended"),
    Row("problem", "Man kann ihn alles fragen", "open_ended"),
    Row("problem", "not a general assistant, only refunds under 50 €"),
    Row("problem", "it must not answer any question but refunds, 1,300 a day"),
    Row("problem", "customers wait four days for their money, nobody tells them why"),
    Row("problem", "Support reads 1,300 refund requests a day one by one"),
    Row("problem", "There is no overview of open refunds, agents search three systems"),
    Row("problem", "we have no idea yet", "no_plan", NOT),
    Row("monitoring", "you can ask it anything, Datadog alerts Support Ops"),
]

RED_FLAGS = [
    Row("by-hand", "no", "nothing_shown"),
    Row("by-hand", "No.", "nothing_shown"),
    Row("by-hand", "not really", "nothing_shown"),
    Row("by-hand", "nein", "nothing_shown"),
    Row("by-hand", "いいえ", "nothing_shown"),
    Row("by-hand", "never", "nothing_shown"),
    Row("by-hand", "nobody", "nothing_shown"),
    Row("by-hand", "no, nobody copies anything, the webhook writes it into the ticket"),
    Row("by-hand", "No, since March the order system pushes events"),
    Row("by-hand", "nobody does, Kafka feeds the ticket system"),
    Row("by-hand", "nothing is copied, SAP writes it back every minute"),
    Row("by-hand", "no longer, the last export was replaced on 4 March"),
    Row("by-hand", "nein, niemand, das läuft über Kafka"),
    Row("by-hand", "non, tout passe par Kafka"),
    Row("by-hand", "it doesn't, everything goes through Kafka"),
    Row("by-hand", "Reads new refunds from the order system every minute"),
    Row("by-hand", "yes", "no_plan", NOT),
    Row("by-hand", "Yes, twice a day", "no_plan", NOT),
    Row("by-hand", "ja, jeden Morgen", "no_plan", NOT),
    Row("by-hand", "oui, deux fois par jour", "no_plan", NOT),
    Row("by-hand", "はい", "no_plan", NOT),
    Row("by-hand", "yes, Ana pastes them. Jonas connects it by 12 Dec", None, NOT),
    Row("by-hand", "Ana copies the results by hand every morning", "no_plan", NOT),
    Row("by-hand", "Jonas pasted results from an export yesterday", "no_plan", NOT),
    Row("by-hand", "the webhook writes results into the ticket"),
    Row("by-hand", "partly, one export on Mondays", "no_plan", PART),
    Row("by-hand", "sometimes", "no_plan", PART),
    Row("by-hand", "only for card refunds so far", "no_plan", PART),
    Row("by-hand", "we will stop that soon", "no_plan", NOT),
    Row("by-hand", "TBD", "to_be_decided", NOT),
    Row("by-hand", "n/a, there are no results to copy", None, NA),
    Row("by-hand", "n/a", "no_reason", NA),
]

ALL = OWNERS + FIGURES + COSTS + EVIDENCE + OPEN_ENDED + RED_FLAGS
